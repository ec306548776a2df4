"""What sla stores: publications, facts, and the clocks and crossings derived from them. No behaviour."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from common.rows import INSTANT, JSON, CustomerOwned, Resource, new_registry, one_of
from sla.domain.clocks import ClockState
from sla.domain.crossings import Kind, Outcome
from sla.domain.recomputations import Scope

SLA = new_registry()

CLOCK_CHANNEL = "clock"
"""Notified when a clock may have come due earlier than anybody looks."""
RECOMPUTATION_CHANNEL = "recomputation"
"""Notified when running clocks are to be derived anew."""


class Row(SQLModel, registry=SLA):
    """Base of sla's rows."""

    __abstract__: ClassVar[bool] = True


class Published(SQLModel):
    """The columns of what is known by a slug and has a version."""

    id: str = Field(primary_key=True)
    version: int = 1
    titles: dict[str, str] = Field(sa_type=JSON)
    revision: int | None = None
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)
    created_by: str
    updated_by: str


class World(Row, table=True):
    """The one row that every publication raises; who derives clocks holds it meanwhile.

    ``stamp`` names the content: processes keep what they compiled under it.
    """

    __tablename__: ClassVar[str] = "world"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)
    stamp: UUID


class Calendar(Published, Row, table=True):
    """A service calendar; ``revision`` is the one in force."""

    __tablename__: ClassVar[str] = "calendar"


class CalendarRevision(Row, table=True):
    """A published revision of a calendar; never changed."""

    __tablename__: ClassVar[str] = "calendar_revision"

    calendar_id: str = Field(primary_key=True, foreign_key="calendar.id")
    revision: int = Field(primary_key=True)
    id: UUID = Field(unique=True)
    definition: dict[str, Any] = Field(sa_type=JSON)
    published_at: datetime = Field(sa_type=INSTANT)
    published_by: str
    world_revision: int = Field(sa_type=BigInteger)


class Plan(Published, Row, table=True):
    """A plan; ``revision`` is the one in force, ``draft`` what the next one will say."""

    __tablename__: ClassVar[str] = "plan"

    draft: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    draft_source: str | None = None


class PlanRevision(Row, table=True):
    """A published revision of a plan; never changed."""

    __tablename__: ClassVar[str] = "plan_revision"

    plan_id: str = Field(primary_key=True, foreign_key="plan.id")
    revision: int = Field(primary_key=True)
    id: UUID = Field(unique=True)
    document: dict[str, Any] = Field(sa_type=JSON)
    source: str
    published_at: datetime = Field(sa_type=INSTANT)
    published_by: str
    world_revision: int = Field(sa_type=BigInteger)


class Agreement(CustomerOwned, Resource, Row, table=True):
    """A customer is on a plan between two instants; what it was before stands among the facts.

    One that a contract made follows the contract's versions; while the plan that the contract names is not
    published, ``requested_plan_id`` names it and the reference plan applies. ``plan_revision`` is the one
    that the contract names; ``response_overrides`` are seconds by metric, promised instead of the plan's.
    ``is_plan_unknown``: the plan or the revision that the contract names is not published.
    """

    __tablename__: ClassVar[str] = "agreement"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="period"),
        UniqueConstraint("contract_id", name="uq_agreement_contract"),
        Index("ix_agreement_customer", "customer_id", "starts_at", "id"),
        Index("ix_agreement_starts_at", "starts_at", "id"),
        Index("ix_agreement_plan", "plan_id", "starts_at", "id"),
        Index(
            "ix_agreement_requested_plan",
            "requested_plan_id",
            "id",
            postgresql_where=text("requested_plan_id IS NOT NULL"),
        ),
        Index("ix_agreement_plan_unknown", "starts_at", "id", postgresql_where=text("is_plan_unknown")),
    )

    plan_id: str = Field(foreign_key="plan.id")
    starts_at: datetime = Field(sa_type=INSTANT)
    ends_at: datetime | None = Field(default=None, sa_type=INSTANT)
    contract_id: UUID | None = None
    contract_version: int | None = None
    requested_plan_id: str | None = None
    is_plan_unknown: bool = False
    contract_number: str | None = None
    plan_revision: int | None = None
    response_overrides: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class Subject(Row, table=True):
    """Something that facts are about; its row is locked by whoever derives its clocks.

    ``world_revision`` is what had been published when they were derived last; ``first_recorded_at`` spares
    the search for facts the months before.
    """

    __tablename__: ClassVar[str] = "subject"

    id: UUID = Field(primary_key=True)
    type: str
    first_recorded_at: datetime = Field(sa_type=INSTANT)
    fact_count: int
    world_revision: int = Field(sa_type=BigInteger)


class Fact(Row, table=True):
    """An event, kept for good; partitioned by the month in which it was written down."""

    __tablename__: ClassVar[str] = "fact"
    __table_args__ = (
        Index("ix_fact_subject", "subject_id"),
        Index(
            "ix_fact_world_revision",
            "world_revision",
            postgresql_where=text("world_revision IS NOT NULL"),
        ),
        {"postgresql_partition_by": "RANGE (recorded_at)"},
    )

    event_id: UUID = Field(primary_key=True)
    recorded_at: datetime = Field(sa_type=INSTANT, primary_key=True)
    subject_type: str
    subject_id: UUID
    type: str
    occurred_at: datetime = Field(sa_type=INSTANT)
    source: str
    version: int = Field(sa_type=BigInteger)
    data: dict[str, Any] = Field(sa_type=JSON)
    actor: str
    world_revision: int | None = Field(default=None, sa_type=BigInteger)


