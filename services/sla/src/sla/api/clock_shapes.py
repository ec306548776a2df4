"""What is shown of clocks."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from common.db import Session
from common.errors import NotFound
from common.web.shapes import (
    Code,
    Flag,
    Instant,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    sortable,
)
from sla.api.told import TARGET_EXAMPLES, Asked, AsOf
from sla.commands.clock_rows import customer_of
from sla.domain.business_time import microseconds
from sla.domain.business_time.instants import seconds
from sla.domain.clocks import ClockState, breached_at, state_at, timing_at
from sla.domain.crossings import Kind, Outcome
from sla.domain.plans import target_document
from sla.queries import worlds
from sla.queries.clocks import Replayed
from sla.queries.worlds import Edition
from sla.tables import Clock

Seconds = Annotated[float, Field(examples=[5400])]
Target = Annotated[dict[str, Any], Field(examples=TARGET_EXAMPLES)]


class PlanReference(OutShape):
    """The revision of a plan that judges a clock."""

    id: str
    revision: int


class PauseOut(OutShape):
    """A stretch during which the clock waited."""

    started_at: OutInstant
    ended_at: OutInstant | None
    paused_by: UUID | None
    resumed_by: UUID | None
    actor: str
    reason: str


class RetargetOut(OutShape):
    """A change of what is promised."""

    at: OutInstant
    cause: str
    event_id: UUID | None
    policy: str
    before: str
    after: str
    plan_before: str
    plan_after: str
    is_kept: bool
    changed: list[str]


class ClockOut(OutShape):
    """One measurement of one commitment, as of the moment of the answer."""

    id: UUID
    subject_type: Annotated[str, Field(examples=["ticket"])]
    subject_id: UUID
    customer_id: UUID | None
    metric: Annotated[str, Field(examples=["response"])]
    commitment_id: Annotated[str, Field(examples=["response-level"])]
    clause: Annotated[str, Field(examples=["§1.2.4"])]
    titles: dict[str, str]
    plan: PlanReference
    calendar_id: str
    calendar_revision: int
    state: ClockState
    started_at: OutInstant
    due_at: OutInstant | None
    is_provisional: Annotated[bool, Field(description="The calendar is not published that far.")]
    target: Target
    target_seconds: Seconds
    elapsed_seconds: Seconds
    remaining_seconds: Seconds
    pauses: list[PauseOut]
    retargets: list[RetargetOut]
    assumed: Annotated[
        list[str], Field(description="Facts that are not known and count as the stricter case.")
    ]
    stopped_at: OutInstant | None
    breached_at: OutInstant | None
    detected_at: OutInstant | None
    start_event_id: UUID
    moved_by: Annotated[list[UUID], Field(description="The events that moved it, in order.")]
    as_of: OutInstant
    version: int

    @classmethod
    def of(cls, row: Clock, edition: Edition, now: datetime) -> Self:
        """The stored clock as of ``now``."""
        state = _state(row, now)
        elapsed, remaining = _figures(row, edition, now)
        return cls.model_validate(
            vars(row)
            | {
                "plan": {"id": row.plan_id, "revision": row.plan_revision},
                "state": state,
                "target_seconds": seconds(row.target_us),
                "elapsed_seconds": elapsed,
                "remaining_seconds": remaining,
                "breached_at": None if state == ClockState.RUNNING else row.breaches_at,
                "as_of": now,
            }
        )

    @classmethod
    def derived(cls, row: Clock, known: Replayed, as_of: datetime) -> Self:
        """The clock as it was known at ``as_of``."""
        clock = known.clock
        timing = timing_at(clock, as_of)
        return cls(
            id=clock.id,
            subject_type=clock.subject.type,
            subject_id=clock.subject.id,
            customer_id=customer_of(clock),
            metric=clock.metric,
            commitment_id=clock.commitment.id,
            clause=clock.commitment.clause,
            titles=dict(clock.commitment.titles),
            plan=PlanReference(id=clock.plan_id, revision=clock.plan_revision),
            calendar_id=clock.calendar_id,
            calendar_revision=clock.calendar_revision,
            state=state_at(clock, as_of),
            started_at=clock.started_at,
            due_at=clock.due_at,
            is_provisional=clock.is_provisional,
            target=target_document(clock.commitment.target),
            target_seconds=timing.target_seconds,
            elapsed_seconds=timing.elapsed_seconds,
            remaining_seconds=timing.remaining_seconds,
            pauses=[PauseOut.model_validate(pause) for pause in clock.pauses],
            retargets=[RetargetOut.model_validate(retarget) for retarget in clock.retargets],
            assumed=list(clock.assumed),
            stopped_at=clock.stopped_at,
            breached_at=breached_at(clock, as_of),
            detected_at=known.detected_at,
            start_event_id=clock.start_event_id,
            moved_by=list(clock.moved_by),
            as_of=as_of,
            version=row.version,
        )


def _state(row: Clock, now: datetime) -> ClockState:
    is_late = row.state == ClockState.RUNNING and row.due_at is not None and now > row.due_at
    return ClockState.BREACHED if is_late else ClockState(row.state)


def _figures(row: Clock, edition: Edition, now: datetime) -> tuple[float, float]:
    """Elapsed and remaining open seconds: stored for what stands still, counted for what runs."""
    if row.state != ClockState.RUNNING or row.due_at is None:
        return seconds(row.elapsed_us), seconds(row.remaining_us)
    calendar = edition.calendar(row.calendar_id, row.calendar_revision)
    moment, due = max(now, row.started_at), max(row.due_at, row.started_at)
    remaining = calendar.elapsed(microseconds(moment), microseconds(due))
    return seconds(row.target_us - remaining), seconds(remaining)


class Shown:
    """Shows stored clocks as of one moment; the world is loaded before the first.

    Args:
        now: the moment.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._edition: Edition | None = None

    async def load(self, session: Session) -> None:
        """Learn what is published."""
        self._edition = await worlds.current(session)

    def of(self, row: Clock) -> ClockOut:
        """The clock.

        Raises:
            NotFound: nothing was published, so that there can be no clock.
        """
        if self._edition is None:
            raise NotFound("not-found")
        return ClockOut.of(row, self._edition, self._now)


