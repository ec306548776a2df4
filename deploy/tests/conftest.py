import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aftercare import ports
from aftercare.embedded import EmbeddedPostgres
from common.testing import PATIENCE_SECONDS

STANDINS = Path(__file__).with_name("standins")


class Copies:
    """Copies of the product that a test starts as processes of their own."""

    def __init__(self):
        self._started = []

    def start(self, home, base=None, **variables):
        base = base or ports.free_port()
        environment = {**os.environ, "PYTHONPATH": str(STANDINS), **variables}
        command = [sys.executable, str(STANDINS / "run_desk.py"), str(home), str(base)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._started.append(process)
        return process

    def end(self):
        for process in self._started:
            process.kill()
            process.wait()
            process.stdout.close()


@pytest.fixture
def copies():
    started = Copies()
    yield started
    started.end()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def eventually():
    """Waits until a condition holds and gives what it returned; fails after the deadline."""

    def wait(condition, seconds=PATIENCE_SECONDS):
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.02)
        return answer

    return wait


@pytest.fixture(scope="session")
def is_alive():
    """Whether a process runs; one that waits to be collected does not."""

    def look(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    return look
