"""The vendor's own claims against makers and carriers (§1.2.5)."""

from typing import ClassVar
from uuid import UUID

from common.events import Event


class UpstreamClaimEvent(Event):
    """The vendor's own claim against a maker or carrier after the event; amounts in ``currency``."""

    topic: ClassVar[str] = "warranty.upstream-claim.v1"
    collection: ClassVar[str] = "upstream-claims"

    upstream_claim_id: UUID
    number: str
    customer_id: UUID
    claim_id: UUID | None = None
    defect_id: UUID | None = None
    against: str
    state: str
    claimed: str
    accepted: str | None = None
    recovered: str
    currency: str


class UpstreamClaimDrafted(UpstreamClaimEvent):
    """A claim against a maker or carrier was drafted."""

    type: ClassVar[str] = "warranty.upstream_claim.drafted"


class UpstreamClaimUpdated(UpstreamClaimEvent):
    """A draft was corrected."""

    type: ClassVar[str] = "warranty.upstream_claim.updated"


class UpstreamClaimSubmitted(UpstreamClaimEvent):
    """It was sent to the other party."""

    type: ClassVar[str] = "warranty.upstream_claim.submitted"


class UpstreamClaimAccepted(UpstreamClaimEvent):
    """The other party accepted it, in full or in part."""

    type: ClassVar[str] = "warranty.upstream_claim.accepted"


class UpstreamClaimRejected(UpstreamClaimEvent):
    """The other party rejected it."""

    type: ClassVar[str] = "warranty.upstream_claim.rejected"


class UpstreamClaimRecovered(UpstreamClaimEvent):
    """Money or goods of that worth came in."""

    type: ClassVar[str] = "warranty.upstream_claim.recovered"

    received: str


class UpstreamClaimClosed(UpstreamClaimEvent):
    """Nothing more is expected."""

    type: ClassVar[str] = "warranty.upstream_claim.closed"
