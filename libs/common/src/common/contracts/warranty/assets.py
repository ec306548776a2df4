"""Assets and what is inside them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class AssetEvent(Event):
    """The asset after the event, carried by every event about it or a component of it."""

    topic: ClassVar[str] = "warranty.asset.v1"
    collection: ClassVar[str] = "assets"

    asset_id: UUID
    customer_id: UUID
    site_id: UUID
    product_id: UUID
    contract_id: UUID | None = None
    serial_number: str
    state: str


class AssetRegistered(AssetEvent):
    """An asset is known."""

    type: ClassVar[str] = "warranty.asset.registered"


class AssetUpdated(AssetEvent):
    """What is known of an asset was corrected, or it was moved to another site."""

    type: ClassVar[str] = "warranty.asset.updated"

    previous: dict[str, Any]


class AssetInstallationBegun(AssetEvent):
    """The asset is being installed."""

    type: ClassVar[str] = "warranty.asset.installation_begun"


class AssetPutInService(AssetEvent):
    """The asset works for the customer."""

    type: ClassVar[str] = "warranty.asset.put_in_service"


class AssetAcceptanceRecorded(AssetEvent):
    """An asset that was in service already was accepted, here or elsewhere; its warranty counts from then."""

    type: ClassVar[str] = "warranty.asset.acceptance_recorded"

    accepted_at: datetime


class AssetTakenForRepair(AssetEvent):
    """The asset is out of operation and under repair."""

    type: ClassVar[str] = "warranty.asset.taken_for_repair"


class AssetReturnedToService(AssetEvent):
    """The asset works for the customer again."""

    type: ClassVar[str] = "warranty.asset.returned_to_service"


class AssetRetired(AssetEvent):
    """The asset is out of use for good."""

    type: ClassVar[str] = "warranty.asset.retired"

    replaced_by_id: UUID | None = None


class AssetMeterRead(AssetEvent):
    """A meter of the asset or of a component inside it was read, or a mistaken reading was withdrawn."""

    type: ClassVar[str] = "warranty.asset.meter_read"

    component_id: UUID | None = None
    hours: int
    read_at: datetime
    is_withdrawn: bool = False


class AssetReleaseInstalled(AssetEvent):
    """A software release was installed on the asset by a change; ``effect`` is what that did to operation."""

    type: ClassVar[str] = "warranty.asset.release_installed"

    installation_id: UUID
    release_id: UUID
    release_version: str
    previous_release_id: UUID | None = None
    change_id: UUID | None = None
    effect: str
    downtime_minutes: int
    is_rollback: bool
    installed_at: datetime


class ComponentEvent(AssetEvent):
    """A component of the asset after the event."""

    component_id: UUID
    part_id: UUID
    component_serial: str | None = None
    component_lot: str | None = None
    position: str
    is_key_part: bool


class ComponentInstalled(ComponentEvent):
    """A component is in the asset."""

    type: ClassVar[str] = "warranty.asset.component_installed"

    installed_at: datetime


class ComponentRemoved(ComponentEvent):
    """A component was taken out of the asset."""

    type: ClassVar[str] = "warranty.asset.component_removed"

    removed_at: datetime


class ComponentReplaced(ComponentEvent):
    """A component took another's place; the event is about the new one."""

    type: ClassVar[str] = "warranty.asset.component_replaced"

    replaced_component_id: UUID
    replaced_serial: str | None = None
    replaced_at: datetime
    claim_id: UUID | None = None
