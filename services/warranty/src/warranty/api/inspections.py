"""Inspections: due, worked through, reported."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.errors import NotFound
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.inspection_shapes import (
    AssignInspectionContract,
    AssignInspectors,
    CompleteInspection,
    FindingFilters,
    FindingOut,
    FindingPage,
    FoundAnomaly,
    InspectionCreate,
    InspectionFilters,
    InspectionOut,
    InspectionPage,
    ItemResult,
    PageQuery,
    RescheduleInspection,
    StatusReportOut,
    StatusReportPageOut,
)
from warranty.api.status_pages import page
from warranty.api.told import stored
from warranty.commands import inspections as commands
from warranty.commands import visit_results
from warranty.commands.visit_results import Anomaly, WorkedThrough
from warranty.domain import status_reports
from warranty.domain.inspections import Result
from warranty.queries import maintenance as queries
from warranty.queries.single import one
from warranty.tables.maintenance import Inspection, InspectionFinding

routes = Routes("inspections", "Visits on dates agreed, what they read and found, and their status reports.")

SORTS = Sorts(Inspection.id, {"due_on": Inspection.due_on})
FINDING_SORTS = Sorts(InspectionFinding.id, {"created_at": InspectionFinding.created_at})
PATH = "/v1/inspections/{inspection_id:uuid}"


@routes.create("/v1/inspections", "maintenance.write", InspectionOut, conflicts=True)
async def create_inspection(work: Work, body: InspectionCreate) -> Response:
    """Arrange a visit beside the plans, on a day agreed with the customer."""
    number = await work.services["numbers"].next(f"INSP-{work.now.year}")
    columns = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    told = {**columns, "checklist": [stored(item) for item in body.checklist]}
    return await work.write(
        lambda s: commands.arrange(s, told, number, work.at(body.occurred_at)),
        lambda row: InspectionOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/inspections", "maintenance.read", InspectionPage)
async def list_inspections(work: Work, filters: Annotated[InspectionFilters, Query()]) -> Response:
    """Inspections by filter, the next first."""
    found = queries.inspections(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: InspectionOut.of(row, work.caller))


@routes.get(PATH, "maintenance.read", InspectionOut)
async def get_inspection(work: Work, inspection_id: UUID) -> Response:
    """One inspection."""
    return await work.read(
        lambda s: one(s, Inspection, inspection_id), lambda row: InspectionOut.of(row, work.caller)
    )


@routes.action(f"{PATH}:assignTechnicians", "maintenance.write", InspectionOut, refuses=(403,))
async def assign_inspection_technicians(work: Work, inspection_id: UUID, body: AssignInspectors) -> Response:
    """Say who goes there."""
    return await work.write(
        lambda s: commands.assign(
            s, inspection_id, work.at(body.occurred_at), technician_ids=body.technician_ids
        ),
        lambda row: InspectionOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:assignContract", "maintenance.write", InspectionOut, refuses=(403,))
async def assign_inspection_contract(
    work: Work, inspection_id: UUID, body: AssignInspectionContract
) -> Response:
    """Say under which contract the visit counts; one that took place keeps what is owed there."""
    return await work.write(
        lambda s: commands.assign_contract(
            s, inspection_id, work.at(body.occurred_at), contract_id=body.contract_id
        ),
        lambda row: InspectionOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:reschedule", "maintenance.write", InspectionOut, refuses=(403,))
async def reschedule_inspection(work: Work, inspection_id: UUID, body: RescheduleInspection) -> Response:
    """The customer agreed to another day."""
    return await work.write(
        lambda s: commands.reschedule(
            s,
            inspection_id,
            work.at(body.occurred_at),
            due_on=body.due_on,
            agreed_by=body.agreed_by,
            agreed_at=body.agreed_at,
            reason=body.reason,
        ),
        lambda row: InspectionOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:start", "maintenance.write", InspectionOut, refuses=(403,))
async def start_inspection(work: Work, inspection_id: UUID, body: Act = NOW) -> Response:
    """Begin work at the site."""
    return await work.write(
        lambda s: commands.start(s, inspection_id, work.at(body.occurred_at)),
        lambda row: InspectionOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:complete", "maintenance.write", InspectionOut, refuses=(403,))
async def complete_inspection(work: Work, inspection_id: UUID, body: CompleteInspection) -> Response:
    """The checklist is worked through: readings are kept, findings told, the status report stands."""
    told = WorkedThrough(
        [_result(found) for found in body.results],
        [_anomaly(found) for found in body.anomalies],
        body.summary,
        body.recommendations,
        None if body.signature is None else stored(body.signature),
    )
    return await work.write(
        lambda s: visit_results.complete(s, inspection_id, told, work.at(body.occurred_at)),
        lambda row: InspectionOut.of(row, work.caller),
    )


def _result(told: ItemResult) -> Result:
    return Result(**{**dict(told), "photos": tuple(told.photos)})


def _anomaly(told: FoundAnomaly) -> Anomaly:
    return Anomaly(**{**dict(told), "photos": tuple(told.photos)})


@routes.action(f"{PATH}:cancel", "maintenance.write", InspectionOut, refuses=(403,))
async def cancel_inspection(work: Work, inspection_id: UUID, body: ActWithReason) -> Response:
    """The visit will not take place."""
    return await work.write(
        lambda s: commands.cancel(s, inspection_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: InspectionOut.of(row, work.caller),
    )


@routes.list("/v1/inspection-findings", "maintenance.read", FindingPage)
async def list_inspection_findings(work: Work, filters: Annotated[FindingFilters, Query()]) -> Response:
    """What inspections found out of order, the latest first."""
    found = queries.findings(**filters.told())
    return await work.page(found, FINDING_SORTS, filters, FindingOut.model_validate)


async def _reported(session: Session, inspection_id: UUID) -> Inspection | None:
    row = await one(session, Inspection, inspection_id)
    if row is not None and row.report is None:
        raise NotFound("report-not-there", state=row.state)
    return row


@routes.get(f"{PATH}/report", "maintenance.read", StatusReportOut)
async def get_inspection_report(work: Work, inspection_id: UUID) -> Response:
    """The status report of a completed visit, as it was frozen."""
    return await work.read(lambda s: _reported(s, inspection_id), StatusReportOut.of)


@routes.get(f"{PATH}/report/page", "maintenance.read", StatusReportPageOut)
async def get_inspection_report_page(
    work: Work, inspection_id: UUID, asked: Annotated[PageQuery, Query()]
) -> Response:
    """The status report as a page to be printed."""

    def shown(row: Inspection) -> StatusReportPageOut:
        document = status_reports.read(row.report or "{}")
        return StatusReportPageOut(
            inspection_id=row.id,
            file_name=f"{row.number}.{asked.language}.html",
            language=asked.language,
            text=page(document, row.report_checksum or "", asked.language),
        )

    return await work.read(lambda s: _reported(s, inspection_id), shown)
