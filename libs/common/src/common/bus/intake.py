"""Taking in what was polled: a batch in one transaction, or its events one by one where something fails."""

from collections.abc import Collection, Mapping

import structlog

from common.bus.listening import Hearing
from common.bus.sorting import APPLIED, FAILED, Outcomes, Polled, sort_out
from common.clock import Clock
from common.context import system
from common.db import Database, Session
from common.horizon import receive
from common.inbox import FellBack, Ground, Position, advance, forget_positions, ground_of, positions, stand_on
from common.metrics import EVENTS_CONSUMED
from common.outages import answers, is_outage
from common.parked import park_failed

log = structlog.get_logger()


class Intake:
    """Applies what was polled to one service's database.

    Args:
        database: the service's.
        hearing: what it listens to.
        clock: the present.
    """

    def __init__(self, database: Database, hearing: Hearing, clock: Clock) -> None:
        self._database, self._hearing, self._clock = database, hearing, clock
        self._context = system(hearing.service)
        self._known = hearing.known()
        self._topics = frozenset(hearing.topics)
        self._cluster_id = ""
        self._reached: dict[Position, int] = {}

    async def apply_batch(self, polled: Polled) -> bool:
        """Apply everything in one transaction; ``False`` where that fails for a reason of its own.

        Raises:
            Exception: the database is away.
        """
        try:
            await self._apply(polled)
        except Exception as error:
            if is_outage(error):
                raise
            log.info("batch failed, events go one by one", count=len(polled.records), error=repr(error))
            return False
        return True

    async def apply_single(self, single: Polled) -> None:
        """Apply one event, or park it where it fails.

        Raises:
            Exception: the database is away.
        """
        try:
            await self._apply(single)
        except Exception as error:
            if is_outage(error):
                raise
            await self.park(single, error)

    async def _apply(self, polled: Polled) -> None:
        count(await self._database.run(self._context, lambda session: self._in(session, polled)))
        self._reached |= polled.reached

    async def _in(self, session: Session, polled: Polled) -> Outcomes:
        """Inbox marks, effects and positions in the transaction of ``session``.

        Raises:
            FellBack: what was polled does not follow on what this database has applied.
        """
        context, now = session.context, self._clock()
        ground = self._ground(polled.reached)
        heard, outcomes = await sort_out(session, polled.records, ground, self._known, now)
        await self._hearing.hear(session, [(item.event, item.envelope) for item in heard])
        session.context = context
        advance(session, polled.cluster_id, polled.reached, now)
        for watermark in polled.watermarks:
            receive(session, watermark, self._topics, now, is_alone=not polled.records)
        return outcomes

    async def park(self, single: Polled, error: Exception) -> None:
        """Park the event of ``single``, whose listener raised ``error``, in a transaction of its own."""
        async with self._database.transaction(self._context) as session:
            now = self._clock()
            ground = self._ground(single.reached)
            heard, outcomes = await sort_out(session, single.records, ground, self._known, now)
            for item in heard:
                park_failed(session, item, error, now)
                outcomes[item.record.topic, FAILED] += 1
                outcomes[item.record.topic, APPLIED] -= 1
                told = {"event_id": str(item.envelope.id), "type": item.envelope.type, "error": repr(error)}
                log.warning("event parked", **told)
            advance(session, single.cluster_id, single.reached, now)
        self._reached |= single.reached
        count(outcomes)

    def _ground(self, partitions: Collection[Position]) -> Ground:
        """How far this process has seen these partitions applied."""
        reached = {one: self._reached[one] for one in partitions if one in self._reached}
        return ground_of(self._cluster_id, reached)

    async def has_fallen_back(self) -> bool:
        """Whether the database has come back without commits that this process has seen."""
        try:
            async with self._database.read(self._context) as session:
                await stand_on(session, self._ground(tuple(self._reached)))
        except Exception as error:
            if isinstance(error, FellBack):
                return True
            if not is_outage(error):
                raise
        return False

    async def positions(self, cluster_id: str) -> Mapping[Position, int]:
        """How far this service has applied the cluster's partitions; what is polled is to follow on that."""
        async with self._database.read(self._context) as session:
            known = await positions(session, cluster_id)
        self._cluster_id, self._reached = cluster_id, dict(known)
        return known

    async def forget(self, cluster_id: str, partitions: Collection[Position]) -> None:
        """Begin anew with these partitions: their log did."""
        async with self._database.transaction(self._context) as session:
            await forget_positions(session, cluster_id, partitions)
        for partition in partitions:
            self._reached.pop(partition, None)

    async def note_positions(self, cluster_id: str, reached: Mapping[Position, int]) -> None:
        """Write down that the log begins no earlier than at these positions."""
        async with self._database.transaction(self._context) as session:
            advance(session, cluster_id, reached, self._clock())

    async def is_database_there(self) -> bool:
        """Whether the database answers."""
        return await answers(self._database, self._context)


def count(outcomes: Outcomes) -> None:
    """Add what was committed to the measurements."""
    for (topic, outcome), number in outcomes.items():
        if number:
            EVENTS_CONSUMED.labels(topic, outcome).inc(number)
