"""Agreements: which plan a customer is on."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import Flag, Instant, ListQuery, Maybe, OutInstant, OutShape, Page, Shape, sortable
from common.web.work import Work
from sla.api.told import PlanId
from sla.commands import agreements as commands
from sla.queries import agreements as queries
from sla.queries.agreements import AgreementFilter
from sla.tables import Agreement

routes = Routes("agreements", "Which plan a customer is on, from when, until when.")
SORTS = Sorts(Agreement.id, {"starts_at": Agreement.starts_at})


class AgreementCreate(Shape):
    """A customer comes on a plan."""

    customer_id: Annotated[UUID, Field(examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"])]
    plan_id: PlanId
    starts_at: Annotated[
        Maybe[Instant],
        Field(
            description="Clocks that start from then on are judged by it. Left out: now. It may lie in the "
            "past: a start told after the agreement was recorded is judged by it from its own time on; a "
            "clock that runs when it is recorded moves to it then, its start and the time used unchanged; "
            "a clock that had ended by then stays as it was judged, and its explanation says so."
        ),
    ] = None
    ends_at: Maybe[Instant] = None


class EndAgreement(Shape):
    """An agreement ends."""

    ends_at: Annotated[Maybe[Instant], Field(description="Left out: now.")] = None


class AgreementOut(OutShape):
    """A customer's plan between two instants."""

    id: UUID
    customer_id: UUID
    plan_id: str
    starts_at: OutInstant
    ends_at: OutInstant | None
    contract_id: Annotated[UUID | None, Field(description="The contract that made it and that it follows.")]
    requested_plan_id: Annotated[
        str | None,
        Field(description="The plan that the contract names, while it is not published: `plan_id` applies."),
    ]
    is_plan_unknown: Annotated[
        bool,
        Field(
            description="The plan or the revision that the contract names is not published: correct the "
            "contract, or publish it. Until then `plan_id` applies, in the revision in force."
        ),
    ]
    contract_number: str | None
    plan_revision: Annotated[
        int | None, Field(description="The revision that the contract names; left out, the one in force.")
    ]
    response_overrides: Annotated[
        dict[str, int],
        Field(description="Open seconds by metric that the contract promises instead of the plan's."),
    ]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class AgreementPage(Page[AgreementOut]):
    """A page of agreements."""


class AgreementFilters(ListQuery):
    """Filters of the list of agreements."""

    customer_id: Maybe[UUID] = None
    plan_id: Maybe[PlanId] = None
    contract_id: Maybe[UUID] = None
    in_force_at: Maybe[Instant] = None
    is_plan_unknown: Annotated[
        Maybe[Flag], Field(description="True: contracts that name what is not published.")
    ] = None
    sort: Annotated[str, sortable("starts_at")] = "-starts_at"


NOW = EndAgreement()


@routes.create("/v1/agreements", "agreements.write", AgreementOut, conflicts=True)
async def create_agreement(work: Work, body: AgreementCreate) -> Response:
    """Put a customer on a plan; its running clocks follow in the background.

    Where several agreements cover a clock's start, the one recorded last counts. One that would repeat what
    already counts in its period, the same plan, is refused and names the other.
    """
    return await work.write(
        lambda s: commands.make(
            s,
            customer_id=body.customer_id,
            plan_id=body.plan_id,
            starts_at=body.starts_at or work.now,
            ends_at=body.ends_at,
            now=work.now,
        ),
        AgreementOut.model_validate,
        status=201,
    )


@routes.list("/v1/agreements", "agreements.read", AgreementPage)
async def list_agreements(work: Work, filters: Annotated[AgreementFilters, Query()]) -> Response:
    """Agreements by filter, latest start first."""
    told = AgreementFilter(**filters.told())
    return await work.page(queries.agreements(told), SORTS, filters, AgreementOut.model_validate)


@routes.get("/v1/agreements/{agreement_id:uuid}", "agreements.read", AgreementOut)
async def get_agreement(work: Work, agreement_id: UUID) -> Response:
    """One agreement."""
    return await work.read(lambda s: queries.one(s, agreement_id), AgreementOut.model_validate)


@routes.action("/v1/agreements/{agreement_id:uuid}:end", "agreements.write", AgreementOut)
async def end_agreement(work: Work, agreement_id: UUID, body: EndAgreement = NOW) -> Response:
    """Let an agreement end; clocks that start later fall to the reference plan."""
    return await work.write(
        lambda s: commands.end(
            s, agreement_id, ends_at=body.ends_at or work.now, version=work.if_match, now=work.now
        ),
        AgreementOut.model_validate,
    )
