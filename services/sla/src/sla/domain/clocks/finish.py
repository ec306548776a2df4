"""From the course of a clock to the clock: timing is asked once, everything else is told as it went."""

from datetime import datetime
from uuid import UUID, uuid5

from sla.domain.clocks.course import Course
from sla.domain.clocks.facts import Subject
from sla.domain.clocks.state import Clock, Pause, Tape, late_since, revision_of, state_of
from sla.domain.clocks.world import Agreement, World
from sla.domain.timing import CalendarChanged
from sla.domain.timing import Fact as Turn

_CLOCKS = UUID("6f0a3c52-8d1e-5b7a-9c44-2e5d1f7a9b30")


def clock_id(subject: Subject, metric: str, start_event_id: UUID) -> UUID:
    """The identity of a clock: the same whenever and wherever its facts are replayed."""
    return uuid5(_CLOCKS, f"{subject.type}/{subject.id}/{metric}/{start_event_id}")


def clock_of(subject: Subject, course: Course, customer_id: str | None) -> Clock:
    """The clock that ``course`` came to."""
    tape = _tape(course)
    timing = tape.timing()
    end = course.end
    commitment = course.promise.commitment
    revision = course.prepared.revision
    return Clock(
        id=clock_id(subject, course.metric, course.start.event_id),
        subject=subject,
        customer_id=customer_id,
        metric=course.metric,
        start_event_id=course.start.event_id,
        plan_id=revision.plan.id,
        plan_revision=revision.revision,
        agreed=course.agreed,
        agreed_since=_agreed_since(course, customer_id),
        commitment=commitment,
        calendar_id=timing.calendar.name,
        calendar_revision=_calendar_revision(course.world, timing.calendar.name, timing.as_of),
        started_at=course.started_at,
        due_at=timing.due_at,
        due_revision=revision_of(timing),
        is_provisional=timing.is_provisional,
        state=state_of(timing, end.kind if end else None),
        stopped_at=end.at if end else None,
        stopped_by=end.event_id if end else None,
        breached_at=late_since(timing, course.attached_at) if end else None,
        is_withdrawn=end.is_withdrawn if end else False,
        attached_at=course.attached_at,
        pauses=(*course.pauses, *_lasting(course)),
        retargets=tuple(course.retargets),
        reopenings=tuple(course.reopenings),
        judged=tuple(course.judged),
        promised=tuple(course.promised),
        absorbed=tuple(course.absorbed),
        assumed=commitment.assumes,
        moved_by=tuple(course.moved_by),
        tape=tape,
        timing=timing,
    )


def _agreed_since(course: Course, customer_id: str | None) -> Agreement | None:
    """The agreement that covers its start, where that was recorded after it had ended."""
    if course.end is None:
        return None
    found = course.world.agreement_for(customer_id, course.started_at)
    if found is None or (course.agreed and course.agreed.id == found.id):
        return None
    return found if found.recorded_at > max(course.end.at, course.told_at) else None


def _lasting(course: Course) -> tuple[Pause, ...]:
    waited = course.waiting
    return (Pause(waited.at, None, waited.event_id, None, waited.actor, waited.reason),) if waited else ()


def _tape(course: Course) -> Tape:
    """The course's turns with the publications of its calendars between its start and its end (T11)."""
    turns = tuple(course.turns)
    published = _published(course)
    if published:
        turns = tuple(sorted((*published, *turns), key=_at))
    return Tape(course.start.occurred_at, course.first_target, course.first_calendar.compiled, turns)


def _published(course: Course) -> list[Turn]:
    since, until = course.start.occurred_at, course.end.at if course.end else None
    return [
        CalendarChanged(revision.published_at, revision.compiled, name)
        for name in course.calendars
        for revision in course.world.calendars[name]
        if since < revision.published_at and (until is None or revision.published_at <= until)
    ]


def _at(turn: Turn) -> datetime:
    return turn.at


def _calendar_revision(world: World, name: str, at: datetime) -> int:
    return world.calendar_at(name, at).revision
