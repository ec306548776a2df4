"""Questions about claims and what hangs on them, quotes, and claims upstream."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from common.db import UNCONFINED, Session
from warranty.domain.claims import OVER
from warranty.domain.fulfilment import Issued
from warranty.domain.loaners import LoanerState
from warranty.domain.quotes import QuoteState
from warranty.domain.reservations import ReservationState
from warranty.queries.single import narrowed
from warranty.tables.claims import Claim, Quote, UpstreamClaim
from warranty.tables.loaners import Loaner
from warranty.tables.reservations import Reservation


def claims(*, is_disputed: bool | None = None, **told: Any) -> Select[Claim]:  # noqa: ANN401 - values of filters
    """Claims by number, reference, customer, site, asset, contract, ticket, state, and open dispute."""
    found = narrowed(select(Claim), Claim, told)
    if is_disputed is None:
        return found
    level = col(Claim.dispute_level)
    return found.where(level.is_not(None) if is_disputed else level.is_(None))


async def by_external_reference(
    session: Session, client_id: str, customer_id: UUID, reference: str
) -> UUID | None:
    """The claim that a client opened for a customer under its own number."""
    found = select(col(Claim.id)).where(
        col(Claim.client_id) == client_id,
        col(Claim.customer_id) == customer_id,
        col(Claim.external_reference) == reference,
    )
    return (await session.execute(found)).scalar_one_or_none()


async def others_with_remedy(session: Session, row: Claim) -> list[Claim]:
    """The other claims on a claim's asset with a remedy approved, as they stand now, in order."""
    found = select(Claim).where(
        col(Claim.asset_id) == row.asset_id, col(Claim.id) != row.id, col(Claim.remedy).is_not(None)
    )
    ordered = found.order_by(col(Claim.created_at), col(Claim.id)).execution_options(populate_existing=True)
    return list((await session.execute(ordered)).scalars())


async def reservations_of(session: Session, claim_id: UUID) -> list[Reservation]:
    """Reservations made for a claim, in their order."""
    found = select(Reservation).where(col(Reservation.claim_id) == claim_id)
    return list((await session.execute(found.order_by(col(Reservation.id)))).scalars())


async def alive_for_update(session: Session, asset_id: UUID) -> list[Claim]:
    """Claims of an asset that are not over, locked."""
    found = (
        select(Claim)
        .where(col(Claim.asset_id) == asset_id, col(Claim.state).not_in(OVER))
        .order_by(col(Claim.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(found)).scalars())


async def kept_for_update(session: Session, claim_id: UUID) -> list[Reservation]:
    """What is still kept for a claim, locked in the order of its balances."""
    found = (
        select(Reservation)
        .where(
            col(Reservation.claim_id) == claim_id, col(Reservation.state) == ReservationState.RESERVED.value
        )
        .order_by(col(Reservation.warehouse_id), col(Reservation.part_id), col(Reservation.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(found)).scalars())


async def issued(session: Session, claim_id: UUID) -> list[Issued]:
    """Pieces that left stock for a claim, in the order of their reservations."""
    pieces = []
    for one in await reservations_of(session, claim_id):
        if one.state != ReservationState.ISSUED:
            continue
        picks = one.picks or [{"serial_number": "", "lot": "", "quantity": one.quantity}]
        pieces += [
            Issued(
                one.id, one.part_id, pick["serial_number"], pick["lot"], pick["quantity"], one.to_warehouse_id
            )
            for pick in picks
        ]
    return pieces


async def loaners_of(session: Session, claim_id: UUID) -> list[Loaner]:
    """Loaners lent for a claim, in their order."""
    found = select(Loaner).where(col(Loaner.claim_id) == claim_id)
    return list((await session.execute(found.order_by(col(Loaner.id)))).scalars())


async def loaners_out(session: Session, claim_id: UUID) -> int:
    """How many loaners of a claim have not come back."""
    found = select(func.count()).where(
        col(Loaner.claim_id) == claim_id, col(Loaner.state) == LoanerState.LENT.value
    )
    return int((await session.execute(found)).scalar_one())


def quotes(**told: Any) -> Select[Quote]:  # noqa: ANN401 - values of filters
    """Quotes by number, customer, asset, claim, ticket and state."""
    return narrowed(select(Quote), Quote, told)


async def quotes_of(session: Session, claim_id: UUID) -> list[Quote]:
    """Quotes made for a claim, in their order."""
    found = quotes(claim_id=claim_id).order_by(col(Quote.created_at), col(Quote.id))
    return list((await session.execute(found)).scalars())


async def open_quotes_for_update(session: Session, claim_id: UUID) -> list[Quote]:
    """Quotes of a claim that nobody has answered, locked; drafts too, whoever ends the claim."""
    found = (
        select(Quote)
        .where(
            col(Quote.claim_id) == claim_id,
            col(Quote.state).in_([QuoteState.DRAFT.value, QuoteState.OFFERED.value]),
        )
        .order_by(col(Quote.id))
        .with_for_update()
        .execution_options(populate_existing=True, **{UNCONFINED: True})
    )
    return list((await session.execute(found)).scalars())


async def is_quote_accepted(session: Session, claim_id: UUID) -> bool:
    """Whether the customer accepted a quote for a claim."""
    found = select(func.count()).where(
        col(Quote.claim_id) == claim_id, col(Quote.state) == QuoteState.ACCEPTED.value
    )
    return bool((await session.execute(found)).scalar_one())


def expired_quotes(now: datetime) -> Select[Quote]:
    """Offered quotes whose time is over."""
    offered = select(Quote).where(col(Quote.state) == QuoteState.OFFERED.value)
    return offered.where(col(Quote.valid_until) < now).order_by(col(Quote.valid_until), col(Quote.id))


async def next_expiry(session: Session) -> datetime | None:
    """When the next offered quote expires."""
    first = select(col(Quote.valid_until)).where(col(Quote.state) == QuoteState.OFFERED.value)
    return (await session.execute(first.order_by(col(Quote.valid_until)).limit(1))).scalar_one_or_none()


def upstream_claims(**told: Any) -> Select[UpstreamClaim]:  # noqa: ANN401 - values of filters
    """Claims upstream by number, customer, claim, defect, state and party claimed against."""
    return narrowed(select(UpstreamClaim), UpstreamClaim, told)
