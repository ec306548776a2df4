"""Installations up to the customer's acceptance, and the defects found on the way."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.events import Event


class InstallationEvent(Event):
    """The installation after the event."""

    topic: ClassVar[str] = "warranty.installation.v1"
    collection: ClassVar[str] = "installations"

    installation_id: UUID
    number: str
    customer_id: UUID
    site_id: UUID
    contract_id: UUID | None = None
    state: str
    asset_ids: list[UUID]
    technician_ids: list[UUID]


class InstallationPlanned(InstallationEvent):
    """An installation was planned."""

    type: ClassVar[str] = "warranty.installation.planned"


class InstallationUpdated(InstallationEvent):
    """What is known of a planned installation was corrected."""

    type: ClassVar[str] = "warranty.installation.updated"


class InstallationStarted(InstallationEvent):
    """Work at the site began."""

    type: ClassVar[str] = "warranty.installation.started"


class TechniciansAssigned(InstallationEvent):
    """Technicians were sent."""

    type: ClassVar[str] = "warranty.installation.technicians_assigned"


class TechnicianReplaced(InstallationEvent):
    """The customer had a technician replaced, at the vendor's cost (§1.2.2)."""

    type: ClassVar[str] = "warranty.installation.technician_replaced"

    technician_id: UUID
    replacement_id: UUID | None = None


class InstallationStepCompleted(InstallationEvent):
    """A step was done, recorded and signed off."""

    type: ClassVar[str] = "warranty.installation.step_completed"

    step: str


class InstallationPartlyAccepted(InstallationEvent):
    """The customer accepted some of the assets."""

    type: ClassVar[str] = "warranty.installation.partly_accepted"

    accepted_asset_ids: list[UUID]


class InstallationAccepted(InstallationEvent):
    """The customer accepted everything."""

    type: ClassVar[str] = "warranty.installation.accepted"

    accepted_asset_ids: list[UUID]


class InstallationCancelled(InstallationEvent):
    """The installation will not take place."""

    type: ClassVar[str] = "warranty.installation.cancelled"


class DefectEvent(Event):
    """The defect after the event; ``due_at`` is the deadline that the customer set (§1.2.2)."""

    topic: ClassVar[str] = "warranty.defect.v1"
    collection: ClassVar[str] = "defects"

    defect_id: UUID
    installation_id: UUID
    customer_id: UUID
    site_id: UUID
    asset_id: UUID | None = None
    kind: str
    state: str
    is_blocking: bool
    due_at: datetime | None = None


class DefectRecorded(DefectEvent):
    """A defect was found."""

    type: ClassVar[str] = "warranty.defect.recorded"


class DefectDeadlineChanged(DefectEvent):
    """The customer set another deadline."""

    type: ClassVar[str] = "warranty.defect.deadline_changed"


class DefectResolved(DefectEvent):
    """The defect is gone."""

    type: ClassVar[str] = "warranty.defect.resolved"
