"""Comparing what is stored of clocks with what their facts say: dues, outcomes and crossings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sla.domain.clocks import Clock, ClockState
from sla.domain.crossings import Decided, Outcome, schedule, settle

MOMENT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is stored otherwise than it follows from the facts.

    Args:
        subject_id: whose.
        clock_id: which clock; None where it concerns the subject as a whole.
        what: the field, or ``clock``, ``crossing``, ``facts``.
        stored: as it is stored.
        derived: as it follows.
    """

    subject_id: UUID
    clock_id: UUID | None
    what: str
    stored: str
    derived: str

    def __str__(self) -> str:
        which = f" clock {self.clock_id}" if self.clock_id else ""
        return f"subject {self.subject_id}{which}: {self.what} is {self.stored}, should be {self.derived}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored clock: its columns, and its crossings.

    Args:
        values: columns that follow from the facts, by name.
        next_at: when it is to be looked at next.
        crossings: percent and due revision to instant, outcome and whether it is withdrawn.
    """

    values: Mapping[str, object]
    next_at: datetime | None
    crossings: Mapping[tuple[int, int], tuple[datetime, Outcome, bool]]


def compare(
    subject_id: UUID, derived: Mapping[UUID, tuple[Clock, Mapping[str, object]]], kept: Mapping[UUID, Kept]
) -> Iterator[Difference]:
    """What differs for one subject.

    Args:
        subject_id: the subject.
        derived: its clocks as they follow from the facts, with the columns they would be stored with.
        kept: its clocks as they are stored.
    """
    for clock_id in derived.keys() - kept.keys():
        yield Difference(subject_id, clock_id, "clock", "missing", derived[clock_id][0].metric)
    for clock_id in kept.keys() - derived.keys():
        yield from _gone(subject_id, clock_id, kept[clock_id])
    for clock_id in derived.keys() & kept.keys():
        clock, values = derived[clock_id]
        yield from _fields(subject_id, clock_id, kept[clock_id].values, values)
        yield from _crossings(subject_id, clock, kept[clock_id])


def _gone(subject_id: UUID, clock_id: UUID, kept: Kept) -> Iterator[Difference]:
    """A clock that no fact speaks of any more has to be cancelled as withdrawn."""
    is_withdrawn = kept.values["is_withdrawn"] and kept.values["state"] == ClockState.CANCELLED
    if not is_withdrawn:
        yield Difference(subject_id, clock_id, "clock", str(kept.values["state"]), "withdrawn")


def _fields(
    subject_id: UUID, clock_id: UUID, stored: Mapping[str, object], derived: Mapping[str, object]
) -> Iterator[Difference]:
    for name, value in derived.items():
        if stored.get(name) != value:
            yield Difference(subject_id, clock_id, name, str(stored.get(name)), str(value))


def _crossings(subject_id: UUID, clock: Clock, kept: Kept) -> Iterator[Difference]:
    expected = {crossing.key: crossing for crossing in schedule(clock)}
    false = _to_withdraw(clock, kept)
    for key, (at, outcome, is_withdrawn) in kept.crossings.items():
        crossing = expected.get(key)
        if is_withdrawn or (crossing is None and key not in false):
            continue
        if crossing is None or crossing.crosses_at != at:
            found = crossing.crosses_at if crossing else "none"
            yield Difference(subject_id, clock.id, f"crossing {key[0]} %", f"{outcome} at {at}", str(found))
    if clock.is_open:
        yield from _undecided(subject_id, clock, kept)


def _to_withdraw(clock: Clock, kept: Kept) -> frozenset[tuple[int, int]]:
    """Announced breaches that the facts no longer bear out; a warning that was given stays given."""
    decided = (
        Decided(*key, outcome, is_withdrawn) for key, (_, outcome, is_withdrawn) in kept.crossings.items()
    )
    until = kept.next_at - MOMENT if kept.next_at else LAST
    return frozenset((row.percent, row.due_revision) for row in settle(clock, decided, until).withdrawn)


def _undecided(subject_id: UUID, clock: Clock, kept: Kept) -> Iterator[Difference]:
    """Every crossing before the next one to be looked at has to be decided."""
    until = kept.next_at
    for crossing in schedule(clock):
        is_due = crossing.is_current and until is not None and crossing.crosses_at < until
        if is_due and crossing.key not in kept.crossings:
            told = f"due at {crossing.crosses_at}"
            yield Difference(subject_id, clock.id, f"crossing {crossing.percent} %", "undecided", told)


def ordered(differences: Iterable[Difference]) -> Sequence[Difference]:
    """Differences in an order that does not depend on chance."""
    return sorted(differences, key=lambda one: (one.subject_id.int, str(one.clock_id), one.what))
