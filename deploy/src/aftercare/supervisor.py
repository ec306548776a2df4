"""Keeps programs running: starts them in groups, starts again what ends, stops them in reverse order."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from aftercare.output import Output
from aftercare.program import Launch, Program, StartFailed
from common.pauses import pause_after

STEADY_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
HOPELESS_AFTER = 3
POLL_SECONDS = 0.05
LAST_WORDS_SECONDS = 1.0


class Kept:
    """One program under supervision: its process of the moment, and what happened to those before."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: asyncio.subprocess.Process | None = None
        self.is_up = asyncio.Event()
        self.failures = 0

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process group, if it still runs."""
        if self.process and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    async def stop(self) -> None:
        """Ask the process to end and insist when its time is over."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), self.program.stop_seconds)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self.process.wait()

    def pause(self) -> float:
        """Seconds to wait before the next start: none after a steady run, then doubling."""
        if self.failures == 0:
            return 0.0
        return pause_after(self.failures, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)


class Supervisor:
    """All running programs of one copy; `changed` hears the process numbers whenever one starts."""

    def __init__(self, output: Output, changed: Callable[[dict[str, int]], None]) -> None:
        self._output = output
        self._changed = changed
        self._groups: list[list[tuple[Kept, asyncio.Task[None]]]] = []
        self._is_stopping = False

    async def start(self, *programs: Program) -> None:
        """Start a group and wait until all of it answers.

        Raises:
            StartFailed: one keeps ending, or does not answer within its `start_seconds`.
        """
        group = [Kept(program) for program in programs]
        self._groups.append([(kept, asyncio.create_task(self._keep(kept))) for kept in group])
        await asyncio.gather(*(self._first_start(kept) for kept in group))

    async def run_to_end(self, name: str, launch: Launch) -> None:
        """Run a program that ends by itself; raises StartFailed where it does not end well."""
        process, said = await _spawn(launch)
        await self._output.copy(name, said)
        if code := await process.wait():
            raise StartFailed(f"{name} failed with exit status {code}; what it said stands above.")

    async def stop(self) -> None:
        """Stop everything, the last group first."""
        self._is_stopping = True
        while self._groups:
            group = self._groups.pop()
            await asyncio.gather(*(kept.stop() for kept, _ in group))
            for _, task in group:
                task.cancel()
            await asyncio.gather(*(task for _, task in group), return_exceptions=True)
            for kept, _ in group:
                kept.program.release()

    def kill(self) -> None:
        """End everything at once (a second Ctrl-C)."""
        for kept in self._all():
            kept.signal(signal.SIGKILL)

    def processes(self) -> dict[str, int]:
        """The process number of every program that runs."""
        return {kept.program.name: kept.process.pid for kept in self._all() if kept.process}

    def _all(self) -> list[Kept]:
        return [kept for group in self._groups for kept, _ in group]

    async def _first_start(self, kept: Kept) -> None:
        seconds = kept.program.start_seconds
        deadline = time.monotonic() + seconds
        while not kept.is_up.is_set():
            if kept.failures >= HOPELESS_AFTER:
                raise StartFailed(f"{kept.program.name} keeps ending; what it said stands above.")
            if time.monotonic() > deadline:
                raise StartFailed(f"{kept.program.name} does not answer after {seconds:.0f} s.")
            with suppress(TimeoutError):
                await asyncio.wait_for(kept.is_up.wait(), POLL_SECONDS)

    async def _keep(self, kept: Kept) -> None:
        while not self._is_stopping:
            began = time.monotonic()
            how = await self._run_once(kept)
            if self._is_stopping:
                return
            steady = time.monotonic() - began >= STEADY_SECONDS
            pause = 0.0 if steady else kept.pause()
            kept.failures = 1 if steady else kept.failures + 1
            self._output.say(f"{kept.program.name} {how}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _run_once(self, kept: Kept) -> str:
        """One life of the program; returns how it ended."""
        try:
            launch = await asyncio.to_thread(kept.program.prepare)
        except (StartFailed, OSError) as error:
            return f"could not be started: {error}"
        kept.process, said = await _spawn(launch)
        self._changed(self.processes())
        copying = asyncio.create_task(self._output.copy(kept.program.name, said))
        welcoming = asyncio.create_task(self._welcome(kept))
        code = await kept.process.wait()
        welcoming.cancel()
        await asyncio.wait([welcoming, copying], timeout=LAST_WORDS_SECONDS)
        copying.cancel()
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"

    async def _welcome(self, kept: Kept) -> None:
        """Wait until the program answers."""
        while not await asyncio.to_thread(kept.program.is_ready):  # noqa: ASYNC110  another process becomes ready
            await asyncio.sleep(POLL_SECONDS)
        kept.is_up.set()


async def _spawn(launch: Launch) -> tuple[asyncio.subprocess.Process, asyncio.StreamReader]:
    """Start a process with a pipe for all it says.

    The pipe is our own: with asyncio's, the end of a process goes unnoticed as long as a child of it lives.
    """
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *launch.command(),
            cwd=launch.folder,
            env=launch.variables(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    finally:
        os.close(writing)
    said = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(said)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(reading, "rb"))
    return process, said
