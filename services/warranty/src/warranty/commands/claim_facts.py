"""What every event about a claim says, what may hang on it, and how it follows the decision on who pays."""

from typing import Any
from uuid import UUID

from common.contracts.warranty import claims as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked, one_at_a_time
from common.moves import Moment, Move, announce, audit, begin, land, touch
from common.outbox import publish
from warranty.commands.needs import needed
from warranty.domain.claims import LIFECYCLE, OVER, is_in_term
from warranty.queries import tickets as queries
from warranty.queries.single import one
from warranty.tables.claims import Claim
from warranty.tables.coverage import CoverageDecision


def facts(row: Claim) -> dict[str, Any]:
    """The facts that every event about a claim carries."""
    names = (name for name in events.ClaimEvent.model_fields if name != "claim_id")
    return {"claim_id": row.id, **{name: getattr(row, name) for name in names}}


async def started(session: Session, claim_id: UUID, action: str, at: Moment) -> tuple[Claim, Move]:
    """Lock the claim and ask whether ``action`` may be taken on it, as ``begin`` does."""
    return await begin(session, Claim, claim_id, LIFECYCLE, action, at)


def told(
    session: Session,
    row: Claim,
    move: Move,
    event: type[events.ClaimEvent],
    *,
    note: str | None = None,
    **further: Any,  # noqa: ANN401 - the event's own fields
) -> Claim:
    """Land the move on the locked claim and announce it."""
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row), **further), note=note)


def entry(session: Session, move: Move, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    """An entry of one of the claim's records: what, by whom, when."""
    return {**values, "by": session.context.caller.subject, "at": move.occurred_at.isoformat()}


def follow(row: Claim, decision: CoverageDecision) -> None:
    """The claim stands on this decision."""
    row.decision_id, row.coverage = decision.id, decision.coverage
    row.is_in_term = is_in_term(decision.reasons)


def check_alive(row: Claim) -> None:
    """Nothing more is done for a claim that is over.

    Raises:
        Conflict: ``claim-over``.
    """
    if row.state in OVER:
        raise Conflict("claim-over", pointer="#/claim_id", claim_state=row.state)


async def worked_on(session: Session, claim_id: UUID, customer_id: UUID | None = None) -> Claim:
    """The claim that something is kept or lent for, locked, so that it does not end meanwhile.

    Args:
        session: the unit of work.
        claim_id: the claim.
        customer_id: whose it has to be, where that is known.

    Raises:
        Invalid: ``claim-unknown``.
        Conflict: ``claim-over``.
    """
    row = await needed(session, Claim, claim_id, "claim-unknown", "#/claim_id")
    if customer_id not in {None, row.customer_id}:
        raise Invalid("claim-unknown", pointer="#/claim_id")
    row = await locked(session, Claim, claim_id)
    check_alive(row)
    return row


async def check_ticket(session: Session, ticket_id: UUID | None, customer_id: UUID | None) -> None:
    """A ticket is its customer's own; of one that was not heard of yet, nothing is known.

    Raises:
        Invalid: ``ticket-of-another``.
    """
    whose = None if ticket_id is None else await queries.customer_of(session, ticket_id)
    if whose is not None and customer_id not in {None, whose}:
        raise Invalid("ticket-of-another", pointer="#/ticket_id")


async def take_ticket(session: Session, ticket_id: UUID | None, customer_id: UUID) -> None:
    """Something is to name the ticket: nobody hears of it meanwhile, and what is known of it fits.

    Raises:
        Invalid: ``ticket-of-another``.
    """
    if ticket_id is not None:
        await hold_ticket(session, ticket_id)
        await check_ticket(session, ticket_id, customer_id)


async def hold_ticket(session: Session, ticket_id: UUID) -> None:
    """Whoever names the ticket, and whoever hears of it, follow one another."""
    await one_at_a_time(session, f"ticket:{ticket_id}")


async def hold_claim_of(session: Session, decision_id: UUID) -> None:
    """Lock the claim that a decision was made for, which goes before its decisions."""
    decision = await one(session, CoverageDecision, decision_id)
    if decision is not None and decision.claim_id is not None:
        await locked(session, Claim, decision.claim_id)


async def follow_override(session: Session, decision: CoverageDecision, at: Moment, *, reason: str) -> None:
    """A manager overrode a decision: the claim that stands on it, and is not over, follows."""
    row = await one(session, Claim, decision.claim_id)
    if row is None or row.state in OVER:
        return
    previous = row.coverage
    follow(row, decision)
    touch(session, row, at.now)
    event = events.ClaimCoverageChanged(**facts(row), previous_coverage=previous)
    publish(session, event, of=row, occurred_at=at.occurred_at or at.now, now=at.now)
    audit(session, "follow", row, at.now, reason)
