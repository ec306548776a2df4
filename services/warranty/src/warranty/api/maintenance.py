"""Maintenance plans: agreed with the customer, carried out on their dates."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.maintenance_shapes import (
    ActivateMaintenancePlan,
    ChangeSchedule,
    MaintenancePlanCreate,
    MaintenancePlanFilters,
    MaintenancePlanOut,
    MaintenancePlanPage,
    MaintenancePlanUpdate,
    PlanSchedule,
)
from warranty.api.told import stored
from warranty.commands import maintenance as commands
from warranty.queries import maintenance as queries
from warranty.queries.single import one
from warranty.tables.maintenance import MaintenancePlan

routes = Routes("maintenance-plans", "What is looked at, and on which dates agreed with the customer.")

SORTS = Sorts(MaintenancePlan.id, {"created_at": MaintenancePlan.created_at})
PATH = "/v1/maintenance-plans/{plan_id:uuid}"
AGREED = ActivateMaintenancePlan()


def _dates(schedule: PlanSchedule) -> dict[str, Any]:
    return dict(schedule)


@routes.create("/v1/maintenance-plans", "maintenance.write", MaintenancePlanOut, conflicts=True)
async def create_maintenance_plan(work: Work, body: MaintenancePlanCreate) -> Response:
    """Draft the maintenance plan of a site or an asset."""
    apart = {"schedule", "checklist", "occurred_at"}
    told = {name: value for name, value in dict(body).items() if name not in apart}
    told |= {**_dates(body.schedule), "checklist": [stored(item) for item in body.checklist]}
    number = await work.services["numbers"].next(f"MP-{work.now.year}")
    return await work.write(
        lambda s: commands.draft(s, told, number, work.at(body.occurred_at)),
        lambda row: MaintenancePlanOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/maintenance-plans", "maintenance.read", MaintenancePlanPage)
async def list_maintenance_plans(work: Work, filters: Annotated[MaintenancePlanFilters, Query()]) -> Response:
    """Maintenance plans by filter, the latest first."""
    found = queries.plans(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: MaintenancePlanOut.of(row, work.caller))


@routes.get(PATH, "maintenance.read", MaintenancePlanOut)
async def get_maintenance_plan(work: Work, plan_id: UUID) -> Response:
    """One maintenance plan."""
    return await work.read(
        lambda s: one(s, MaintenancePlan, plan_id), lambda row: MaintenancePlanOut.of(row, work.caller)
    )


@routes.patch(PATH, "maintenance.write", MaintenancePlanOut)
async def update_maintenance_plan(work: Work, plan_id: UUID, body: MaintenancePlanUpdate) -> Response:
    """Correct what a plan looks at; visits that have appeared keep their checklist."""
    told = body.changes()
    if body.checklist is not None:
        told["checklist"] = [stored(item) for item in body.checklist]
    return await work.write(
        lambda s: commands.update(s, plan_id, told, work.at()),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:activate", "maintenance.write", MaintenancePlanOut, refuses=(403,))
async def activate_maintenance_plan(
    work: Work, plan_id: UUID, body: ActivateMaintenancePlan = AGREED
) -> Response:
    """The customer agreed to the dates: visits come due."""
    agreement = {name: v for name, v in body.changes().items() if name in {"agreed_by", "agreed_at"}}
    return await work.write(
        lambda s: commands.activate(s, plan_id, work.at(body.occurred_at), agreement=agreement),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:changeSchedule", "maintenance.write", MaintenancePlanOut, refuses=(403,))
async def change_maintenance_plan_schedule(work: Work, plan_id: UUID, body: ChangeSchedule) -> Response:
    """Other dates were agreed; visits not begun and not overdue give way to them."""
    told = {**_dates(body.schedule), "agreed_by": body.agreed_by, "agreed_at": body.agreed_at}
    return await work.write(
        lambda s: commands.change_schedule(
            s, plan_id, work.at(body.occurred_at), told=told, reason=body.reason
        ),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:suspend", "maintenance.write", MaintenancePlanOut, refuses=(403,))
async def suspend_maintenance_plan(work: Work, plan_id: UUID, body: ActWithReason) -> Response:
    """Let no further visits come due."""
    return await work.write(
        lambda s: commands.suspend(s, plan_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:resume", "maintenance.write", MaintenancePlanOut, refuses=(403,))
async def resume_maintenance_plan(work: Work, plan_id: UUID, body: Act = NOW) -> Response:
    """Visits come due again; the dates in between are not made up for."""
    return await work.write(
        lambda s: commands.resume(s, plan_id, work.at(body.occurred_at)),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:end", "maintenance.write", MaintenancePlanOut, refuses=(403,))
async def end_maintenance_plan(work: Work, plan_id: UUID, body: ActWithReason) -> Response:
    """The plan is over; visits not begun will not take place."""
    return await work.write(
        lambda s: commands.end(s, plan_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: MaintenancePlanOut.of(row, work.caller),
    )
