"""Claims: opened by the customer's notice, assessed, approved, closed, withdrawn (§1.2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.contracts.warranty import claims as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.ids import new_id
from common.moves import Moment, made
from warranty.commands import claim_parts, decisions
from warranty.commands.claim_facts import entry, facts, follow, started, take_ticket, told
from warranty.commands.claim_parts import Wanted
from warranty.commands.disputes import end as end_dispute
from warranty.commands.letting_go import let_go
from warranty.commands.made_good import check_may_be_made_good
from warranty.commands.needs import begun, needed
from warranty.commands.terms import zone_of
from warranty.domain import claims as rules
from warranty.domain import disputes
from warranty.domain.assets import check_in_use
from warranty.domain.claims import LIFECYCLE, NewClaim, Remedy
from warranty.domain.coverage import Cause
from warranty.domain.fulfilment import is_return_open
from warranty.policy import DISPUTE_LADDER
from warranty.queries import claims as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.claims import Claim
from warranty.tables.contracts import Contract


async def open_(session: Session, told_: NewClaim, number: str, at: Moment) -> Claim:
    """Open a claim as of the customer's notice, and decide who pays as far as that is known.

    Args:
        session: the unit of work.
        told_: the claim.
        number: its number.
        at: now, and when the customer gave notice.

    Raises:
        Invalid: ``asset-unknown``, ``component-unknown``, ``ticket-of-another``, a time or figure that
            cannot be.
        Conflict: ``asset-retired`` or ``claim-reference-taken``.
    """
    noticed_at = at.occurred_at or at.now
    failed_at = told_.failed_at or noticed_at
    rules.check_times(failed_at, noticed_at, at.now)
    asset = await needed(session, Asset, told_.asset_id, "asset-unknown", "#/asset_id")
    check_in_use(asset.state, "#/asset_id")
    contract = await one(session, Contract, asset.contract_id)
    rules.check_shipped(failed_at, asset.shipped_on, zone_of(contract))
    rules.check_figures(told_.ground, told_.figures, [] if contract is None else contract.bid_figures)
    await take_ticket(session, told_.ticket_id, asset.customer_id)
    await _refuse_known(session, asset.customer_id, told_.external_reference)
    claim_id = new_id()
    decision = await decisions.decide(
        session,
        asset_id=asset.id,
        component_id=told_.component_id,
        claim_id=claim_id,
        decided_for=failed_at,
        at=Moment(at.now),
    )
    row = _made(session, asset, told_, number, claim_id, at, noticed_at=noticed_at, failed_at=failed_at)
    follow(row, decision)
    is_visit_required = rules.needs_visit(row.coverage, in_term=row.is_in_term)
    return begun(session, row, events.ClaimOpened(**facts(row), is_visit_required=is_visit_required), at)


def _made(
    session: Session,
    asset: Asset,
    told_: NewClaim,
    number: str,
    claim_id: UUID,
    at: Moment,
    *,
    noticed_at: datetime,
    failed_at: datetime,
) -> Claim:
    return made(
        session,
        Claim,
        at.now,
        id=claim_id,
        number=number,
        state=LIFECYCLE.initial,
        state_changed_at=noticed_at,
        customer_id=asset.customer_id,
        client_id=session.context.caller.client_id,
        external_reference=told_.external_reference,
        site_id=asset.site_id,
        asset_id=asset.id,
        component_id=told_.component_id,
        contract_id=asset.contract_id,
        ticket_id=told_.ticket_id,
        ground=told_.ground,
        demand=told_.demand,
        finding=told_.finding,
        evidence=list(told_.evidence),
        figures=[dict(one_) for one_ in told_.figures],
        noticed_at=noticed_at,
        failed_at=failed_at,
        out_of_operation_at=failed_at if told_.is_out_of_operation else None,
        assessments=[],
        part_additions=[],
        rejections=[],
        dispute_steps=[],
        replacements=[],
        returns=[],
    )


async def _refuse_known(session: Session, customer_id: UUID, reference: str | None) -> None:
    if reference is None:
        return
    client_id = session.context.caller.client_id
    known = await queries.by_external_reference(session, client_id, customer_id, reference)
    if known is not None:
        raise Conflict("claim-reference-taken", pointer="#/external_reference", existing_id=str(known))


async def link_ticket(session: Session, claim_id: UUID, at: Moment, *, ticket_id: UUID) -> Claim:
    """Say under which ticket the claim is worked on.

    Raises:
        Conflict: ``ticket-linked``, where another is.
        Invalid: ``ticket-of-another``.
    """
    row, move = await started(session, claim_id, "linkTicket", at)
    if row.ticket_id not in {None, ticket_id}:
        raise Conflict("ticket-linked", ticket_id=str(row.ticket_id))
    if row.ticket_id is None:
        await take_ticket(session, ticket_id, row.customer_id)
    row.ticket_id = ticket_id
    return told(session, row, move, events.ClaimTicketLinked)


async def report_out_of_operation(session: Session, claim_id: UUID, at: Moment) -> Claim:
    """The device does not work at all: from that moment a loaner is offered (§1.2.5).

    Raises:
        Conflict: ``already-out-of-operation``.
    """
    row, move = await started(session, claim_id, "reportOutOfOperation", at)
    if row.out_of_operation_at is not None:
        raise Conflict("already-out-of-operation", since=row.out_of_operation_at.isoformat())
    row.out_of_operation_at = move.occurred_at
    return told(session, row, move, events.ClaimLoanerOffered)


async def answer_loaner_offer(session: Session, claim_id: UUID, at: Moment, *, is_accepted: bool) -> Claim:
    """The customer wants the loaner, or does not; it may change its mind.

    Raises:
        Conflict: ``no-loaner-offered``.
    """
    row, move = await started(session, claim_id, "answerLoanerOffer", at)
    if row.out_of_operation_at is None:
        raise Conflict("no-loaner-offered")
    row.is_loaner_wanted = is_accepted
    return told(session, row, move, events.ClaimLoanerAnswered, is_accepted=is_accepted)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the vendor found.

    Args:
        finding: in words.
        is_finding_confirmed: whether it is what the customer found.
        evidence: references of what shows it.
        cause: what it came from, where that is known.
        component_id: the component at fault, where it is another one than was told.
    """

    finding: str
    is_finding_confirmed: bool
    evidence: Sequence[str]
    cause: Cause | None
    component_id: UUID | None


