"""A program that runs beside us: how it is started, known to be ready, stopped and killed."""

import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.02
LAST_WORDS = 2000


class StartFailed(Exception):  # noqa: N818  says what happened, as the other errors do
    """A program did not come up; the text says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user a program runs as, where that is not ourselves."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of a program: what to run, where, as whom."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    death_signal: signal.Signals = signal.SIGKILL

    def command(self) -> list[str]:
        """The command line by way of the launcher, which ties the program's life to ours."""
        options = ["--parent", str(os.getpid()), "--death-signal", str(int(self.death_signal))]
        if self.account:
            options += ["--uid", str(self.account.uid), "--gid", str(self.account.gid)]
        return [sys.executable, "-I", "-S", str(LAUNCHER), *options, "--", *self.argv]

    def variables(self) -> dict[str, str]:
        """Our own environment with this launch's additions."""
        return {**os.environ, **self.environment}


class Program(ABC):
    """A program with one log file and at most one running process; start it from a thread that lives on.

    The kernel ends the process when the thread that started it ends: a kill -9 of us leaves nothing behind.
    """

    stop_signal = signal.SIGTERM
    stop_seconds = 10.0
    start_seconds = 180.0

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> Launch:
        """Make ready for one start (may take seconds: first set-up, leftovers of a crash) and say how."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers now; returns within about a second."""

    def release(self) -> None:  # noqa: B027  most programs leave nothing
        """Remove what a stopped program leaves outside its folder."""

    @property
    def log(self) -> Path:
        """The file that receives what the program says, when it is started by `start`."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """The running process; raises StartFailed where there is none."""
        if self._process is None:
            raise StartFailed(f"{self.name} is not running")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers; raises StartFailed with the end of its log."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start without waiting."""
        launch = self.prepare()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own command line
                launch.command(),
                cwd=launch.folder,
                env=launch.variables(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        """Wait until it answers; raises StartFailed with the end of its log."""
        deadline = time.monotonic() + self.start_seconds
        while not self.is_ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                last = self.log.read_text(errors="replace")[-LAST_WORDS:]
                raise StartFailed(f"{self.name} did not start; the end of {self.log}:\n{last}")
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Ask it to end without waiting."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to end, insist after `stop_seconds`; does nothing where it is not running."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End the whole process group at once (kill -9)."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.release()
