"""Parked events: set aside with the later ones of their key, tried again on a schedule, judged by people."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Table, select

from common.audit.entries import record
from common.bus.listening import Hearing
from common.bus.records import Heard, Record, Unreadable, printable, read, shortened
from common.claiming import Key, hold_keys
from common.context import system
from common.db import Database, Session
from common.errors import NotFound, Problem
from common.ids import new_id
from common.inbox import PARKED_CHANNEL, ParkedEventRow, ParkedState, execute, fetch
from common.metrics import PARKED_EVENTS
from common.outages import answers, is_outage
from common.sweeps import Chore, Swept

log = structlog.get_logger()

PARKED: Table = ParkedEventRow.__table__  # type: ignore[attr-defined]
SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (0.2, 1, 5, 30, 300))
BATCH = 50
ERROR_CHARACTERS = 2000


def attempt_after(attempts: int, now: datetime) -> datetime:
    """When an event that failed ``attempts`` times is tried again."""
    return now + SCHEDULE[min(attempts, len(SCHEDULE)) - 1]


def park_failed(session: Session, heard: Heard, error: Exception, now: datetime) -> None:
    """Set an event aside whose listener failed."""
    _park(
        session,
        heard,
        state=ParkedState.FAILING,
        reason=reason_of(error),
        error=told(error),
        attempts=1,
        parked_at=now,
        next_attempt_at=attempt_after(1, now),
    )


def park_unreadable(session: Session, unreadable: Unreadable, now: datetime) -> None:
    """Set a record aside that only a person can judge."""
    _park(
        session,
        unreadable,
        state=ParkedState.UNREADABLE,
        reason="unreadable",
        error=unreadable.error[:ERROR_CHARACTERS],
        parked_at=now,
    )


def park_behind(session: Session, item: Heard | Unreadable, now: datetime) -> None:
    """Set an event aside because an earlier one of its key is."""
    _park(session, item, state=ParkedState.WAITING, reason="behind-parked", error="", parked_at=now)


def _park(session: Session, item: Heard | Unreadable, *, attempts: int = 0, **values: object) -> None:
    record = item.record
    source, event_id = item.identity
    stored = {
        "id": new_id(),
        "source": source,
        "event_id": event_id,
        "type": shortened(record.header("ce_type")),
        "topic": record.topic,
        "partition": record.partition,
        "position": record.position,
        "key": record.key,
        "headers": [[printable(name.encode()), printable(value)] for name, value in record.headers],
        "payload": record.value,
        "attempts": attempts,
    }
    session.collect(PARKED, stored | values)


def reason_of(error: Exception) -> str:
    """A refusal's code, else the kind of the error."""
    return error.code if isinstance(error, Problem) else type(error).__name__


def told(error: Exception) -> str:
    """What an error says, in a length that can be stored."""
    return printable(f"{type(error).__name__}: {error}".encode())[:ERROR_CHARACTERS]


async def get_parked(session: Session, parked_id: UUID) -> ParkedEventRow:
    """The parked event ``parked_id``.

    Raises:
        NotFound: no such event; it may have been applied meanwhile.
    """
    statement = select(ParkedEventRow).where(PARKED.c.id == parked_id)
    found = await session.execute(statement.execution_options(populate_existing=True))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound("not-found")
    return row


async def _held(session: Session, parked_id: UUID) -> ParkedEventRow:
    """The parked event ``parked_id``, which nobody else touches until the transaction ends.

    Raises:
        NotFound: no such event; whoever held it until now may have applied it.
    """
    row = await get_parked(session, parked_id)
    await hold_keys(session, {(row.topic, row.key)})
    return await get_parked(session, parked_id)


async def retry_parked(session: Session, parked_id: UUID, now: datetime) -> ParkedEventRow:
    """Have the first of its key tried at once; one that waits behind others is tried when they are gone.

    Raises:
        NotFound: no such event.
    """
    row = await _held(session, parked_id)
    await execute(
        session,
        """UPDATE parked_event p SET next_attempt_at = $2 WHERE id = $1 AND NOT EXISTS (
               SELECT 1 FROM parked_event e
               WHERE e.topic = p.topic AND e.key = p.key AND p.key <> '' AND e.seq < p.seq
           )""",
        parked_id,
        now,
    )
    session.wake(PARKED_CHANNEL)
    _note(session, "retry", row, now)
    return await get_parked(session, parked_id)


async def drop_parked(session: Session, parked_id: UUID, now: datetime) -> ParkedEventRow:
    """Give a parked event up for good; those that waited behind it follow.

    Raises:
        NotFound: no such event.
    """
    row = await _held(session, parked_id)
    await _remove(session, row, now)
    session.wake(PARKED_CHANNEL)
    _note(session, "drop", row, now)
    return row


