"""Claims: the customer's notice, what the vendor finds and decides, and the end."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.claim_shapes import (
    NOTHING_MORE,
    REJECTION_ACCEPTED,
    AcceptRejection,
    AnswerLoanerOffer,
    ApproveClaim,
    AssessClaim,
    ClaimCreate,
    ClaimDetailOut,
    ClaimFilters,
    ClaimOut,
    ClaimPage,
    CloseClaim,
    LinkTicket,
    RejectClaim,
    WantedPart,
    detail,
)
from warranty.api.told import stored
from warranty.commands import claims as commands
from warranty.commands import disputes
from warranty.commands.claim_parts import Wanted
from warranty.commands.claims import Approval, Assessment
from warranty.domain.claims import NewClaim
from warranty.queries import claims as queries
from warranty.queries.single import one
from warranty.tables.claims import Claim
from warranty.tables.coverage import CoverageDecision

routes = Routes("claims", "What customers claim under warranty, and what becomes of it.")

SORTS = Sorts(Claim.id, {"created_at": Claim.created_at})
PATH = "/v1/claims/{claim_id:uuid}"


@routes.create("/v1/claims", "claims.write", ClaimOut, conflicts=True, idempotency="required")
async def create_claim(work: Work, body: ClaimCreate) -> Response:
    """Open a claim as of the customer's notice; who pays is decided as far as that is known."""
    fields = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    figures = tuple(stored(figure) for figure in body.figures)
    told = NewClaim(**{**fields, "evidence": tuple(body.evidence), "figures": figures})
    number = await work.services["numbers"].next(f"CLM-{work.now.year}")
    return await work.write(
        lambda s: commands.open_(s, told, number, work.at(body.occurred_at)),
        lambda row: ClaimOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/claims", "claims.read", ClaimPage)
async def list_claims(work: Work, filters: Annotated[ClaimFilters, Query()]) -> Response:
    """Claims by filter, the latest first."""
    found = queries.claims(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: ClaimOut.of(row, work.caller))


@routes.get(PATH, "claims.read", ClaimDetailOut)
async def get_claim(work: Work, claim_id: UUID) -> Response:
    """One claim with the decision on who pays, its parts, loaners and quotes."""

    async def found(session: Session) -> ClaimDetailOut | None:
        row = await one(session, Claim, claim_id)
        decision = None if row is None else await one(session, CoverageDecision, row.decision_id)
        if row is None or decision is None:
            return None
        return detail(
            row,
            decision,
            await queries.reservations_of(session, row.id),
            await queries.loaners_of(session, row.id),
            await queries.quotes_of(session, row.id),
            work.caller,
        )

    return await work.read(found, lambda shown: shown)


@routes.action(f"{PATH}:linkTicket", "claims.write", ClaimOut, refuses=(403,))
async def link_claim_ticket(work: Work, claim_id: UUID, body: LinkTicket) -> Response:
    """Say under which ticket the claim is worked on."""
    return await work.write(
        lambda s: commands.link_ticket(s, claim_id, work.at(body.occurred_at), ticket_id=body.ticket_id),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:reportOutOfOperation", "claims.write", ClaimOut, refuses=(403,))
async def report_claim_out_of_operation(work: Work, claim_id: UUID, body: Act = NOW) -> Response:
    """The device does not work at all; a loaner is offered from that moment."""
    return await work.write(
        lambda s: commands.report_out_of_operation(s, claim_id, work.at(body.occurred_at)),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:answerLoanerOffer", "claims.write", ClaimOut, refuses=(403,))
async def answer_claim_loaner_offer(work: Work, claim_id: UUID, body: AnswerLoanerOffer) -> Response:
    """The customer wants the loaner, or does not."""
    return await work.write(
        lambda s: commands.answer_loaner_offer(
            s, claim_id, work.at(body.occurred_at), is_accepted=body.is_accepted
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:assess", "claims.write", ClaimOut, refuses=(403,))
async def assess_claim(work: Work, claim_id: UUID, body: AssessClaim) -> Response:
    """Say what the vendor found, with evidence."""
    found = Assessment(body.finding, body.is_finding_confirmed, body.evidence, body.cause, body.component_id)
    return await work.write(
        lambda s: commands.assess(s, claim_id, found, work.at(body.occurred_at)),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:approve", "claims.write", ClaimOut, refuses=(403,))
async def approve_claim(work: Work, claim_id: UUID, body: ApproveClaim) -> Response:
    """Repair, replace, or refund a part; parts are kept at once."""
    amount = None if body.refund is None else Decimal(body.refund.amount)
    currency = None if body.refund is None else body.refund.currency
    what = Approval(body.remedy, body.note, wanted(body.parts), amount, currency)
    return await work.write(
        lambda s: commands.approve(s, claim_id, what, work.at(body.occurred_at)),
        lambda row: ClaimOut.of(row, work.caller),
    )


def wanted(parts: list[WantedPart]) -> list[Wanted]:
    """Parts as the commands take them."""
    return [Wanted(part.part_id, part.quantity, part.warehouse_id) for part in parts]


@routes.action(f"{PATH}:reject", "claims.write", ClaimOut, refuses=(403,))
async def reject_claim(work: Work, claim_id: UUID, body: RejectClaim) -> Response:
    """Reject what the customer found; unless the customer accepts that, it is a dispute that climbs."""
    return await work.write(
        lambda s: disputes.reject(
            s, claim_id, work.at(body.occurred_at), rejection=body.rejection, reason=body.reason
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:acceptRejection", "claims.write", ClaimOut, refuses=(403,))
async def accept_claim_rejection(
    work: Work, claim_id: UUID, body: AcceptRejection = REJECTION_ACCEPTED
) -> Response:
    """The customer accepts the rejection."""
    return await work.write(
        lambda s: disputes.accept_rejection(
            s,
            claim_id,
            work.at(body.occurred_at),
            accepted_by=body.accepted_by,
            reference=body.reference,
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:appeal", "claims.write", ClaimOut, refuses=(403,))
async def appeal_claim(work: Work, claim_id: UUID, body: ActWithReason) -> Response:
    """The customer appeals; the claim is assessed anew, a step higher."""
    return await work.write(
        lambda s: disputes.appeal(s, claim_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:escalateDispute", "claims.write", ClaimOut, refuses=(403,))
async def escalate_claim_dispute(work: Work, claim_id: UUID, body: ActWithReason) -> Response:
    """Take the dispute a step higher."""
    return await work.write(
        lambda s: disputes.escalate(s, claim_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:settleDispute", "claims.write", ClaimOut, refuses=(403,))
async def settle_claim_dispute(work: Work, claim_id: UUID, body: ActWithReason) -> Response:
    """The last step of the ladder upholds the rejection."""
    return await work.write(
        lambda s: disputes.settle(s, claim_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:close", "claims.write", ClaimOut, refuses=(403,))
async def close_claim(work: Work, claim_id: UUID, body: CloseClaim = NOTHING_MORE) -> Response:
    """Nothing is left to do."""
    return await work.write(
        lambda s: commands.close(s, claim_id, work.at(body.occurred_at), return_waiver=body.return_waiver),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:withdraw", "claims.write", ClaimOut, refuses=(403,))
async def withdraw_claim(work: Work, claim_id: UUID, body: ActWithReason) -> Response:
    """The customer does not pursue it; what was kept for it is free again."""
    return await work.write(
        lambda s: commands.withdraw(s, claim_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:cancel", "claims.write", ClaimOut, refuses=(403,))
async def cancel_claim(work: Work, claim_id: UUID, body: ActWithReason) -> Response:
    """It was opened by mistake, or has become pointless; what was kept for it is free again."""
    return await work.write(
        lambda s: commands.cancel(s, claim_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ClaimOut.of(row, work.caller),
    )
