"""Claims under warranty."""

from collections.abc import Mapping

from common.bus import Listener
from common.contracts.warranty.claims import ClaimOpened
from common.db import Session
from common.events import Envelope, Event
from ticketing.commands import claims
from ticketing.domain.claims import ClaimNotice


async def on_claim_opened(session: Session, event: ClaimOpened, envelope: Envelope) -> None:
    """A customer gave notice; in term somebody has to come (§1.2.5)."""
    if not event.is_visit_required:
        return
    notice = ClaimNotice(
        claim_id=event.claim_id,
        number=event.number,
        customer_id=event.customer_id,
        site_id=event.site_id,
        asset_id=event.asset_id,
        ticket_id=event.ticket_id,
        noticed_at=min(event.noticed_at, envelope.received_at),
        failed_at=event.failed_at,
    )
    await claims.take_up(session, notice, envelope.received_at)


LISTENERS: Mapping[type[Event], Listener] = {ClaimOpened: on_claim_opened}