def _note(session: Session, verb: str, row: ParkedEventRow, now: datetime) -> None:
    """Write down who decided this; the event itself is named, for a dropped one is nowhere else."""
    told = {"event_id": row.event_id, "type": row.type, "key": row.key, "reason": row.reason}
    changes = {name: (value, value if verb == "retry" else None) for name, value in told.items()}
    record(session, f"parked_event.{verb}", "parked_event", row.id, changes=changes, now=now)


_REMOVE = "DELETE FROM parked_event WHERE seq = $1"
_HAND_ON = """
UPDATE parked_event SET next_attempt_at = $3 WHERE state = 'waiting' AND next_attempt_at IS NULL AND seq = (
    SELECT min(seq) FROM parked_event WHERE topic = $1 AND key = $2 AND key <> ''
)
"""


async def _remove(session: Session, row: ParkedEventRow, now: datetime) -> None:
    await execute(session, _REMOVE, row.seq)
    await execute(session, _HAND_ON, row.topic, row.key, now)


def _record_of(row: ParkedEventRow) -> Record:
    headers = [(name, value.encode()) for name, value in row.headers]
    return Record(row.topic, row.partition, row.position, row.key, headers, row.payload)


class Retrial:
    """Tries parked events again when they are due.

    Args:
        database: the service's.
        hearing: its listeners.
    """

    def __init__(self, database: Database, hearing: Hearing) -> None:
        self._database = database
        self._hearing = hearing
        self._known = hearing.known()
        self._context = system(hearing.service)

    @property
    def chore(self) -> Chore:
        """This as recurring work."""
        return Chore("retry_parked", self.run, every=timedelta(seconds=30), channel=PARKED_CHANNEL)

    async def run(self, now: datetime) -> Swept:
        """Try what is due, first of each key first."""
        async with self._database.read(self._context) as session:
            due = await fetch(
                session,
                "SELECT seq, topic, key FROM parked_event WHERE next_attempt_at <= $1 "
                "ORDER BY next_attempt_at, seq LIMIT $2",
                now,
                BATCH,
            )
        for seq, topic, key in due:
            await self._try(seq, (topic, key), now)
        return await self._what_is_left(len(due), now)

    async def _what_is_left(self, count: int, now: datetime) -> Swept:
        async with self._database.read(self._context) as session:
            (total, next_due), *_ = await fetch(
                session, "SELECT count(*), min(next_attempt_at) FROM parked_event"
            )
        PARKED_EVENTS.set(total)
        return Swept(count, more=next_due is not None and next_due <= now, next_due=next_due)

    async def _try(self, seq: int, key: Key, now: datetime) -> None:
        try:
            async with self._database.transaction(self._context) as session:
                row = await self._take(session, seq, key, now)
                if row is not None:
                    await self._again(session, row, now)
        except Exception as error:
            if is_outage(error) and not await answers(self._database, self._context):
                raise
            await self._failed_again(seq, key, error, now)

    async def _take(self, session: Session, seq: int, key: Key, now: datetime) -> ParkedEventRow | None:
        await hold_keys(session, {key})
        statement = select(ParkedEventRow).where(PARKED.c.seq == seq, PARKED.c.next_attempt_at <= now)
        return (await session.execute(statement.with_for_update())).scalar_one_or_none()

    async def _again(self, session: Session, row: ParkedEventRow, now: datetime) -> None:
        item = read(_record_of(row), self._known, now)
        if isinstance(item, Unreadable):
            await execute(
                session,
                "UPDATE parked_event SET state = 'unreadable', reason = 'unreadable', error = $2, "
                "next_attempt_at = NULL, attempts = attempts + 1 WHERE seq = $1",
                row.seq,
                item.error[:ERROR_CHARACTERS],
            )
            return
        if item is not None:
            await self._hearing.hear(session, [(item.event, item.envelope)])
        await _remove(session, row, now)
        log.info("parked event applied", event_id=str(row.event_id), type=row.type, attempts=row.attempts + 1)

    async def _failed_again(self, seq: int, key: Key, error: Exception, now: datetime) -> None:
        async with self._database.transaction(self._context) as session:
            row = await self._take(session, seq, key, now)
            if row is None:
                return
            row.state, row.reason, row.error = ParkedState.FAILING, reason_of(error), told(error)
            row.attempts += 1
            row.next_attempt_at = attempt_after(row.attempts, now)
            log.warning(
                "parked event failed again", event_id=str(row.event_id), type=row.type, error=row.error
            )
