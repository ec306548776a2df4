"""What is told and shown of warranty terms and coverage decisions."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Day,
    Flag,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Shape,
    sortable,
)
from common.web.told import ActWithReason
from warranty.domain.coverage import LIFECYCLE, Cause, Coverage, DecisionState
from warranty.domain.terms.terms import Source
from warranty.tables.coverage import CoverageDecision


class TermOut(OutShape):
    """A warranty term; what took its place has it as ``previous_term_id``."""

    id: UUID
    customer_id: UUID
    asset_id: UUID
    component_id: UUID | None
    scopes: list[str]
    source: Source
    rule: str
    clause: str
    time_zone: str
    starts_on: Day
    ends_on: Annotated[Day | None, Field(description="Last day covered, by what is known.")]
    latest_on: Annotated[Day | None, Field(description="Latest day it may become; null: nothing bounds it.")]
    owed_until: Annotated[Day | None, Field(description="Last day owed, where goodwill goes beyond it.")]
    is_provisional: bool
    waits_for: list[str]
    previous_term_id: UUID | None
    superseded_at: OutInstant | None
    ended_on: Annotated[Day | None, Field(description="Day on which the item was replaced.")]
    suspended_on: Day | None
    reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class TermPage(Page[TermOut]):
    """A page of the chain of an asset's terms."""


class TermFilters(ListQuery):
    """Filters of an asset's terms."""

    component_id: Maybe[UUID] = None
    is_current: Annotated[Maybe[Flag], Field(description="What stands now, or what does not.")] = None
    sort: Annotated[str, sortable("created_at")] = "created_at"


class ExtendTerm(ActWithReason):
    """By how many months, bought or as goodwill."""

    months: Annotated[int, Field(ge=1, le=240)]
    source: Literal["extension", "goodwill"] = "extension"


class DecisionCreate(Shape):
    """For what it is to be decided who pays; on a claim it is decided by the claim's own verbs."""

    asset_id: UUID
    component_id: Maybe[UUID] = None
    at: Annotated[Maybe[Occasion], Field(description="When the fault occurred. Left out: now.")] = None
    cause: Annotated[Maybe[Cause], Field(description="Left out: nobody knows it yet.")] = None
    ticket_id: Maybe[UUID] = None
    known_at: Annotated[
        Maybe[Occasion],
        Field(description="Decide by what was known at that moment. Left out: by what is known now."),
    ] = None


class OverrideDecision(ActWithReason):
    """What a manager decides instead."""

    outcome: Literal[Coverage.FREE, Coverage.CHARGEABLE, Coverage.GOODWILL]


class ReasonOut(OutShape):
    """A rule that was asked; ``holds`` says whether it speaks for free of charge, null that it is open."""

    rule: str
    clause: str
    holds: bool | None
    facts: dict[str, Any]


class DecisionOut(OutShape):
    """Who pays, and why."""

    id: UUID
    customer_id: UUID
    asset_id: UUID
    component_id: UUID | None
    ticket_id: UUID | None
    claim_id: UUID | None
    state: DecisionState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    decided_for: OutInstant
    known_at: OutInstant
    cause: Cause | None
    coverage: Coverage
    by_scope: Annotated[dict[str, Coverage], Field(description="For parts, labour and travel.")]
    computed: Annotated[Coverage, Field(description="What was computed, whatever was decided by hand since.")]
    reasons: list[ReasonOut]
    facts: Annotated[dict[str, Any], Field(description="What it was decided by.")]
    overrides: list[dict[str, Any]]
    supersedes_id: UUID | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: CoverageDecision, caller: Caller) -> "DecisionOut":
        """The decision as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class DecisionPage(Page[DecisionOut]):
    """A page of decisions."""


class DecisionFilters(ListQuery):
    """Filters of the list of decisions."""

    asset_id: Maybe[UUID] = None
    component_id: Maybe[UUID] = None
    ticket_id: Maybe[UUID] = None
    claim_id: Maybe[UUID] = None
    customer_id: Maybe[UUID] = None
    coverage: Annotated[list[Coverage], Field(max_length=4)] = []
    sort: Annotated[str, sortable("created_at")] = "-created_at"
