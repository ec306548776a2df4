"""Questions about tickets that warranty heard of, and what is worked on under them."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import UNCONFINED, Session
from common.inbox import fetch
from warranty.tables.claims import Claim, Quote
from warranty.tables.directory import Site
from warranty.tables.heard import HeardTicket
from warranty.tables.loaners import Loaner
from warranty.tables.reservations import Reservation

T = TypeVar("T", Claim, Quote, Loaner)


async def customer_of(session: Session, ticket_id: UUID) -> UUID | None:
    """Whose ticket it is, also where the caller may not see that; ``None`` where nothing was heard of it."""
    found = select(col(HeardTicket.customer_id)).where(col(HeardTicket.id) == ticket_id)
    return (await session.execute(found, execution_options={UNCONFINED: True})).scalar_one_or_none()


_NAMED_BY_OTHERS = """
SELECT EXISTS (SELECT 1 FROM claim WHERE ticket_id = $1 AND customer_id <> $2)
    OR EXISTS (SELECT 1 FROM quote WHERE ticket_id = $1 AND customer_id <> $2)
    OR EXISTS (SELECT 1 FROM loaner WHERE ticket_id = $1 AND customer_id <> $2)
    OR EXISTS (
        SELECT 1 FROM reservation JOIN site ON site.id = reservation.site_id
        WHERE reservation.ticket_id = $1 AND site.customer_id <> $2
    )
"""


async def is_named_by_others(session: Session, ticket: HeardTicket) -> bool:
    """Whether anything that ``of_others`` and ``reservations_of_others`` find is there: hardly ever.

    It goes past what the session still has to write; none of that names a ticket.
    """
    return bool((await fetch(session, _NAMED_BY_OTHERS, ticket.id, ticket.customer_id))[0][0])


async def of_others(session: Session, kind: type[T], ticket: HeardTicket) -> list[T]:
    """What names the ticket and is not its customer's, locked."""
    found = (
        select(kind)
        .where(col(kind.ticket_id) == ticket.id, col(kind.customer_id) != ticket.customer_id)
        .order_by(col(kind.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(found)).scalars())


async def reservations_of_others(session: Session, ticket: HeardTicket) -> list[Reservation]:
    """Reservations that name the ticket and are for a site that is not its customer's, locked."""
    found = (
        select(Reservation)
        .join(Site, col(Site.id) == col(Reservation.site_id))
        .where(col(Reservation.ticket_id) == ticket.id, col(Site.customer_id) != ticket.customer_id)
        .order_by(col(Reservation.warehouse_id), col(Reservation.part_id), col(Reservation.id))
        .with_for_update(of=Reservation)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(found)).scalars())
