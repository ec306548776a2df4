"""A rejection and the dispute that it is until the customer accepts it: appeal, ladder, end (§1.2.5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import claims as events
from common.db import Session
from common.moves import Moment, Move, announce, ask, audit, touch
from common.outbox import publish
from warranty.commands import quotes
from warranty.commands.claim_facts import entry, facts, started, told
from warranty.commands.letting_go import let_go
from warranty.domain import disputes as rules
from warranty.domain.agreeing import check_named
from warranty.domain.claims import LIFECYCLE, Rejection
from warranty.domain.disputes import Standing
from warranty.policy import DISPUTE_LADDER, SWEEP_BATCH
from warranty.tables.claims import Claim


async def reject(session: Session, claim_id: UUID, at: Moment, *, rejection: Rejection, reason: str) -> Claim:
    """The vendor rejects what the customer found: unless the customer accepts that, it climbs.

    What was quoted for the claim and not answered is taken back.

    Raises:
        Forbidden: ``dispute-needs-role``.
    """
    row, move = await started(session, claim_id, "reject", at)
    rules.check_may_decide(DISPUTE_LADDER, row.dispute_level, session.context.caller.roles)
    row.rejections = [
        *row.rejections,
        entry(session, move, rejection=rejection.value, reason=reason, level=row.dispute_level),
    ]
    await quotes.withdraw_open(session, row.id, at, reason=reason)
    told(session, row, move, events.ClaimRejected, note=reason, rejection=rejection)
    if row.dispute_level is None:
        _stand(session, row, move, rules.begun(DISPUTE_LADDER, move.occurred_at), "rejected")
        touch(session, row, at.now)
        event = events.ClaimDisputed(**facts(row), **_step(row))
        publish(session, event, of=row, occurred_at=move.occurred_at, now=at.now)
        audit(session, "dispute", row, at.now)
    return row


async def accept_rejection(
    session: Session, claim_id: UUID, at: Moment, *, accepted_by: str | None, reference: str | None
) -> Claim:
    """The customer accepts the rejection; that is the end of it.

    Raises:
        Invalid: ``agreement-unnamed``.
    """
    row, move = await started(session, claim_id, "acceptRejection", at)
    caller = session.context.caller
    check_named(accepted_by, is_customer=caller.customer_id is not None)
    named = {"accepted_by": accepted_by or caller.subject, "acceptance_reference": reference}
    row.rejections = [*row.rejections[:-1], {**row.rejections[-1], **named}]
    await let_go(session, row, at, said_as=move.action, reason=row.rejections[-1]["reason"])
    end(session, row, move, "accepted")
    return told(session, row, move, events.ClaimRejectionAccepted)


async def appeal(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> Claim:
    """The customer appeals: the claim is looked at anew, a step higher where there is one."""
    row, move = await started(session, claim_id, "appeal", at)
    level = row.dispute_level
    if level is not None and not rules.is_at_top(DISPUTE_LADDER, level):
        _stand(session, row, move, rules.climbed(DISPUTE_LADDER, level, move.occurred_at), "appealed", reason)
    return told(session, row, move, events.ClaimAppealed, note=reason)


async def escalate(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> Claim:
    """Somebody takes the dispute a step higher.

    Raises:
        Conflict: ``no-dispute`` or ``dispute-at-top``.
    """
    row, move = await started(session, claim_id, "escalateDispute", at)
    return _climb(session, row, move, is_by_time=False, reason=reason)


async def settle(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> Claim:
    """The last step upholds the rejection against the customer's will; both stay on the claim.

    Raises:
        Conflict: ``dispute-below-top``.
    """
    row, move = await started(session, claim_id, "settleDispute", at)
    rules.check_settleable(DISPUTE_LADDER, row.dispute_level)
    await let_go(session, row, at, said_as=move.action, reason=reason)
    end(session, row, move, "upheld", reason)
    row.end_reason = reason
    return told(session, row, move, events.ClaimDisputeSettled, note=row.end_reason)


async def climb_due(session: Session, now: datetime) -> int:
    """Take disputes a step higher that nobody settled in time; how many there were."""
    due = (
        select(Claim)
        .where(col(Claim.dispute_climbs_at) <= now)
        .order_by(col(Claim.dispute_climbs_at), col(Claim.id))
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = list((await session.execute(due)).scalars())
    for row in rows:
        at = Moment(now)
        move = ask(LIFECYCLE, "escalateDispute", row.state, at, floor=row.state_changed_at)
        _climb(session, row, move, is_by_time=True)
    return len(rows)


async def next_due(session: Session) -> datetime | None:
    """When the next dispute climbs."""
    first = select(col(Claim.dispute_climbs_at)).where(col(Claim.dispute_climbs_at).is_not(None))
    found = await session.execute(first.order_by(col(Claim.dispute_climbs_at)).limit(1))
    return found.scalar_one_or_none()


def _climb(session: Session, row: Claim, move: Move, *, is_by_time: bool, reason: str | None = None) -> Claim:
    previous = row.dispute_level
    standing = rules.climbed(DISPUTE_LADDER, previous, move.occurred_at)
    _stand(session, row, move, standing, "time" if is_by_time else "by_hand", reason)
    touch(session, row, move.now)
    event = events.ClaimDisputeEscalated(
        **facts(row), **_step(row), is_by_time=is_by_time, previous_level=previous
    )
    return announce(session, row, move, event, note=reason)


def _stand(
    session: Session, row: Claim, move: Move, standing: Standing, how: str, reason: str | None = None
) -> None:
    row.dispute_level, row.dispute_climbs_at = standing.level, standing.climbs_at
    _write_down(session, row, move, standing.level, how, reason)


def end(session: Session, row: Claim, move: Move, how: str, reason: str | None = None) -> None:
    """An open dispute is over; how it ended stays on the claim."""
    if row.dispute_level is not None:
        _write_down(session, row, move, row.dispute_level, how, reason)
    row.dispute_level = row.dispute_climbs_at = None


def _write_down(session: Session, row: Claim, move: Move, level: int, how: str, reason: str | None) -> None:
    taken = entry(
        session,
        move,
        level=level,
        step=DISPUTE_LADDER[level - 1].code,
        how=how,
        reason=reason,
    )
    row.dispute_steps = [*row.dispute_steps, taken]


def _step(row: Claim) -> dict[str, object]:
    assert row.dispute_level is not None  # noqa: S101 - it was just set
    step = DISPUTE_LADDER[row.dispute_level - 1]
    return {"step": step.code, "role": step.role, "climbs_at": row.dispute_climbs_at}
