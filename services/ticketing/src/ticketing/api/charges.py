"""Charge lines of tickets and their visits."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from ticketing.api.charge_shapes import (
    ChargeCreate,
    ChargeFilters,
    ChargeOut,
    ChargePage,
    ChargeUpdate,
    StatePayer,
)
from ticketing.commands import charges as commands
from ticketing.queries import charges as queries
from ticketing.queries import tickets
from ticketing.tables import Charge

routes = Routes("charges", "What travel, labour and parts cost, and who pays for them.")

SORTS = Sorts(Charge.id, {"created_at": Charge.created_at})
LINES = "/v1/tickets/{ticket_id:uuid}/charges"
LINE = f"{LINES}/{{charge_id:uuid}}"


@routes.create(LINES, "charges.write", ChargeOut)
async def create_ticket_charge(work: Work, ticket_id: UUID, body: ChargeCreate) -> Response:
    """Enter what was spent."""
    return await work.write(
        lambda s: commands.enter(s, ticket_id, body.told(), work.at()),
        lambda row: ChargeOut.of(row, work.caller),
        status=201,
    )


@routes.list(LINES, "charges.read", ChargePage)
async def list_ticket_charges(
    work: Work, ticket_id: UUID, filters: Annotated[ChargeFilters, Query()]
) -> Response:
    """Charge lines of the ticket and its visits, in the order they were entered."""
    return await work.page(
        queries.charges(ticket_id, **filters.told()),
        SORTS,
        filters,
        lambda row: ChargeOut.of(row, work.caller),
        given=lambda s: tickets.ensure(s, ticket_id),
    )


@routes.get(LINE, "charges.read", ChargeOut)
async def get_ticket_charge(work: Work, ticket_id: UUID, charge_id: UUID) -> Response:
    """One charge line."""
    return await work.read(
        lambda s: tickets.of_ticket(s, Charge, ticket_id, charge_id),
        lambda row: ChargeOut.of(row, work.caller),
    )


@routes.patch(LINE, "charges.write", ChargeOut)
async def update_ticket_charge(work: Work, ticket_id: UUID, charge_id: UUID, body: ChargeUpdate) -> Response:
    """Correct a line that is not settled."""
    return await work.write(
        lambda s: commands.correct(s, ticket_id, charge_id, body.told(), work.at()),
        lambda row: ChargeOut.of(row, work.caller),
    )


@routes.action(f"{LINE}:statePayer", "charges.write", ChargeOut)
async def state_ticket_charge_payer(
    work: Work, ticket_id: UUID, charge_id: UUID, body: StatePayer
) -> Response:
    """Say who pays, whatever was decided on coverage."""
    return await work.write(
        lambda s: commands.state_payer(
            s, ticket_id, charge_id, work.at(body.occurred_at), payer=body.payer, reason=body.reason
        ),
        lambda row: ChargeOut.of(row, work.caller),
    )


@routes.action(f"{LINE}:settle", "charges.write", ChargeOut)
async def settle_ticket_charge(work: Work, ticket_id: UUID, charge_id: UUID, body: Act = NOW) -> Response:
    """The line is billed, or borne by the vendor, for good."""
    return await work.write(
        lambda s: commands.settle(s, ticket_id, charge_id, work.at(body.occurred_at)),
        lambda row: ChargeOut.of(row, work.caller),
    )


@routes.action(f"{LINE}:withdraw", "charges.write", ChargeOut)
async def withdraw_ticket_charge(
    work: Work, ticket_id: UUID, charge_id: UUID, body: ActWithReason
) -> Response:
    """The line was entered by mistake."""
    return await work.write(
        lambda s: commands.withdraw(s, ticket_id, charge_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ChargeOut.of(row, work.caller),
    )
