"""Assets and the components inside them: lifecycle, tree and serial numbers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from common.errors import Conflict, Invalid
from common.identities import plain
from common.lifecycle import LEADS, Lifecycle, step


class AssetState(StrEnum):
    """Where an asset stands."""

    SHIPPED = "shipped"
    IN_INSTALLATION = "in_installation"
    IN_SERVICE = "in_service"
    UNDER_REPAIR = "under_repair"
    RETIRED = "retired"


PRESENT = "shipped in_installation in_service under_repair"

LIFECYCLE = Lifecycle(
    "asset_state",
    AssetState.SHIPPED,
    MappingProxyType(
        {
            "beginInstallation": step("shipped", "in_installation", "warranty.asset.installation_begun"),
            "putInService": step("shipped in_installation", "in_service", "warranty.asset.put_in_service"),
            "recordAcceptance": step(
                "shipped in_service",
                "in_service",
                "warranty.asset.acceptance_recorded",
                "accepted_at",
                "reference",
                "not accepted before",
            ),
            "correctAcceptance": step(
                "in_service under_repair",
                None,
                "warranty.asset.updated",
                "accepted_at",
                "reason",
                "an acceptance that was recorded or imported",
            ),
            "takeForRepair": step("in_service", "under_repair", "warranty.asset.taken_for_repair", "reason"),
            "returnToService": step("under_repair", "in_service", "warranty.asset.returned_to_service"),
            "move": step(PRESENT, None, "warranty.asset.updated", "site_id", "reason"),
            "installComponent": step(PRESENT, None, "warranty.asset.component_installed", "position"),
            "removeComponent": step(PRESENT, None, "warranty.asset.component_removed", "reason"),
            "replaceComponent": step(PRESENT, None, "warranty.asset.component_replaced", "reason"),
            "installRelease": step(
                PRESENT, None, "warranty.asset.release_installed", "release_id", "a change"
            ),
            "retire": step(PRESENT, "retired", "warranty.asset.retired", "reason"),
        }
    ),
    roles=MappingProxyType(dict.fromkeys(("recordAcceptance", "correctAcceptance", "retire"), LEADS)),
)


def barred(*, is_accepted: bool, is_acceptance_told: bool) -> frozenset[str]:
    """What an acceptance keeps from being done: it is recorded once, and corrected where it was told."""
    found = {"recordAcceptance"} if is_accepted else {"correctAcceptance"}
    return frozenset(found if is_acceptance_told else found | {"correctAcceptance"})


def check_correctable(*, is_accepted: bool, is_acceptance_told: bool) -> None:
    """An acceptance is corrected that was recorded or imported, not one that a signature fixed here.

    Raises:
        Conflict: ``asset-not-accepted`` or ``acceptance-signed``.
    """
    if not is_accepted:
        raise Conflict("asset-not-accepted")
    if not is_acceptance_told:
        raise Conflict("acceptance-signed")


def check_in_use(state: str, pointer: str | None = None) -> None:
    """Nothing is claimed for an asset that is retired, and nobody goes there to inspect it.

    Raises:
        Conflict: ``asset-retired``.
    """
    if state == AssetState.RETIRED:
        raise Conflict("asset-retired", pointer=pointer)


@dataclass(frozen=True, slots=True)
class NewAsset:
    """An asset as it is told."""

    serial_number: str
    product_id: UUID
    site_id: UUID
    contract_id: UUID | None = None
    shipped_on: date | None = None
    delivered_on: date | None = None
    installed_on: date | None = None
    invoiced_on: date | None = None
    software_release_id: UUID | None = None


LONGEST_PLACE = 100


def place_key(position: str) -> str:
    """What a position goes by: ``slot 1``, ``SLOT 1`` and ``ｓｌｏｔ　１`` are one place.

    The few signs that are many when written out make no key longer than what was written may be.
    """
    key = plain(position)
    return key if len(key) <= LONGEST_PLACE else position


@dataclass(frozen=True, slots=True)
class NewComponent:
    """A component as it is told; it has a serial number, a lot, or neither."""

    part_id: UUID
    position: str
    serial_number: str | None = None
    lot: str | None = None
    parent_id: UUID | None = None
    is_key_part: bool | None = None
    meter: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a component sits, or sat last.

    Args:
        id: the component's.
        parent_id: the component it sits in; ``None`` directly in the asset.
        replaces_id: the component whose place it took.
    """

    id: UUID
    parent_id: UUID | None
    replaces_id: UUID | None


def parents_at(inside: Collection[UUID], ever: Iterable[Placed]) -> dict[UUID, UUID | None]:
    """What each component that was inside at an instant sat in then.

    What sits in a component that is replaced moves on to the new one, so it sat in whichever of those that
    followed one another in that place was there, before its present parent or after.

    Args:
        inside: components that were there.
        ever: all that were ever in the asset.

    Returns:
        Component to parent; ``None`` directly in the asset.
    """
    places = {one.id: one for one in ever}
    there = {_first(places, component_id): component_id for component_id in inside}
    told = {component_id: places[component_id].parent_id for component_id in inside}
    return {
        one: None if parent is None else there.get(_first(places, parent)) for one, parent in told.items()
    }


def _first(places: Mapping[UUID, Placed], component_id: UUID) -> UUID:
    """The first component in the place that ``component_id`` has; it stands for the place."""
    while (before := places[component_id].replaces_id) is not None:
        component_id = before
    return component_id


def depths(parents: Mapping[UUID, UUID | None]) -> dict[UUID, int]:
    """How deep each component sits; 0 is directly in the asset."""

    def depth(component_id: UUID) -> int:
        parent = parents[component_id]
        return 0 if parent is None else depth(parent) + 1

    return {component_id: depth(component_id) for component_id in parents}


def check_marked(*, is_serialised: bool, is_lot_tracked: bool, serial: str | None, lot: str | None) -> None:
    """A serialised part comes with its serial number, a lot part with its lot.

    Raises:
        Invalid: ``serial-missing`` or ``lot-missing``.
    """
    if is_serialised and not serial:
        raise Invalid("serial-missing", pointer="#/serial_number")
    if is_lot_tracked and not lot:
        raise Invalid("lot-missing", pointer="#/lot")


def was_inside(installed_at: datetime | None, accepted_at: datetime | None) -> bool:
    """Whether a component that was installed then was there when its asset was accepted."""
    return installed_at is not None and accepted_at is not None and installed_at <= accepted_at


def check_inside(removed_at: datetime | None) -> None:
    """A component is changed while it is there.

    Raises:
        Conflict: ``component-removed``.
    """
    if removed_at is not None:
        raise Conflict("component-removed", removed_at=removed_at.isoformat())


def check_after(occurred_at: datetime, installed_at: datetime) -> None:
    """A component is removed after it was installed.

    Raises:
        Invalid: ``occurred-too-early``.
    """
    if occurred_at <= installed_at:
        raise Invalid("occurred-too-early", pointer="#/occurred_at", not_before=installed_at.isoformat())
