"""Server processes that outlived a killed run and still hold its data folder."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
# At once and not politely: nobody is connected any more, and what was committed is in the log.
PATIENCE = {signal.SIGQUIT: 2.0, signal.SIGKILL: 10.0}
POLL_SECONDS = 0.05


def end_leftovers(data: Path) -> None:
    """End every PostgreSQL process in this data folder; the caller holds the folder's lock.

    Also removes the file with the last server's process number: after a reboot or in a new container that
    number may be another program's, and PostgreSQL would refuse to start.
    """
    for how, seconds in PATIENCE.items():
        deadline = time.monotonic() + seconds
        for pid in processes_in(data):
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        while processes_in(data) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if not processes_in(data):
            break
    (data / "postmaster.pid").unlink(missing_ok=True)


def processes_in(data: Path) -> list[int]:
    """The PostgreSQL processes whose working folder is `data`: the server and all its backends."""
    if not data.exists():
        return []
    if not PROC.exists():
        return _named_in_file(data)
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _works_in(entry, data)]


def _works_in(entry: Path, data: Path) -> bool:
    try:
        return (entry / "comm").read_text().strip() == "postgres" and (entry / "cwd").samefile(data)
    except OSError:  # gone meanwhile, or another user's
        return False


def _named_in_file(data: Path) -> list[int]:
    """Where there is no /proc: the server alone, by the number it wrote down, if that process lives."""
    with suppress(OSError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
        return [pid]
    return []
