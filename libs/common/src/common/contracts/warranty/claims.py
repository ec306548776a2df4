"""Claims from the customer's notice to the end, with the dispute that a rejection is (§1.2.3.1, §1.2.5)."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.events import Event


class ClaimEvent(Event):
    """The claim after the event.

    ``ground`` is defect, fault or below_bid_figures and ``demand`` what the customer asked for; ``remedy`` is
    what was approved. ``coverage`` is free, chargeable, goodwill or undetermined. ``dispute_level`` is the
    step of the ladder (1 is the first) that a rejection stands on while the customer does not accept it.
    """

    topic: ClassVar[str] = "warranty.claim.v1"
    collection: ClassVar[str] = "claims"

    claim_id: UUID
    number: str
    customer_id: UUID
    site_id: UUID
    asset_id: UUID
    component_id: UUID | None = None
    contract_id: UUID | None = None
    ticket_id: UUID | None = None
    decision_id: UUID
    ground: str
    demand: str
    remedy: str | None = None
    coverage: str
    is_in_term: bool
    noticed_at: datetime
    failed_at: datetime
    out_of_operation_at: datetime | None = None
    dispute_level: int | None = None
    state: str


class ClaimOpened(ClaimEvent):
    """A customer gave notice; in term the vendor has to come to the site (§1.2.5)."""

    type: ClassVar[str] = "warranty.claim.opened"

    is_visit_required: bool


class ClaimTicketLinked(ClaimEvent):
    """The ticket that the claim is worked on under is known."""

    type: ClassVar[str] = "warranty.claim.ticket_linked"


class ClaimTicketUnlinked(ClaimEvent):
    """The ticket that the claim named turned out to be another customer's; the claim names none any more."""

    type: ClassVar[str] = "warranty.claim.ticket_unlinked"

    previous_ticket_id: UUID


class ClaimCoverageChanged(ClaimEvent):
    """A manager decided otherwise on who pays."""

    type: ClassVar[str] = "warranty.claim.coverage_changed"

    previous_coverage: str


class ClaimLoanerOffered(ClaimEvent):
    """The device is out of operation: from now on a loaner is offered (§1.2.5)."""

    type: ClassVar[str] = "warranty.claim.loaner_offered"


class ClaimLoanerAnswered(ClaimEvent):
    """The customer wants the loaner, or does not."""

    type: ClassVar[str] = "warranty.claim.loaner_answered"

    is_accepted: bool


class ClaimAssessed(ClaimEvent):
    """The vendor looked at it: whether it found what the customer found, and from what cause."""

    type: ClassVar[str] = "warranty.claim.assessed"

    is_finding_confirmed: bool
    cause: str | None = None


class ClaimApproved(ClaimEvent):
    """The vendor repairs, replaces, or refunds a part."""

    type: ClassVar[str] = "warranty.claim.approved"

    amount: str | None = None
    currency: str | None = None


class ClaimRejected(ClaimEvent):
    """The vendor rejects what the customer found; unless the customer accepts that, it is a dispute."""

    type: ClassVar[str] = "warranty.claim.rejected"

    rejection: str


class ClaimRejectionAccepted(ClaimEvent):
    """The customer accepts the rejection; the dispute is over."""

    type: ClassVar[str] = "warranty.claim.rejection_accepted"


class ClaimAppealed(ClaimEvent):
    """The customer appeals; the claim is assessed anew, a step higher."""

    type: ClassVar[str] = "warranty.claim.appealed"


class DisputeEvent(ClaimEvent):
    """A step of the dispute's ladder: who settles it there, and when it climbs further, if it does."""

    step: str
    role: str
    climbs_at: datetime | None = None
    is_by_time: bool = False


class ClaimDisputed(DisputeEvent):
    """A rejection against the customer's finding stands on the first step of the ladder."""

    type: ClassVar[str] = "warranty.claim.disputed"


class ClaimDisputeEscalated(DisputeEvent):
    """The dispute was not settled in time, or somebody took it a step higher."""

    type: ClassVar[str] = "warranty.claim.dispute_escalated"

    previous_level: int


class ClaimDisputeSettled(ClaimEvent):
    """Who stands on the highest step decided that the rejection stands."""

    type: ClassVar[str] = "warranty.claim.dispute_settled"


class ClaimPartsReserved(ClaimEvent):
    """Parts are kept; ``part_ids`` and ``quantities`` go together with ``reservation_ids``."""

    type: ClassVar[str] = "warranty.claim.parts_reserved"

    reservation_ids: list[UUID]
    part_ids: list[UUID]
    quantities: list[int]


class ClaimPartsAdded(ClaimEvent):
    """More parts turned out to be needed during the repair."""

    type: ClassVar[str] = "warranty.claim.parts_added"

    reservation_ids: list[UUID]
    part_ids: list[UUID]
    quantities: list[int]


class ClaimRepairStarted(ClaimEvent):
    """The repair has begun; whether the vendor took the device along."""

    type: ClassVar[str] = "warranty.claim.repair_started"

    is_device_taken: bool


class ClaimDeviceReturned(ClaimEvent):
    """The device that the vendor took for the claim is back with the customer; the claim goes on."""

    type: ClassVar[str] = "warranty.claim.device_returned"


class ClaimShipped(ClaimEvent):
    """What replaces the defective item is on its way to the site."""

    type: ClassVar[str] = "warranty.claim.shipped"


class ClaimFulfilled(ClaimEvent):
    """The item meets its figures again, measured one by one; the lists go together."""

    type: ClassVar[str] = "warranty.claim.fulfilled"

    replaced_component_ids: list[UUID]
    new_component_ids: list[UUID]
    replacement_asset_id: UUID | None = None
    is_return_expected: bool


class ClaimRefunded(ClaimEvent):
    """The price of a part was paid back."""

    type: ClassVar[str] = "warranty.claim.refunded"

    amount: str
    currency: str


class ClaimReturnReceived(ClaimEvent):
    """What was replaced came back; the lists go together, null stands for the whole unit."""

    type: ClassVar[str] = "warranty.claim.return_received"

    component_ids: list[UUID | None]
    conditions: list[str]


class ClaimClosed(ClaimEvent):
    """Nothing is left to do."""

    type: ClassVar[str] = "warranty.claim.closed"


class ClaimWithdrawn(ClaimEvent):
    """The customer withdrew it."""

    type: ClassVar[str] = "warranty.claim.withdrawn"


class ClaimCancelled(ClaimEvent):
    """It was opened by mistake, or has become pointless."""

    type: ClassVar[str] = "warranty.claim.cancelled"
