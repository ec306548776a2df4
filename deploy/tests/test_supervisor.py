import asyncio
import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aftercare.output import Output
from aftercare.program import Launch, Program, StartFailed
from aftercare.supervisor import Supervisor

LIVES = "import signal, sys; from pathlib import Path; Path(sys.argv[1]).touch(); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LIVES
DIES = "print('no such table'); raise SystemExit(3)"


class Script(Program):
    """A line of Python; ready once it has made its file."""

    stop_seconds = 0.5

    def __init__(self, name, folder, code):
        super().__init__(name, folder)
        self._code = code

    def prepare(self):
        self._mark.unlink(missing_ok=True)
        return Launch((sys.executable, "-c", self._code, str(self._mark)), self.folder)

    def is_ready(self):
        return self._mark.exists()

    @property
    def _mark(self):
        return self.folder / self.name


@pytest.fixture
async def supervised():
    said = io.BytesIO()
    supervisor = Supervisor(Output(said, lambda: datetime(2026, 1, 1, tzinfo=UTC)), lambda _: None)
    yield supervisor, said
    await supervisor.stop()
    assert supervisor.processes() == {}


async def test_what_ends_is_started_again(supervised, tmp_path, eventually, is_alive):
    supervisor, said = supervised
    await supervisor.start(Script("one", tmp_path, LIVES))
    first = supervisor.processes()["one"]
    os.kill(first, signal.SIGKILL)
    await asyncio.to_thread(eventually, lambda: supervisor.processes()["one"] != first)
    assert is_alive(supervisor.processes()["one"])
    assert b"one ended by SIGKILL; starting it again" in said.getvalue()


async def test_what_keeps_ending_is_given_up_with_its_words(supervised, tmp_path):
    supervisor, said = supervised
    with pytest.raises(StartFailed, match="one keeps ending"):
        await supervisor.start(Script("one", tmp_path, DIES))
    assert b"no such table" in said.getvalue()


async def test_stopping_insists(supervised, tmp_path, is_alive):
    supervisor, _ = supervised
    await supervisor.start(Script("kind", tmp_path, LIVES), Script("stubborn", tmp_path, STUBBORN))
    numbers = supervisor.processes()
    await supervisor.stop()
    assert not any(is_alive(number) for number in numbers.values())


async def test_a_program_that_fails_once_stops_the_start(supervised, tmp_path):
    supervisor, _ = supervised
    with pytest.raises(StartFailed, match="desk-migrate failed with exit status 3"):
        await supervisor.run_to_end("desk-migrate", Launch((sys.executable, "-c", DIES), tmp_path))


def test_nobody_is_left_behind_by_a_parent_that_is_killed(tmp_path, eventually, is_alive):
    child = os.fork()
    if child == 0:
        Script("one", tmp_path, LIVES).start()
        (tmp_path / "pid").write_text(str(os.getpid()))
        signal.pause()
    eventually((tmp_path / "pid").exists)
    orphans = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and parent_of(p) == child]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert orphans
    eventually(lambda: not any(is_alive(pid) for pid in orphans))


def parent_of(process):
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def test_the_end_of_make_ends_what_it_started(tmp_path):
    """Make is killed at once; what it started hears SIGTERM and can stop everything in order."""
    mark = tmp_path / "stopped"
    child = (
        "import signal, sys; from pathlib import Path\n"
        "from aftercare.commands.options import stop_with_parent\n"
        "stop_with_parent(); print('ready', flush=True); signal.sigwait([signal.SIGTERM])\n"
        "Path(sys.argv[1]).touch()"
    )
    parent = (
        "import signal, subprocess, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "subprocess.Popen(sys.argv[1:]); signal.pause()"
    )
    command = [sys.executable, "-c", parent, sys.executable, "-c", child, str(mark)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as make:
        assert make.stdout.readline() == b"ready\n"
        make.kill()
        make.stdout.read()  # until the child has closed it, too
    assert mark.exists()
