"""Questions about tickets that warranty heard of, and what is worked on under them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import UNCONFINED, Session
from common.inbox import fetch
from warranty.tables.heard import HeardTicket


async def customer_of(session: Session, ticket_id: UUID) -> UUID | None:
    """Whose ticket it is, also where the caller may not see that; ``None`` where nothing was heard of it."""
    found = select(col(HeardTicket.customer_id)).where(col(HeardTicket.id) == ticket_id)
    return (await session.execute(found, execution_options={UNCONFINED: True})).scalar_one_or_none()


_OF_OTHERS = """
SELECT kind, id FROM (
    SELECT 1 AS place, 'claim' AS kind, id, NULL::uuid AS warehouse_id, NULL::uuid AS part_id
    FROM claim WHERE ticket_id = $1 AND customer_id <> $2
    UNION ALL SELECT 2, 'reservation', reservation.id, warehouse_id, part_id
    FROM reservation JOIN site ON site.id = reservation.site_id
    WHERE ticket_id = $1 AND site.customer_id <> $2
    UNION ALL SELECT 3, 'quote', id, NULL, NULL FROM quote WHERE ticket_id = $1 AND customer_id <> $2
    UNION ALL SELECT 4, 'loaner', id, NULL, NULL FROM loaner WHERE ticket_id = $1 AND customer_id <> $2
) AS named ORDER BY place, warehouse_id, part_id, id
"""


async def of_others(session: Session, ticket: HeardTicket) -> Sequence[tuple[str, UUID]]:
    """Table and id of what names the ticket and is not its customer's, in the order in which it is locked.

    It goes past what the session still has to write; none of that names a ticket.
    """
    rows = await fetch(session, _OF_OTHERS, ticket.id, ticket.customer_id)
    return [(row[0], row[1]) for row in rows]
