"""Questions about tickets that warranty heard of, and what is worked on under them."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import UNCONFINED, Session
from warranty.tables.claims import Claim
from warranty.tables.heard import HeardTicket


async def customer_of(session: Session, ticket_id: UUID) -> UUID | None:
    """Whose ticket it is, also where the caller may not see that; ``None`` where nothing was heard of it."""
    found = select(col(HeardTicket.customer_id)).where(col(HeardTicket.id) == ticket_id)
    return (await session.execute(found, execution_options={UNCONFINED: True})).scalar_one_or_none()


async def claims_of_others(session: Session, ticket: HeardTicket) -> list[Claim]:
    """Claims that name the ticket and are not its customer's, locked."""
    found = (
        select(Claim)
        .where(col(Claim.ticket_id) == ticket.id, col(Claim.customer_id) != ticket.customer_id)
        .order_by(col(Claim.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(found)).scalars())