async def assess(session: Session, claim_id: UUID, found: Assessment, at: Moment) -> Claim:
    """The vendor looked at it; with the cause it is decided anew who pays.

    Raises:
        Invalid: ``component-unknown``.
    """
    row, move = await started(session, claim_id, "assess", at)
    row.component_id = found.component_id or row.component_id
    assessed = entry(
        session,
        move,
        finding=found.finding,
        is_finding_confirmed=found.is_finding_confirmed,
        evidence=list(found.evidence),
        cause=found.cause,
    )
    row.assessments = [*row.assessments, assessed]
    decision = await decisions.decide(
        session,
        asset_id=row.asset_id,
        component_id=row.component_id,
        claim_id=row.id,
        decided_for=row.failed_at,
        cause=found.cause,
        at=Moment(at.now),
    )
    follow(row, decision)
    return told(
        session,
        row,
        move,
        events.ClaimAssessed,
        is_finding_confirmed=found.is_finding_confirmed,
        cause=found.cause,
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """What the vendor will do: remedy, parts to be kept at once, and of a refund the amount."""

    remedy: Remedy
    note: str | None
    parts: Sequence[Wanted]
    amount: Decimal | None
    currency: str | None


async def approve(session: Session, claim_id: UUID, what: Approval, at: Moment) -> Claim:
    """The vendor repairs, replaces, or refunds a part; a dispute is over with that.

    Raises:
        Forbidden: ``dispute-needs-role``.
        Conflict: ``coverage-open``, ``refund-not-covered``, ``claim-made-good``, ``claim-promised``,
            ``claimed-item-gone`` or ``stock-short``.
        Invalid: ``refund-amount-missing``, ``refund-amount-unfit`` or ``parts-unfit``.
    """
    row, move = await started(session, claim_id, "approve", at)
    disputes.check_may_decide(DISPUTE_LADDER, row.dispute_level, session.context.caller.roles)
    rules.check_decided(row.coverage)
    rules.check_refund(what.remedy, what.amount, row.coverage)
    if what.parts and what.remedy is Remedy.REFUND:
        raise Invalid("parts-unfit", pointer="#/parts")
    await check_may_be_made_good(session, row, what.remedy)
    row.remedy = what.remedy
    note = what.note
    row.approval = entry(session, move, note=note, parts=claim_parts.as_kept(what.parts))
    row.refund_amount, row.refund_currency = what.amount, what.currency
    end_dispute(session, row, move, "overturned")
    amount = None if what.amount is None else str(what.amount)
    told(session, row, move, events.ClaimApproved, note=note, amount=amount, currency=what.currency)
    if what.parts:
        await session.flush()
        await claim_parts.reserve(session, row.id, Moment(at.now, at.occurred_at), parts=what.parts)
    return row


async def close(session: Session, claim_id: UUID, at: Moment, *, return_waiver: str | None) -> Claim:
    """Nothing is left to do.

    Raises:
        Conflict: ``return-open`` or ``loaners-out``.
    """
    row, move = await started(session, claim_id, "close", at)
    is_open = is_return_open(row.replacements, row.returns)
    loaners_out = await queries.loaners_out(session, row.id)
    rules.check_closable(is_return_open=is_open, waiver=return_waiver, loaners_out=loaners_out)
    row.return_waiver = return_waiver if is_open else None
    await let_go(session, row, at, said_as=move.action, reason=f"{row.number} closed")
    return told(session, row, move, events.ClaimClosed, note=row.return_waiver)


async def withdraw(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> Claim:
    """The customer does not pursue it."""
    row, move = await started(session, claim_id, "withdraw", at)
    await let_go(session, row, at, said_as=move.action, reason=reason)
    end_dispute(session, row, move, "withdrawn", reason)
    row.end_reason = reason
    return told(session, row, move, events.ClaimWithdrawn, note=row.end_reason)


async def cancel(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> Claim:
    """It was opened by mistake, or has become pointless; what is disputed is not cancelled.

    Raises:
        Conflict: ``dispute-open``.
    """
    row, move = await started(session, claim_id, "cancel", at)
    disputes.check_none_open(row.dispute_level)
    await let_go(session, row, at, said_as=move.action, reason=reason)
    row.end_reason = reason
    return told(session, row, move, events.ClaimCancelled, note=row.end_reason)
