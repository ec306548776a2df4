"""Claims upstream: against makers and carriers, with what was claimed, accepted and recovered."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.contracts.warranty import upstream as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, Move, amend, announce, begin, beginning, corrected, land, made, touch
from warranty.commands.claim_facts import entry
from warranty.commands.needs import begun, needed
from warranty.domain import upstream as rules
from warranty.domain.upstream import LIFECYCLE
from warranty.tables.claims import Claim, UpstreamClaim
from warranty.tables.installations import Defect


async def draft(session: Session, told: Mapping[str, Any], number: str, at: Moment) -> UpstreamClaim:
    """Draft a claim for what a customer claimed, or for a defect of a delivery.

    Raises:
        Invalid: ``amount-zero``, ``upstream-origin``, ``claim-unknown``, ``defect-unknown`` or
            ``occurred-in-future``.
    """
    drafted_at = beginning(at)
    rules.check_positive(told["claimed"], "#/claimed/amount")
    claim_id, defect_id = told["claim_id"], told["defect_id"]
    rules.check_origin(claim=claim_id is not None, defect=defect_id is not None)
    origin: Claim | Defect
    if claim_id is not None:
        origin = await needed(session, Claim, claim_id, "claim-unknown", "#/claim_id")
    else:
        origin = await needed(session, Defect, defect_id, "defect-unknown", "#/defect_id")
    row = made(
        session,
        UpstreamClaim,
        at.now,
        number=number,
        state=LIFECYCLE.initial,
        state_changed_at=drafted_at,
        customer_id=origin.customer_id,
        visibility="internal",
        recovered=Decimal(0),
        recoveries=[],
        rejections=[],
        **told,
    )
    return begun(session, row, events.UpstreamClaimDrafted(**facts(row)), at)


async def update(session: Session, upstream_id: UUID, told: Mapping[str, Any], at: Moment) -> UpstreamClaim:
    """Correct a claim that is not with the other party.

    Raises:
        NotFound, Conflict: no such claim, another version, or it was submitted.
        Invalid: ``amount-zero``.
    """
    if "claimed" in told:
        rules.check_positive(told["claimed"], "#/claimed/amount")
    row = await locked(session, UpstreamClaim, upstream_id, at.version)
    LIFECYCLE.ask("submit", row.state, said_as="update", asker=at.asker)
    amend(row, told)
    return corrected(session, row, at, lambda: events.UpstreamClaimUpdated(**facts(row)))


async def submit(session: Session, upstream_id: UUID, at: Moment, *, reference: str | None) -> UpstreamClaim:
    """It goes to the other party, or goes there again after a rejection."""
    row, move = await _begun(session, upstream_id, "submit", at)
    row.party_reference = reference or row.party_reference
    return _told(session, row, move, events.UpstreamClaimSubmitted)


async def accept(
    session: Session, upstream_id: UUID, at: Moment, *, amount: Decimal, currency: str
) -> UpstreamClaim:
    """The other party accepts it, in full or in part.

    Raises:
        Invalid: ``upstream-currency`` or ``accepted-too-much``.
    """
    row, move = await _begun(session, upstream_id, "accept", at)
    rules.check_currency(currency, row.currency)
    rules.check_accepted(amount, row.claimed)
    row.accepted = amount
    return _told(session, row, move, events.UpstreamClaimAccepted)


async def reject(session: Session, upstream_id: UUID, at: Moment, *, reason: str) -> UpstreamClaim:
    """The other party rejects it; it may be submitted again."""
    row, move = await _begun(session, upstream_id, "reject", at)
    row.rejections = [*row.rejections, entry(session, move, reason=reason)]
    return _told(session, row, move, events.UpstreamClaimRejected, reason)


async def recover(
    session: Session, upstream_id: UUID, at: Moment, *, amount: Decimal, currency: str, reference: str
) -> UpstreamClaim:
    """Money, or goods of that worth, came in; in parts, until what was accepted is there.

    Raises:
        Invalid: ``upstream-currency``.
        Conflict: ``recovered-too-much``.
    """
    row, move = await _begun(session, upstream_id, "recover", at)
    rules.check_currency(currency, row.currency)
    rules.check_recovered(amount, row.recovered, row.accepted)
    row.recovered += amount
    row.recoveries = [*row.recoveries, entry(session, move, amount=str(amount), reference=reference)]
    return _told(session, row, move, events.UpstreamClaimRecovered, received=str(amount))


async def close(session: Session, upstream_id: UUID, at: Moment, *, reason: str) -> UpstreamClaim:
    """Nothing more is expected."""
    row, move = await _begun(session, upstream_id, "close", at)
    row.end_reason = reason
    return _told(session, row, move, events.UpstreamClaimClosed, row.end_reason)


async def _begun(session: Session, upstream_id: UUID, action: str, at: Moment) -> tuple[UpstreamClaim, Move]:
    return await begin(session, UpstreamClaim, upstream_id, LIFECYCLE, action, at)


def _told(
    session: Session,
    row: UpstreamClaim,
    move: Move,
    event: type[events.UpstreamClaimEvent],
    note: str | None = None,
    **further: str,
) -> UpstreamClaim:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row), **further), note=note)


_AMOUNTS = ("claimed", "accepted", "recovered")


def facts(row: UpstreamClaim) -> dict[str, Any]:
    """The facts that every event about a claim upstream carries."""
    names = set(events.UpstreamClaimEvent.model_fields) - {"upstream_claim_id", *_AMOUNTS}
    amounts = {name: getattr(row, name) for name in _AMOUNTS}
    return {
        "upstream_claim_id": row.id,
        **{name: getattr(row, name) for name in names},
        **{name: None if amount is None else str(amount) for name, amount in amounts.items()},
    }
