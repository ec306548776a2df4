"""The whole product as `aftercare up` runs it: how soon it is there, and what its processes occupy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aftercare import ports
from aftercare.home import Home, Running
from tests.bench.figures import Figure, at_most
from tests.bench.stage import ROOT

LONGEST = 120.0
LOOK = 0.02
START_SECONDS = 15
MOST_MEGABYTES = 150
PAGE = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def up(folder: Path) -> Iterator[tuple[Running, float]]:
    """The product on a data folder, and how many seconds it took until every process was ready."""
    home = Home(folder)
    command = [sys.executable, "-m", "aftercare", "up", "--home", str(folder)]
    command += ["--port-base", str(ports.free_port()), "--with-parent"]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        running = _ready(home, process, began + LONGEST)
        yield running, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _ready(home: Home, process: subprocess.Popen[bytes], deadline: float) -> Running:
    while time.perf_counter() < deadline and process.poll() is None:
        running = home.running()
        if running is not None and running.processes:
            return running
        time.sleep(LOOK)
    raise TimeoutError(f"aftercare up is not ready; try it by hand: aftercare up --home {home.folder}")


def resident(running: Running) -> list[Figure]:
    """Resident memory of each process of the services."""
    found: list[Figure] = []
    for name, pid in sorted(running.processes.items()):
        if name in running.addresses:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            megabytes = pages * PAGE / 2**20
            _, bar, is_kept = at_most(MOST_MEGABYTES, megabytes)
            found.append(Figure(f"memory of {name}", f"{megabytes:.0f} MB", bar=f"{bar} MB", is_kept=is_kept))
    return found


def started(seconds: float) -> Figure:
    """How long the start took."""
    _, bar, is_kept = at_most(START_SECONDS, seconds)
    return Figure("start of the whole suite", f"{seconds:.1f} s", bar=f"{bar} s", is_kept=is_kept)
