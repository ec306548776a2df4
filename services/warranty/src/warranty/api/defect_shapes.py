"""What is told and shown of defects."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Flag,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Prose,
    sortable,
)
from common.web.told import WITHOUT_SECRETS, Act, ActWithReason, Reason
from warranty.api.told import Figure, Item, Reference
from warranty.domain.installations import (
    DEFECT_LIFECYCLE,
    DefectKind,
    DefectState,
    LiableParty,
)
from warranty.tables.installations import Defect


class DefectCreate(Act):
    """Something wrong with what was delivered, and until when the customer wants it settled."""

    kind: DefectKind = DefectKind.QUALITY
    asset_id: Maybe[UUID] = None
    item: Item
    finding: Annotated[
        str, Prose(5_000), WITHOUT_SECRETS, Field(examples=["The cabinet's door does not close."])
    ]
    is_blocking: bool = True
    due_at: Annotated[
        Maybe[Occasion], Field(description="The deadline that the customer sets; a quality defect has one.")
    ] = None
    liable_party: Maybe[LiableParty] = None
    liability_reference: Maybe[Reference] = None
    required_min: Maybe[Figure] = None
    required_max: Maybe[Figure] = None


class ChangeDefectDeadline(ActWithReason):
    """Until when the customer wants it settled."""

    due_at: Occasion


class ResolveDefect(Act):
    """How it was settled; a missed figure is measured again."""

    how: Reason
    measured: Maybe[Figure] = None


class DefectOut(OutShape):
    """Something wrong with what was delivered."""

    id: UUID
    installation_id: UUID
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None
    kind: DefectKind
    state: DefectState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    item: str
    finding: str
    is_blocking: bool
    due_at: OutInstant | None
    liable_party: LiableParty | None
    liability_reference: str | None
    required_min: float | None
    required_max: float | None
    measured: float | None
    resolution: str | None
    resolved_at: OutInstant | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Defect, caller: Caller) -> "DefectOut":
        """The defect as ``caller`` sees it."""
        actions = DEFECT_LIFECYCLE.open_to(
            row.state, caller.roles, is_customer=caller.customer_id is not None
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class DefectPage(Page[DefectOut]):
    """A page of defects."""


class DefectFilters(ListQuery):
    """Filters of the list of defects."""

    installation_id: Maybe[UUID] = None
    customer_id: Maybe[UUID] = None
    kind: Annotated[list[DefectKind], Field(max_length=4)] = []
    state: Annotated[list[DefectState], Field(max_length=2)] = []
    is_blocking: Maybe[Flag] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"
