"""What time does: batches of due rows, taken when the first is due, when somebody calls, or after a while."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from common.clock import Clock
from common.context import system
from common.db import Database, Session
from common.metrics import SWEEP_ROWS
from common.pauses import pause_after
from common.wakeups import Wakeups

log = structlog.get_logger()

RETRY_SECONDS = (0.5, 60.0)
PATIENCE = 3
"""Failures in a row after which something is said to fail, not merely to have failed."""

SHORTEST_SLEEP_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Swept:
    """What one batch did.

    Args:
        count: rows acted on.
        more: another batch is due at once.
        next_due: earliest instant at which something will be due, where that is known.
    """

    count: int
    more: bool = False
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work on rows whose time has come.

    Args:
        name: what becomes true (``breach_overdue``).
        run: one batch, ``FOR UPDATE SKIP LOCKED``, in the transaction it is given; several replicas share it.
        every: longest sleep between two looks.
        channel: notification that wakes it, where there is one.
    """

    name: str
    run: Callable[[Session, datetime], Awaitable[Swept]]
    every: timedelta
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Chore:
    """Recurring work that opens its transactions itself; fields as in ``Sweep``."""

    name: str
    run: Callable[[datetime], Awaitable[Swept]]
    every: timedelta
    channel: str | None = None


def chore_of(sweep: Sweep, database: Database, service: str) -> Chore:
    """``sweep`` with a transaction around each batch."""
    context = system(service)

    async def run(now: datetime) -> Swept:
        return await database.run(context, lambda session: sweep.run(session, now))

    return Chore(sweep.name, run, sweep.every, sweep.channel)


async def sweep_now(database: Database, service: str, sweep: Sweep, now: datetime) -> int:
    """Run ``sweep`` until nothing is due at ``now``; the number of rows acted on."""
    chore, count = chore_of(sweep, database, service), 0
    while True:
        swept = await chore.run(now)
        count += swept.count
        if not swept.more:
            return count


class Sweeper:
    """Runs one chore for good.

    Args:
        chore: the work.
        clock: the present.
        wakeups: notifications of the database.
    """

    def __init__(self, chore: Chore, clock: Clock, wakeups: Wakeups) -> None:
        self._chore = chore
        self._clock = clock
        self._wake = wakeups.of(chore.channel) if chore.channel else asyncio.Event()
        self._failures = 0

    @property
    def is_failing(self) -> bool:
        """Whether the work fails each time that it is tried."""
        return self._failures >= PATIENCE

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    async def run(self) -> None:
        """Batch after batch, asleep while nothing is due."""
        while True:
            self._wake.clear()
            try:
                swept = await self._batch()
                self._failures = 0
            except Exception:
                self._failures += 1
                log.exception("sweep failed", sweep=self._chore.name, failures=self._failures)
                await asyncio.sleep(pause_after(self._failures, *RETRY_SECONDS))
                continue
            if not swept.more:
                await self._sleep(swept)

    async def _batch(self) -> Swept:
        began = asyncio.get_running_loop().time()
        swept = await self._chore.run(self._clock())
        if swept.count:
            SWEEP_ROWS.labels(self._chore.name).inc(swept.count)
            seconds = round(asyncio.get_running_loop().time() - began, 4)
            log.info("sweep finished", sweep=self._chore.name, count=swept.count, seconds=seconds)
        return swept

    async def _sleep(self, swept: Swept) -> None:
        seconds = self._chore.every.total_seconds()
        if swept.next_due is not None:
            seconds = min(seconds, (swept.next_due - self._clock()).total_seconds())
        try:
            async with asyncio.timeout(max(seconds, SHORTEST_SLEEP_SECONDS)):
                await self._wake.wait()
        except TimeoutError:
            return


def chores_of(sweeps: Sequence[Sweep], database: Database, service: str) -> list[Chore]:
    """Every sweep with its transactions."""
    return [chore_of(sweep, database, service) for sweep in sweeps]
