"""What is told about a visit and what is shown of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Prose,
    Shape,
    Text,
    sortable,
)
from common.web.told import Act, ActWithReason, Name, Note, Reason
from ticketing.api.told import EngineerId
from ticketing.domain.tickets import Cause
from ticketing.domain.visits import LIFECYCLE, Check, VisitState
from ticketing.tables import Visit

Story = Annotated[str, Prose(10_000), Field(examples=["Power module of the core switch failed."])]


class Position(Shape):
    """A place on earth, WGS 84, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, examples=[31.2304])]
    longitude: Annotated[float, Field(ge=-180, le=180, examples=[121.4737])]


def told_position(position: Position | None) -> dict[str, float] | None:
    """The position as plain values, where one was told."""
    return None if position is None else dict(position)


class Signature(Shape):
    """The customer's signature: who signed when, by code or by a reference to the picture."""

    name: Name
    signed_at: Annotated[Occasion, Field(examples=["2026-11-01T12:00:00Z"])]
    code: Maybe[Annotated[str, Text(200)]] = None
    image_reference: Maybe[Annotated[str, Text(300)]] = None


class OnsiteRecord(Shape):
    """The written record of a visit (§1.2.1.6)."""

    fault_occurred_at: Annotated[Occasion, Field(examples=["2026-11-01T09:40:00Z"])]
    place: Annotated[str, Text(300), Field(examples=["Machine room, 3rd floor"])]
    reported_by: Name
    description: Story
    cause: Story
    cause_code: Maybe[Cause] = None
    prevention: Story
    fix: Story
    is_explanation_needed: Annotated[
        bool, Field(description="Whether cause, prevention and technique were owed.")
    ] = True
    explained_to: Maybe[Name] = None
    decisions: Annotated[
        Maybe[Story], Field(description="Technical and commercial decisions taken on site (§1.2.2).")
    ] = None
    signature: Signature


class VisitCreate(Act):
    """A visit that is needed, since now or since it was asked for."""

    ticket_id: Annotated[UUID, Field(examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a12"])]
    reason: Maybe[Reason] = None
    planned_at: Annotated[Maybe[Occasion], Field(description="Time agreed with the customer.")] = None
    site_position: Maybe[Position] = None


class OfferVisit(Act):
    """The engineer asked to go; a supplier's technician may be one."""

    engineer_id: EngineerId
    planned_at: Annotated[Maybe[Occasion], Field(description="Arrival agreed with the customer.")] = None


class ArriveAtVisit(Act):
    """The arrival, with the position where it is known."""

    position: Maybe[Position] = None


class BeginVisit(Act):
    """The checklist as confirmed before work."""

    checklist: Annotated[list[Check], Field(max_length=20, examples=[[check.value for check in Check]])]


class CompleteVisit(Act):
    """The signed record."""

    record: OnsiteRecord


class LeaveVisitUnresolved(ActWithReason):
    """Why the fault could not be cleared, and what the customer was told."""

    customer_notice: Annotated[Maybe[Note], Field(description="Left out: the reason itself was told.")] = None


class RecordVisitSatisfaction(Act):
    """The customer's word."""

    is_satisfied: bool
    note: Maybe[Note] = None


class VisitOut(OutShape):
    """A visit."""

    id: UUID
    ticket_id: UUID
    customer_id: UUID
    state: VisitState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    is_redispatch: bool
    reason: str | None
    engineer_id: UUID | None
    planned_at: OutInstant | None
    due_at: Annotated[
        OutInstant | None,
        Field(description="The end of the day agreed with the customer, where a day was agreed."),
    ]
    requested_at: OutInstant
    departed_at: OutInstant | None
    arrived_at: OutInstant | None
    work_began_at: OutInstant | None
    ended_at: OutInstant | None
    cancel_reason: Annotated[str | None, Field(description="Why a cancelled visit does not take place.")]
    position: dict[str, float] | None
    site_position: dict[str, float] | None
    is_position_distant: bool
    checklist: list[Check]
    record: dict[str, Any] | None
    customer_notice: str | None
    is_satisfied: bool | None
    satisfaction_note: str | None
    replacements: list[dict[str, Any]]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Visit, caller: Caller) -> "VisitOut":
        """The visit as ``caller`` sees it."""
        is_customer = caller.customer_id is not None
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=is_customer)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class VisitPage(Page[VisitOut]):
    """A page of visits."""


class VisitFilters(ListQuery):
    """Filters of the list of visits."""

    ticket_id: Maybe[UUID] = None
    engineer_id: Maybe[UUID] = None
    state: Annotated[list[VisitState], Field(max_length=10)] = []
    sort: Annotated[str, sortable("requested_at")] = "-requested_at"
