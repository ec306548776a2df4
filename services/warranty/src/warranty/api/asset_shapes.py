"""What is told and shown of assets and components."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.web.shapes import (
    Day,
    Instant,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Shape,
    Text,
    sortable,
)
from common.web.told import Act, ActWithReason, Reason, Words
from warranty.api.told import Lot, SerialNumber, SpecifiedItem
from warranty.domain.assets import LIFECYCLE, AssetState, Placed, barred, depths, parents_at
from warranty.tables.assets import Asset, Component

Position = Annotated[str, Text(100), Field(examples=["rack 2 / slot 4"])]


class AssetCreate(Shape):
    """An item that the vendor delivered; it belongs to its site's customer."""

    serial_number: SerialNumber
    product_id: UUID
    site_id: UUID
    contract_id: Maybe[UUID] = None
    shipped_on: Maybe[Day] = None
    delivered_on: Maybe[Day] = None
    installed_on: Maybe[Day] = None
    invoiced_on: Maybe[Day] = None
    software_release_id: Annotated[
        Maybe[UUID], Field(description="What it is shipped with: the newest that was released by then.")
    ] = None


class AssetUpdate(Shape):
    """Corrections; a field left out stays, null clears it."""

    contract_id: UUID | None = None
    shipped_on: Day | None = None
    delivered_on: Day | None = None
    installed_on: Day | None = None
    invoiced_on: Day | None = None


class MoveAsset(ActWithReason):
    """To which site of the same customer."""

    site_id: UUID


class RecordAcceptance(Shape):
    """An acceptance of before: when, by which document, and what was measured then."""

    accepted_at: Occasion
    reference: Annotated[str, Text(200), Field(examples=["Acceptance report 2023-014"])]
    items: Annotated[list[SpecifiedItem], Field(max_length=1_000)] = []


class CorrectAcceptance(Shape):
    """When a recorded or imported acceptance was in truth, and why it was told otherwise."""

    accepted_at: Occasion
    reference: Maybe[Annotated[str, Text(200), Field(examples=["Acceptance report 2023-014"])]] = None
    reason: Reason


class AssetOut(OutShape):
    """An installed serialised item."""

    id: UUID
    serial_number: str
    product_id: UUID
    customer_id: UUID
    site_id: UUID
    contract_id: UUID | None
    state: AssetState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    shipped_on: Day | None
    delivered_on: Day | None
    installed_on: Day | None
    invoiced_on: Day | None
    accepted_at: OutInstant | None
    acceptance_reference: Annotated[
        str | None, Field(description="The installation, or the document that was signed elsewhere.")
    ]
    accepted_specification: list[dict[str, Any]] | None
    software_release_id: UUID | None
    replaced_by_id: UUID | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Asset, caller: Caller) -> "AssetOut":
        """The asset as ``caller`` sees it."""
        is_accepted = row.accepted_at is not None
        actions = LIFECYCLE.open_to(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            barred=barred(is_accepted=is_accepted, is_acceptance_told=row.is_acceptance_told),
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class AssetPage(Page[AssetOut]):
    """A page of assets."""


class AssetFilters(ListQuery):
    """Filters of the list of assets."""

    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    product_id: Maybe[UUID] = None
    contract_id: Maybe[UUID] = None
    serial_number: Maybe[SerialNumber] = None
    state: Annotated[list[AssetState], Field(max_length=5)] = []
    q: Words = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class InstallComponent(Act):
    """A part that is put in the asset, directly or inside another component."""

    part_id: UUID
    position: Position
    serial_number: Maybe[SerialNumber] = None
    lot: Maybe[Lot] = None
    parent_id: Maybe[UUID] = None
    is_key_part: Annotated[Maybe[bool], Field(description="Left out: as the part is.")] = None


class RemoveComponent(ActWithReason):
    """Which component leaves."""

    component_id: UUID


class ReplaceComponent(ActWithReason):
    """The part that takes the component's place."""

    component_id: UUID
    part_id: UUID
    serial_number: Maybe[SerialNumber] = None
    lot: Maybe[Lot] = None
    is_key_part: Maybe[bool] = None


class ComponentOut(OutShape):
    """A part inside an asset; ``depth`` 0 sits directly in it."""

    id: UUID
    asset_id: UUID
    parent_id: UUID | None
    depth: int = 0
    part_id: UUID
    serial_number: str | None
    lot: str | None
    position: str
    is_key_part: bool
    installed_at: OutInstant
    removed_at: OutInstant | None
    removal_reason: str | None
    replaces_id: UUID | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class ComponentTreeOut(OutShape):
    """What was inside an asset at an instant, each component after what it sits in."""

    asset_id: UUID
    at: OutInstant
    items: list[ComponentOut]


class ComponentPage(Page[ComponentOut]):
    """A page of everything that was ever inside an asset."""


class TreeQuery(ListQuery):
    """At which instant."""

    at: Annotated[Maybe[Instant], Field(description="Left out: now.")] = None
    sort: Annotated[str, sortable("installed_at")] = "installed_at"


class HistoryFilters(ListQuery):
    """Paging of the history of an asset's components."""

    sort: Annotated[str, sortable("installed_at")] = "installed_at"


def tree(rows: list[Component], ever: Iterable[Placed]) -> list[ComponentOut]:
    """Components with what they sat in and how deep, parents before what they hold."""
    parents = parents_at([row.id for row in rows], ever)
    found = depths(parents)
    ordered = sorted(rows, key=lambda row: (found[row.id], row.installed_at, row.id))
    return [
        ComponentOut.model_validate({**vars(row), "parent_id": parents[row.id], "depth": found[row.id]})
        for row in ordered
    ]