class Clock(CustomerOwned, Row, table=True):
    """A clock as the facts had it when it was derived last.

    ``state`` is never ``breached``: a running clock is breached from ``breaches_at`` on. ``due_revision`` is
    the latest due time in microseconds, kept while the clock waits; lists are sorted by it. ``elapsed_us``
    and ``remaining_us`` hold what a clock that stands still has used and left; of a running one they follow
    from ``target_us`` and the due time.
    """

    __tablename__: ClassVar[str] = "clock"
    __table_args__ = (
        one_of("state", ClockState),
        Index("ix_clock_due", "due_revision", "id"),
        Index("ix_clock_board", "due_revision", "id", postgresql_where=text("state = 'running'")),
        Index("ix_clock_subject", "subject_id", "due_revision", "id"),
        Index("ix_clock_customer", "customer_id", "due_revision", "id"),
        Index(
            "ix_clock_customer_board",
            "customer_id",
            "due_revision",
            "id",
            postgresql_where=text("state = 'running'"),
        ),
        Index("ix_clock_state", "state", "due_revision", "id"),
        Index("ix_clock_metric", "metric", "due_revision", "id"),
        Index("ix_clock_started_at", "started_at", "id"),
        Index(
            "ix_clock_plan_open",
            "plan_id",
            "subject_id",
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        Index(
            "ix_clock_calendar_open",
            "calendar_id",
            "subject_id",
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: UUID = Field(primary_key=True)
    version: int
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)
    customer_id: UUID | None = None  # type: ignore[assignment]
    subject_type: str
    subject_id: UUID
    metric: str
    start_event_id: UUID
    plan_id: str
    plan_revision: int
    commitment_id: str
    clause: str
    titles: dict[str, str] = Field(sa_type=JSON)
    calendar_id: str
    calendar_revision: int
    target: dict[str, Any] = Field(sa_type=JSON)
    target_us: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=INSTANT)
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    due_revision: int = Field(sa_type=BigInteger)
    is_provisional: bool
    state: str
    stopped_at: datetime | None = Field(default=None, sa_type=INSTANT)
    stopped_by: UUID | None = None
    breaches_at: datetime | None = Field(default=None, sa_type=INSTANT)
    detected_at: datetime | None = Field(default=None, sa_type=INSTANT)
    is_withdrawn: bool
    elapsed_us: int = Field(sa_type=BigInteger)
    remaining_us: int = Field(sa_type=BigInteger)
    pauses: list[dict[str, Any]] = Field(sa_type=JSON)
    retargets: list[dict[str, Any]] = Field(sa_type=JSON)
    reopenings: list[dict[str, Any]] = Field(sa_type=JSON)
    assumed: list[str] = Field(sa_type=JSON)
    moved_by: list[str] = Field(sa_type=JSON)


class Watch(Row, table=True):
    """When a clock is to be looked at next.

    Apart from the clock, whose many indexes would all have to follow whenever a threshold is crossed; so what
    a crossing changes on the clock itself is in no index, and stays on its page.
    """

    __tablename__: ClassVar[str] = "watch"
    __table_args__ = (
        Index("ix_watch_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 85}},
    )

    clock_id: UUID = Field(primary_key=True)
    subject_id: UUID
    next_at: datetime | None = Field(default=None, sa_type=INSTANT)


class Crossing(Row, table=True):
    """A threshold that a clock crossed, and what became of it."""

    __tablename__: ClassVar[str] = "crossing"
    __table_args__ = (one_of("outcome", Outcome), one_of("kind", Kind))

    clock_id: UUID = Field(primary_key=True)
    due_revision: int = Field(sa_type=BigInteger, primary_key=True)
    percent: int = Field(primary_key=True)
    crosses_at: datetime = Field(sa_type=INSTANT)
    outcome: str
    kind: str | None = None
    escalate_to: str | None = None
    detected_at: datetime = Field(sa_type=INSTANT)
    announced_at: datetime | None = Field(default=None, sa_type=INSTANT)
    event_id: UUID | None = None
    is_withdrawn: bool = False
    is_unconfirmed: bool = False
    unconfirmed_reason: str | None = None


class Recomputation(Resource, Row, table=True):
    """Running clocks that a publication concerns, derived anew in the background."""

    __tablename__: ClassVar[str] = "recomputation"
    __table_args__ = (
        one_of("scope", Scope),
        Index("ix_recomputation_created_at", "created_at", "id"),
        Index("ix_recomputation_open", "id", postgresql_where=text("finished_at IS NULL")),
        {"info": {"wakes": RECOMPUTATION_CHANNEL}},
    )

    scope: str
    reference: str
    revision: int | None = None
    total: int | None = None
    done: int = 0
    moved: int = 0
    after: UUID | None = None
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT)


def table_of(kind: type[SQLModel]) -> Table:
    """The table behind a row class."""
    return kind.__table__  # type: ignore[attr-defined,no-any-return]
