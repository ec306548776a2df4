"""The worker: everything a service does without being asked, in one process."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from common.bus.cluster import Bus
from common.bus.consumer import Consumer
from common.bus.listening import Hearing, Listeners
from common.clock import Clock
from common.context import system
from common.db import Database
from common.events import Event
from common.inbox import fetch
from common.parked import Retrial
from common.pauses import pause_after
from common.prunes import prunes
from common.relay import Relay
from common.retention import Retention
from common.sweeps import PATIENCE, Chore, Sweep, Sweeper, chores_of
from common.wakeups import Wakeups

log = structlog.get_logger()

STUCK_SECONDS = 300.0
DRAIN_SECONDS = 6.0
CANCEL_SECONDS = 3.0
RESTART_SECONDS = (0.5, 30.0)

Task = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """What a service does without being asked.

    Args:
        publishes: events it declares.
        listeners: what it listens to; none for a service that only publishes.
        hears_watermarks_of: services whose watermarks it keeps, for its horizon.
        sweeps: what time does in it.
        chores: further recurring work, which opens its transactions itself; one with a
            sweep's name takes its place.
    """

    publishes: Iterable[type[Event]]
    listeners: Listeners = field(default_factory=dict)
    hears_watermarks_of: Sequence[str] = ()
    sweeps: Sequence[Sweep] = ()
    chores: Sequence[Chore] = ()


@dataclass(slots=True)
class Trouble:
    """How often a part of the worker has failed in a row, and when last; one that lasted begins anew."""

    failures: int = 0
    last: float = 0.0

    def note(self, began: float) -> None:
        """The part failed that began at ``began``."""
        self.last = asyncio.get_running_loop().time()
        self.failures = 1 if self.last - began > RESTART_SECONDS[1] else self.failures + 1

    def lasts(self) -> bool:
        """Whether the part still fails each time that it begins."""
        present = asyncio.get_running_loop().time()
        return self.failures >= PATIENCE and present - self.last <= 2 * RESTART_SECONDS[1]


class PartFailing(RuntimeError):  # noqa: N818 - said of the part
    """A part of the worker fails again and again."""


class PartStuck(RuntimeError):  # noqa: N818 - said of the part
    """A part of the worker has shown no life for five minutes."""


class Worker:
    """Composes relay, consumer, sweeps and other tasks of a service.

    Args:
        service: its name.
        database: its database.
        bus: where its events go and come from.
        clock: the present.
        reactions: what it publishes, hears and does in time.
        tasks: name to further work that goes on for good and is cancelled at the end (the audit's sealer).
        retention: times that events are kept.
    """

    def __init__(
        self,
        *,
        service: str,
        database: Database,
        bus: Bus,
        clock: Clock,
        reactions: Reactions,
        tasks: Mapping[str, Task] | None = None,
        retention: Retention | None = None,
    ) -> None:
        kept = retention or Retention()
        hearing = Hearing(service, reactions.listeners, reactions.hears_watermarks_of)
        self._database, self._context = database, system(service)
        self._wakeups = Wakeups(database)
        self._relay = Relay(database, bus, service, reactions.publishes, clock, kept)
        self._consumer = Consumer(database, bus, hearing, clock, kept) if hearing.topics else None
        chores = chores_of([*reactions.sweeps, *prunes(kept)], database, service)
        chores += [*reactions.chores, Retrial(database, hearing).chore]
        self._sweepers = {chore.name: Sweeper(chore, clock, self._wakeups) for chore in chores}
        self._tasks = dict(tasks or {})
        self._troubles: dict[str, Trouble] = {}

    def wake(self) -> None:
        """Have every sweep look again: the clock was moved."""
        for sweeper in self._sweepers.values():
            sweeper.wake()

    def signs(self) -> dict[str, float]:
        """Seconds since relay and consumer were last seen alive; a bus or database away changes nothing."""
        present = asyncio.get_running_loop().time()
        parts = {"relay": self._relay} | ({"consumer": self._consumer} if self._consumer else {})
        return {name: present - part.last_sign for name, part in parts.items()}

    async def check(self) -> None:
        """Whether a restart would do any good.

        Raises:
            PartStuck: a part has been stuck for five minutes.
        """
        stuck = [name for name, seconds in self.signs().items() if seconds > STUCK_SECONDS]
        if stuck:
            raise PartStuck(", ".join(stuck))

    async def check_ready(self) -> None:
        """Whether the database answers, and every part works; the bus may be away, the outbox waits for it.

        Raises:
            Exception: the database does not.
            PartFailing: a part fails again and again.
        """
        failing = [name for name, trouble in self._troubles.items() if trouble.lasts()]
        failing += [name for name, sweeper in self._sweepers.items() if sweeper.is_failing]
        if failing:
            raise PartFailing(", ".join(failing))
        async with self._database.read(self._context) as session:
            await fetch(session, "SELECT 1")

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish what is in hand, within ten seconds."""
        self._relay.sign()
        works: dict[str, Task] = {"relay": self._relay.run, "wakeups": self._wakeups.run} | self._tasks
        works |= {name: sweeper.run for name, sweeper in self._sweepers.items()}
        running = [self._kept(name, work) for name, work in works.items()]
        consuming = self._consume()
        try:
            await stop.wait()
        finally:
            await self._end(running, consuming)

    def _consume(self) -> asyncio.Task[None] | None:
        if self._consumer is None:
            return None
        self._consumer.sign()
        return self._kept("consumer", self._consumer.run)

    def _kept(self, name: str, work: Task) -> asyncio.Task[None]:
        trouble = self._troubles[name] = Trouble()
        return asyncio.create_task(_keep(name, work, trouble), name=name)

    async def _end(self, running: list[asyncio.Task[None]], consuming: asyncio.Task[None] | None) -> None:
        """The consumer finishes its batch and commits; everything else is safe to break off."""
        if consuming is not None and self._consumer is not None:
            self._consumer.stop()
            await asyncio.wait([consuming], timeout=DRAIN_SECONDS)
            running = [*running, consuming]
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=CANCEL_SECONDS)


async def _keep(name: str, work: Task, trouble: Trouble) -> None:
    """Run ``work``; where it fails unforeseen, begin it again after a pause that grows.

    Also where it was cancelled by nobody here: a client that breaks off cancels what others wait for in it.
    """
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await work()
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_to_end():
                raise
            trouble.note(began)
            log.exception("part of the worker failed", part=name, failures=trouble.failures)
            await asyncio.sleep(pause_after(trouble.failures, *RESTART_SECONDS))
        else:
            return


def _is_to_end() -> bool:
    """Whether somebody has asked for the present task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