class ClockPage(Page[ClockOut]):
    """A page of clocks."""


class ClockFilters(ListQuery):
    """Filters of the list of clocks."""

    subject_id: Maybe[UUID] = None
    subject_type: Maybe[Code] = None
    customer_id: Maybe[UUID] = None
    state: Annotated[list[ClockState], Field(max_length=10)] = []
    metric: Annotated[list[Code], Field(max_length=10)] = []
    is_breached: Annotated[
        Maybe[Flag], Field(description="Whether the due time passed, also of ended clocks.")
    ] = None
    due_before: Maybe[Instant] = None
    due_after: Maybe[Instant] = None
    started_before: Maybe[Instant] = None
    started_after: Maybe[Instant] = None
    sort: Annotated[str, sortable("due_at", "started_at")] = "-due_at"


class BoardFilters(ListQuery):
    """Filters of the board."""

    customer_id: Maybe[UUID] = None
    metric: Annotated[list[Code], Field(max_length=10)] = []
    due_before: Maybe[Instant] = None
    due_after: Annotated[
        Maybe[Instant], Field(description="Leaves out what was due before, such as now.")
    ] = None
    sort: Annotated[str, sortable("due_at")] = "due_at"


class AsOfQuery(Asked):
    """The moment of the question."""

    as_of: AsOf = None


class CrossingOut(OutShape):
    """A threshold that the clock crossed, and what became of it."""

    percent: int
    due_revision: int
    crosses_at: OutInstant
    outcome: Outcome
    kind: Kind | None
    escalate_to: str | None
    detected_at: OutInstant
    announced_at: OutInstant | None
    lateness_seconds: Annotated[float | None, Field(description="From the crossing to its announcement.")]
    event_id: UUID | None
    is_withdrawn: bool
    is_unconfirmed: bool
    unconfirmed_reason: str | None


class CrossingsOut(OutShape):
    """The thresholds that a clock crossed, by time."""

    clock_id: UUID
    items: list[CrossingOut]


class ExplanationOut(OutShape):
    """Why a clock is due when it is: as structure and as sentences."""

    clock_id: UUID
    as_of: OutInstant
    explanation: Annotated[dict[str, Any], Field(description="Clause, competition, windows, waits, events.")]
    sentences: dict[str, list[str]]
