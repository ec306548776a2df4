"""What every event about a claim says, and how a claim follows the decision on who pays."""

from typing import Any
from uuid import UUID

from common.contracts.warranty import claims as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, Move, announce, audit, begin, land, touch
from common.outbox import publish
from common.secrets_in_text import mask
from warranty.domain.claims import LIFECYCLE, OVER, is_in_term
from warranty.queries.single import one
from warranty.tables.claims import Claim
from warranty.tables.coverage import CoverageDecision


def facts(row: Claim) -> dict[str, Any]:
    """The facts that every event about a claim carries."""
    names = (name for name in events.ClaimEvent.model_fields if name != "claim_id")
    return {"claim_id": row.id, **{name: getattr(row, name) for name in names}}


def masked(text: str) -> str:
    """``text`` as it is kept: without secrets (§1.2.1.5)."""
    return mask(text)[0]


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
