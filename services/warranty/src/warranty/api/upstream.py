"""The vendor's own claims against makers and carriers; no customer's business."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import ActWithReason
from common.web.work import Work
from warranty.api.upstream_shapes import (
    SUBMITTED,
    AcceptUpstreamClaim,
    RecoverUpstreamClaim,
    SubmitUpstreamClaim,
    UpstreamClaimCreate,
    UpstreamClaimFilters,
    UpstreamClaimOut,
    UpstreamClaimPage,
    UpstreamClaimUpdate,
)
from warranty.commands import upstream as commands
from warranty.queries import claims as queries
from warranty.queries.single import one
from warranty.tables.claims import UpstreamClaim

routes = Routes("upstream claims", "What the vendor claims from makers and carriers, and what it recovered.")

SORTS = Sorts(UpstreamClaim.id, {"created_at": UpstreamClaim.created_at})
PATH = "/v1/upstream-claims/{upstream_id:uuid}"


@routes.create("/v1/upstream-claims", "stock.write", UpstreamClaimOut)
async def create_upstream_claim(work: Work, body: UpstreamClaimCreate) -> Response:
    """Draft a claim against a maker or carrier."""
    number = await work.services["numbers"].next(f"UPC-{work.now.year}")
    return await work.write(
        lambda s: commands.draft(s, body.told(), number, work.at(body.occurred_at)),
        lambda row: UpstreamClaimOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/upstream-claims", "stock.read", UpstreamClaimPage)
async def list_upstream_claims(work: Work, filters: Annotated[UpstreamClaimFilters, Query()]) -> Response:
    """Claims upstream by filter, the latest first."""
    found = queries.upstream_claims(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: UpstreamClaimOut.of(row, work.caller))


@routes.get(PATH, "stock.read", UpstreamClaimOut)
async def get_upstream_claim(work: Work, upstream_id: UUID) -> Response:
    """One claim upstream."""
    return await work.read(
        lambda s: one(s, UpstreamClaim, upstream_id), lambda row: UpstreamClaimOut.of(row, work.caller)
    )


@routes.patch(PATH, "stock.write", UpstreamClaimOut)
async def update_upstream_claim(work: Work, upstream_id: UUID, body: UpstreamClaimUpdate) -> Response:
    """Correct a claim that is not with the other party."""
    return await work.write(
        lambda s: commands.update(s, upstream_id, body.told(), work.at()),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:submit", "stock.write", UpstreamClaimOut)
async def submit_upstream_claim(
    work: Work, upstream_id: UUID, body: SubmitUpstreamClaim = SUBMITTED
) -> Response:
    """Send it to the other party, or send it again."""
    return await work.write(
        lambda s: commands.submit(s, upstream_id, work.at(body.occurred_at), reference=body.reference),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:accept", "stock.write", UpstreamClaimOut)
async def accept_upstream_claim(work: Work, upstream_id: UUID, body: AcceptUpstreamClaim) -> Response:
    """The other party accepts it, in full or in part."""
    return await work.write(
        lambda s: commands.accept(
            s,
            upstream_id,
            work.at(body.occurred_at),
            amount=Decimal(body.amount.amount),
            currency=body.amount.currency,
        ),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:reject", "stock.write", UpstreamClaimOut)
async def reject_upstream_claim(work: Work, upstream_id: UUID, body: ActWithReason) -> Response:
    """The other party rejects it."""
    return await work.write(
        lambda s: commands.reject(s, upstream_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:recover", "stock.write", UpstreamClaimOut)
async def recover_upstream_claim(work: Work, upstream_id: UUID, body: RecoverUpstreamClaim) -> Response:
    """Money, or goods of that worth, came in."""
    return await work.write(
        lambda s: commands.recover(
            s,
            upstream_id,
            work.at(body.occurred_at),
            amount=Decimal(body.amount.amount),
            currency=body.amount.currency,
            reference=body.reference,
        ),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:close", "stock.write", UpstreamClaimOut, refuses=(403,))
async def close_upstream_claim(work: Work, upstream_id: UUID, body: ActWithReason) -> Response:
    """Nothing more is expected."""
    return await work.write(
        lambda s: commands.close(s, upstream_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: UpstreamClaimOut.of(row, work.caller),
    )
