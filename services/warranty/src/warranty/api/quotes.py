"""Quotes for work that the customer pays."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.quote_shapes import (
    ACCEPTED,
    DECLINED,
    AcceptQuote,
    DeclineQuote,
    QuoteCreate,
    QuoteFilters,
    QuoteOut,
    QuotePage,
    QuoteUpdate,
)
from warranty.commands import quotes as commands
from warranty.queries import claims as queries
from warranty.queries.single import one
from warranty.tables.claims import Quote

routes = Routes("quotes", "What work out of warranty would cost, accepted by the customer before it begins.")

SORTS = Sorts(Quote.id, {"created_at": Quote.created_at})
PATH = "/v1/quotes/{quote_id:uuid}"


@routes.create("/v1/quotes", "coverage.write", QuoteOut, conflicts=True)
async def create_quote(work: Work, body: QuoteCreate) -> Response:
    """Compute parts, labour and travel by the contract's rates; what warranty covers costs nothing."""
    told = body.told()
    number = await work.services["numbers"].next(f"QUO-{work.now.year}")
    return await work.write(
        lambda s: commands.draft(s, told, number, work.at(body.occurred_at)),
        lambda row: QuoteOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/quotes", "claims.read", QuotePage)
async def list_quotes(work: Work, filters: Annotated[QuoteFilters, Query()]) -> Response:
    """Quotes by filter, the latest first; customers see what was offered to them."""
    found = queries.quotes(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: QuoteOut.of(row, work.caller))


@routes.get(PATH, "claims.read", QuoteOut)
async def get_quote(work: Work, quote_id: UUID) -> Response:
    """One quote."""
    return await work.read(lambda s: one(s, Quote, quote_id), lambda row: QuoteOut.of(row, work.caller))


@routes.patch(PATH, "coverage.write", QuoteOut)
async def update_quote(work: Work, quote_id: UUID, body: QuoteUpdate) -> Response:
    """Correct a draft; it is computed anew."""
    return await work.write(
        lambda s: commands.update(s, quote_id, body.told(), work.at()),
        lambda row: QuoteOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:offer", "coverage.write", QuoteOut, refuses=(403,))
async def offer_quote(work: Work, quote_id: UUID, body: Act = NOW) -> Response:
    """Let the customer see and accept it."""
    return await work.write(
        lambda s: commands.offer(s, quote_id, work.at(body.occurred_at)),
        lambda row: QuoteOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:accept", "claims.write", QuoteOut, refuses=(403,))
async def accept_quote(work: Work, quote_id: UUID, body: AcceptQuote = ACCEPTED) -> Response:
    """The customer accepts; work may begin."""
    return await work.write(
        lambda s: commands.accept(
            s,
            quote_id,
            work.at(body.occurred_at),
            accepted_by=body.accepted_by,
            reference=body.reference,
        ),
        lambda row: QuoteOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:decline", "claims.write", QuoteOut, refuses=(403,))
async def decline_quote(work: Work, quote_id: UUID, body: DeclineQuote = DECLINED) -> Response:
    """The customer does not want it."""
    return await work.write(
        lambda s: commands.decline(s, quote_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: QuoteOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:withdraw", "coverage.write", QuoteOut, refuses=(403,))
async def withdraw_quote(work: Work, quote_id: UUID, body: ActWithReason) -> Response:
    """The vendor takes it back."""
    return await work.write(
        lambda s: commands.withdraw(s, quote_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: QuoteOut.of(row, work.caller),
    )
