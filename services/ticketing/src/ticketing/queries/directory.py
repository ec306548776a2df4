"""Questions to the replica of the directory."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from common.db import Session
from common.inbox import fetch
from ticketing.domain.directory import (
    AssetFacts,
    ContactFacts,
    CustomerFacts,
    Known,
    Named,
    SiteFacts,
)
from ticketing.tables import Asset, Contract, Quote, Site, Ticket

_KNOWN = """
SELECT c.id, c.version, c.time_zone,
       s.id, s.version, s.customer_id, s.locality, s.distance_km, s.latitude, s.longitude,
       a.id, a.version, a.customer_id, a.site_id, a.product_id, a.contract_id, a.state,
       k.id, k.version, k.customer_id, k.authorized_from, k.authorized_to, k.is_erased
FROM (VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid)) AS named (customer_id, site_id, asset_id, contact_id)
LEFT JOIN asset a ON a.id = named.asset_id
LEFT JOIN site s ON s.id = coalesce(named.site_id, a.site_id)
LEFT JOIN customer c ON c.id = coalesce(named.customer_id, a.customer_id, s.customer_id)
LEFT JOIN contact k ON k.id = named.contact_id
"""


Ask = Callable[..., Awaitable[Sequence[Any]]]
"""Takes a statement and its values and gives rows."""


async def known(session: Session, named: Named) -> Known:
    """What the replica says of the ids that a ticket names, whosever they are, inside a unit of work."""
    return await known_by(partial(fetch, session), named)


async def known_by(ask: Ask, named: Named) -> Known:
    """The same, by whatever takes a statement: one, by primary keys."""
    ids = (named.customer_id, named.site_id, named.asset_id, named.reporter_contact_id)
    [row] = await ask(_KNOWN, *ids)
    return Known(
        customer=CustomerFacts(*row[0:3]) if row[0] else None,
        site=SiteFacts(*row[3:10]) if row[3] else None,
        asset=AssetFacts(*row[10:17]) if row[10] else None,
        contact=ContactFacts(*row[17:23]) if row[17] else None,
    )


async def position(session: Session, site_id: UUID | None) -> dict[str, float] | None:
    """Where the site lies, in degrees, as far as it is known."""
    site = None if site_id is None else await session.get(Site, site_id)
    if site is None or site.latitude is None or site.longitude is None:
        return None
    return {"latitude": site.latitude, "longitude": site.longitude}


async def currency(session: Session, ticket: Ticket) -> str | None:
    """The money of the contract that the ticket's asset is under, as far as it is known."""
    if ticket.asset_id is None:
        return None
    found = (
        select(col(Contract.currency))
        .join(Asset, col(Asset.contract_id) == col(Contract.id))
        .where(col(Asset.id) == ticket.asset_id)
    )
    return (await session.execute(found)).scalar_one_or_none()


async def quotes(session: Session, ticket: Ticket) -> list[str]:
    """States of the quotes for work on the ticket, or on one that was merged into it."""
    merged = select(col(Ticket.id)).where(col(Ticket.merged_into_id) == ticket.id)
    found = (
        select(col(Quote.state))
        .where(col(Quote.customer_id) == ticket.customer_id)
        .where(or_(col(Quote.ticket_id) == ticket.id, col(Quote.ticket_id).in_(merged)))
    )
    return list((await session.execute(found)).scalars())
