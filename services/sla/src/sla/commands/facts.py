"""Taking up what happened: every event becomes a fact, and the clocks of its subject are derived anew."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from common.db import Session
from common.events import Envelope
from common.ids import read_id
from common.inbox import fetch
from common.inserts import json_text
from common.merges import add_missing_at_last
from sla.catalogue import subject_of
from sla.commands.derivation import Held, Task, bring_up_to_date
from sla.commands.measures import FACTS
from sla.domain.clocks import Fact, Subject
from sla.queries import worlds
from sla.queries.worlds import Edition
from sla.tables import Fact as FactRow
from sla.tables import table_of

TABLE = table_of(FactRow)
Course = Callable[[Session, Envelope], None]
_NAMED = UUID("2f1c4b1e-50a6-5c0d-9d0a-7a1f0c6b4e11")

_HOLD = """
WITH published AS MATERIALIZED (SELECT revision, stamp FROM world FOR SHARE),
held AS (
    INSERT INTO subject (id, type, first_recorded_at, fact_count, world_revision)
    SELECT heard.id, heard.type, heard.since, heard.count, published.revision
    FROM published
    CROSS JOIN json_to_recordset($1::json) AS heard(id uuid, type text, since timestamptz, count int)
    ORDER BY heard.id
    ON CONFLICT (id) DO UPDATE SET
        fact_count = subject.fact_count + excluded.fact_count,
        first_recorded_at = least(subject.first_recorded_at, excluded.first_recorded_at)
    RETURNING id, type, first_recorded_at, world_revision, xmax = 0
)
SELECT published.revision, published.stamp, held.* FROM published LEFT JOIN held ON true
"""


def subject_id_of(subject_type: str, key: str) -> UUID:
    """The id under which facts about a thing are kept: its own, or one made of its slug."""
    try:
        return read_id(key)
    except ValueError:
        return uuid5(_NAMED, f"{subject_type}/{key}")


async def take_up(session: Session, envelopes: Sequence[Envelope], in_course_of: Course) -> None:
    """Keep events as facts and bring the clocks of their subjects up to date.

    An event that was taken up before (its identity forgotten since) changes nothing: replaying drops doubles.

    Args:
        session: the unit of work.
        envelopes: the events, in the order of the bus.
        in_course_of: has what the session publishes from then on name an event as its cause.
    """
    now = max(envelope.received_at for envelope in envelopes)
    placed = [_placed(envelope) for envelope in envelopes]
    by_subject = _by_subject(placed)
    edition, held = await _hold(session, by_subject)
    latest = {subject.id: told[-1] for subject, told in by_subject.items()}
    fresh = {subject.id: [_fact(envelope) for envelope in told] for subject, told in by_subject.items()}
    task = Task(
        held, edition, now, up_to=now, fresh=fresh, begin=lambda id_: in_course_of(session, latest[id_])
    )
    await bring_up_to_date(session, task)
    add_missing_at_last(session, TABLE, [_values(one) for one in placed])
    for type_, count in Counter(one.subject.type if one.has_clocks else "other" for one in placed).items():
        FACTS.labels(type_).inc(count)


class _Placed(NamedTuple):
    """An event, what it is about, and whether that is something that clocks measure."""

    envelope: Envelope
    subject: Subject
    has_clocks: bool


def _placed(envelope: Envelope) -> _Placed:
    collection = envelope.subject.partition("/")[0]
    known = subject_of(collection)
    type_ = known or collection
    return _Placed(envelope, Subject(type_, subject_id_of(type_, envelope.key)), known is not None)


def _by_subject(placed: Iterable[_Placed]) -> Mapping[Subject, list[Envelope]]:
    found: defaultdict[Subject, list[Envelope]] = defaultdict(list)
    for one in placed:
        if one.has_clocks:
            found[one.subject].append(one.envelope)
    return found


async def _hold(
    session: Session, by_subject: Mapping[Subject, Sequence[Envelope]]
) -> tuple[Edition, Sequence[Held]]:
    """Take the world, then the subjects' rows in the order of ids, making those that are missing."""
    heard = [
        {
            "id": subject.id,
            "type": subject.type,
            "since": min(one.recorded_at for one in told),
            "count": len(told),
        }
        for subject, told in by_subject.items()
    ]
    rows = await fetch(session, _HOLD, json_text(heard))
    edition = await worlds.edition(session, rows[0][0], rows[0][1])
    found = (row[2:] for row in rows if row[2] is not None)
    return edition, [Held(Subject(type_, id_), *known) for id_, type_, *known in found]


def _fact(envelope: Envelope) -> Fact:
    return Fact(
        envelope.id,
        envelope.type,
        envelope.occurred_at,
        envelope.recorded_at,
        envelope.aggregate_version,
        envelope.data,
        envelope.source,
        envelope.auth_id,
    )


def _values(placed: _Placed) -> dict[str, Any]:
    envelope, subject, _ = placed
    return {
        "event_id": envelope.id,
        "recorded_at": envelope.recorded_at,
        "subject_type": subject.type,
        "subject_id": subject.id,
        "type": envelope.type,
        "occurred_at": envelope.occurred_at,
        "source": envelope.source,
        "version": envelope.aggregate_version,
        "data": envelope.data,
        "actor": envelope.auth_id,
    }
