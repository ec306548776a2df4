"""Parked events over HTTP: what failed, and a person's decision to try again or to let go."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import Select, select
from starlette.responses import Response

from common.inbox import ParkedEventRow, ParkedState
from common.paging import Sorts
from common.parked import drop_parked, get_parked, retry_parked
from common.web.routes import Routes
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Text, sortable
from common.web.work import Work


class ParkedEventOut(OutShape):
    """An event set aside, and why."""

    id: UUID
    seq: int
    state: ParkedState
    source: str
    event_id: UUID
    type: str
    topic: str
    partition: int
    position: int
    key: str
    reason: str
    error: str
    attempts: int
    parked_at: OutInstant
    next_attempt_at: OutInstant | None


class ParkedEventPage(Page[ParkedEventOut]):
    """A page of parked events."""


class ParkedQuery(ListQuery):
    """Filters of parked events."""

    state: tuple[ParkedState, ...] = ()
    type: Maybe[Annotated[str, Text(200)]] = None
    topic: Maybe[Annotated[str, Text(200)]] = None
    key: Maybe[Annotated[str, Text(200)]] = None
    sort: Annotated[str, sortable("seq")] = "seq"


_SORTS = Sorts(ParkedEventRow.seq, {"seq": ParkedEventRow.seq})


def _matching(asked: ParkedQuery) -> Select[ParkedEventRow]:
    query: Select[ParkedEventRow] = select(ParkedEventRow)
    if asked.state:
        query = query.where(ParkedEventRow.state.in_(asked.state))  # type: ignore[attr-defined]
    for name in ("type", "topic", "key"):
        wanted = getattr(asked, name)
        if wanted is not None:
            query = query.where(getattr(ParkedEventRow, name) == wanted)
    return query


def parked_routes(service: str) -> Routes:
    """The operations on the events that a service has parked."""
    routes = Routes("parked events", "Events that failed or wait behind one that did.")
    one = "/v1/parked-events/{parked_id:uuid}"

    async def list_parked(work: Work, asked: Annotated[ParkedQuery, Query()]) -> Response:
        """Events that are set aside, oldest first."""
        return await work.page(_matching(asked), _SORTS, asked, ParkedEventOut.model_validate)

    async def get(work: Work, parked_id: UUID) -> Response:
        """One event that is set aside."""
        return await work.read(lambda session: get_parked(session, parked_id), ParkedEventOut.model_validate)

    async def retry(work: Work, parked_id: UUID) -> Response:
        """Try an event again at once."""
        return await work.write(
            lambda session: retry_parked(session, parked_id, work.now), ParkedEventOut.model_validate
        )

    async def drop(work: Work, parked_id: UUID) -> Response:
        """Let go of an event; what waits behind it goes on."""
        return await work.write(
            lambda session: drop_parked(session, parked_id, work.now), ParkedEventOut.model_validate
        )

    list_parked.__name__ = f"list_{service}_parked_events"
    get.__name__, retry.__name__, drop.__name__ = (
        f"{verb}_{service}_parked_event" for verb in ("get", "retry", "drop")
    )
    routes.list("/v1/parked-events", "parked.read", ParkedEventPage)(list_parked)
    routes.get(one, "parked.read", ParkedEventOut)(get)
    routes.action(one + ":retry", "parked.write", ParkedEventOut, if_match="none")(retry)
    routes.action(one + ":drop", "parked.write", ParkedEventOut, if_match="none")(drop)
    return routes
