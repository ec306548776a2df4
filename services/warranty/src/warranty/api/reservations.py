"""Reservations of parts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.reservation_shapes import (
    ISSUE,
    RELEASE,
    IssueReservation,
    ReleaseReservation,
    ReservationCreate,
    ReservationFilters,
    ReservationOut,
    ReservationPage,
)
from warranty.commands import reservations as commands
from warranty.queries import stock as queries
from warranty.queries.single import one
from warranty.tables.reservations import Reservation

routes = Routes("reservations", "Pieces kept for a claim, a ticket or a person, until they are issued.")

SORTS = Sorts(Reservation.id, {"created_at": Reservation.created_at})
PATH = "/v1/reservations/{reservation_id:uuid}"


@routes.create("/v1/reservations", "stock.write", ReservationOut, conflicts=True)
async def create_reservation(work: Work, body: ReservationCreate) -> Response:
    """Keep pieces of a part in the warehouse that is named, or in the nearest one that has enough."""
    told = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    return await work.write(
        lambda s: commands.reserve(s, **told, at=work.at(body.occurred_at)),
        lambda row: ReservationOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/reservations", "stock.read", ReservationPage)
async def list_reservations(work: Work, filters: Annotated[ReservationFilters, Query()]) -> Response:
    """Reservations by filter, the latest first."""
    found = queries.reservations(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: ReservationOut.of(row, work.caller))


@routes.get(PATH, "stock.read", ReservationOut)
async def get_reservation(work: Work, reservation_id: UUID) -> Response:
    """One reservation."""
    return await work.read(
        lambda s: one(s, Reservation, reservation_id), lambda row: ReservationOut.of(row, work.caller)
    )


@routes.action(f"{PATH}:issue", "stock.write", ReservationOut, refuses=(403,))
async def issue_reservation(work: Work, reservation_id: UUID, body: IssueReservation = ISSUE) -> Response:
    """The pieces leave: for the customer, or into an engineer's car."""
    return await work.write(
        lambda s: commands.issue(
            s,
            reservation_id,
            work.at(body.occurred_at),
            named=body.pieces(),
            to_warehouse_id=body.to_warehouse_id,
        ),
        lambda row: ReservationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:release", "stock.write", ReservationOut, refuses=(403,))
async def release_reservation(
    work: Work, reservation_id: UUID, body: ReleaseReservation = RELEASE
) -> Response:
    """The pieces are available again."""
    return await work.write(
        lambda s: commands.release(s, reservation_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ReservationOut.of(row, work.caller),
    )
