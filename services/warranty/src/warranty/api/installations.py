"""Installations up to the customer's acceptance, and the defects on the way."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.defect_shapes import (
    ChangeDefectDeadline,
    DefectCreate,
    DefectFilters,
    DefectOut,
    DefectPage,
    ResolveDefect,
)
from warranty.api.installation_shapes import (
    AcceptInstallation,
    AcceptInstallationPartly,
    AssignTechnicians,
    CompleteStep,
    InstallationCreate,
    InstallationDetailOut,
    InstallationFilters,
    InstallationOut,
    InstallationPage,
    InstallationUpdate,
    ReplaceTechnician,
    detail,
)
from warranty.api.told import stored
from warranty.commands import acceptance, defects
from warranty.commands import installations as commands
from warranty.commands.installations import DoneStep, NewInstallation
from warranty.domain.installations import StepPlan
from warranty.queries import installations as queries
from warranty.queries.single import one
from warranty.tables.installations import Defect, Installation

routes = Routes("installations", "From hand-over to the customer's signature, step by step.")

SORTS = Sorts(Installation.id, {"created_at": Installation.created_at})
DEFECT_SORTS = Sorts(Defect.id, {"created_at": Defect.created_at})
PATH = "/v1/installations/{installation_id:uuid}"
DEFECT = "/v1/defects/{defect_id:uuid}"


@routes.create("/v1/installations", "installations.write", InstallationOut, conflicts=True)
async def create_installation(work: Work, body: InstallationCreate) -> Response:
    """Plan the installation of a delivery."""
    apart = {"asset_ids", "further_steps", "technician_ids", "occurred_at"}
    columns = {name: value for name, value in dict(body).items() if name not in apart}
    columns["technician_ids"] = [str(one_) for one_ in body.technician_ids]
    further = [(f.after, StepPlan(f.code, f.kind, f.label_zh, f.label_en)) for f in body.further_steps]
    told = NewInstallation(columns, body.asset_ids, further)
    number = await work.services["numbers"].next(f"INS-{work.now.year}")
    return await work.write(
        lambda s: commands.plan(s, told, number, work.at(body.occurred_at)),
        lambda row: InstallationOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/installations", "installations.read", InstallationPage)
async def list_installations(work: Work, filters: Annotated[InstallationFilters, Query()]) -> Response:
    """Installations by filter, the latest first."""
    found = queries.installations(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: InstallationOut.of(row, work.caller))


@routes.get(PATH, "installations.read", InstallationDetailOut)
async def get_installation(work: Work, installation_id: UUID) -> Response:
    """One installation with its steps and assets."""

    async def found(session: Session) -> InstallationDetailOut | None:
        row = await one(session, Installation, installation_id)
        if row is None:
            return None
        steps = await queries.steps_of(session, row.id)
        return detail(row, steps, await queries.assets_of(session, row.id), work.caller)

    return await work.read(found, lambda shown: shown)


@routes.patch(PATH, "installations.write", InstallationOut)
async def update_installation(work: Work, installation_id: UUID, body: InstallationUpdate) -> Response:
    """Correct an installation that is not settled."""
    return await work.write(
        lambda s: commands.update(s, installation_id, body.changes(), work.at()),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:start", "installations.write", InstallationOut, refuses=(403,))
async def start_installation(work: Work, installation_id: UUID, body: Act = NOW) -> Response:
    """Begin work at the site, once the goods were accepted there."""
    return await work.write(
        lambda s: commands.start(s, installation_id, work.at(body.occurred_at)),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:assignTechnicians", "installations.write", InstallationOut, refuses=(403,))
async def assign_installation_technicians(
    work: Work, installation_id: UUID, body: AssignTechnicians
) -> Response:
    """Say who does the work."""
    return await work.write(
        lambda s: commands.assign(
            s, installation_id, work.at(body.occurred_at), technician_ids=body.technician_ids
        ),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:replaceTechnician", "installations.write", InstallationOut, refuses=(403,))
async def replace_installation_technician(
    work: Work, installation_id: UUID, body: ReplaceTechnician
) -> Response:
    """The customer has a technician replaced, at the vendor's cost."""
    return await work.write(
        lambda s: commands.replace_technician(
            s,
            installation_id,
            work.at(body.occurred_at),
            technician_id=body.technician_id,
            replacement_id=body.replacement_id,
            reason=body.reason,
        ),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:completeStep", "installations.write", InstallationOut, refuses=(403,))
async def complete_installation_step(work: Work, installation_id: UUID, body: CompleteStep) -> Response:
    """A step is done, recorded and signed off."""
    told = DoneStep(body.step, stored(body.record), body.people, body.attachments, body.signed_off_by)
    return await work.write(
        lambda s: commands.complete_step(s, installation_id, told, work.at(body.occurred_at)),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:accept", "installations.write", InstallationOut, refuses=(403,))
async def accept_installation(work: Work, installation_id: UUID, body: AcceptInstallation) -> Response:
    """The customer accepts everything that is left; the warranty begins."""
    return await work.write(
        lambda s: acceptance.accept(
            s,
            installation_id,
            work.at(body.occurred_at),
            signature=stored(body.signature),
            items=[stored(item) for item in body.items],
        ),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:acceptPartly", "installations.write", InstallationOut, refuses=(403,))
async def accept_installation_partly(
    work: Work, installation_id: UUID, body: AcceptInstallationPartly
) -> Response:
    """The customer accepts some of the assets; their warranty begins."""
    return await work.write(
        lambda s: acceptance.accept_partly(
            s,
            installation_id,
            work.at(body.occurred_at),
            chosen=body.asset_ids,
            signature=stored(body.signature),
            items=[stored(item) for item in body.items],
        ),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:cancel", "installations.write", InstallationOut, refuses=(403,))
async def cancel_installation(work: Work, installation_id: UUID, body: ActWithReason) -> Response:
    """The installation will not take place."""
    return await work.write(
        lambda s: commands.cancel(s, installation_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: InstallationOut.of(row, work.caller),
    )


@routes.create(f"{PATH}/defects", "installations.write", DefectOut, conflicts=True, refuses=(404,))
async def create_installation_defect(work: Work, installation_id: UUID, body: DefectCreate) -> Response:
    """Record a defect with the deadline that the customer sets."""
    told = {name: value for name, value in dict(body).items() if name != "occurred_at"}
    return await work.write(
        lambda s: defects.record(s, installation_id, told, work.at(body.occurred_at)),
        lambda row: DefectOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/defects", "installations.read", DefectPage)
async def list_defects(work: Work, filters: Annotated[DefectFilters, Query()]) -> Response:
    """Defects by filter, the latest first."""
    found = queries.defects(**filters.told())
    return await work.page(found, DEFECT_SORTS, filters, lambda row: DefectOut.of(row, work.caller))


@routes.get(DEFECT, "installations.read", DefectOut)
async def get_defect(work: Work, defect_id: UUID) -> Response:
    """One defect."""
    return await work.read(lambda s: one(s, Defect, defect_id), lambda row: DefectOut.of(row, work.caller))


@routes.action(f"{DEFECT}:changeDeadline", "installations.write", DefectOut, refuses=(403,))
async def change_defect_deadline(work: Work, defect_id: UUID, body: ChangeDefectDeadline) -> Response:
    """The customer sets another deadline."""
    return await work.write(
        lambda s: defects.change_deadline(
            s, defect_id, work.at(body.occurred_at), due_at=body.due_at, reason=body.reason
        ),
        lambda row: DefectOut.of(row, work.caller),
    )


@routes.action(f"{DEFECT}:resolve", "installations.write", DefectOut, refuses=(403,))
async def resolve_defect(work: Work, defect_id: UUID, body: ResolveDefect) -> Response:
    """The defect is gone."""
    return await work.write(
        lambda s: defects.resolve(
            s, defect_id, work.at(body.occurred_at), how=body.how, measured=body.measured
        ),
        lambda row: DefectOut.of(row, work.caller),
    )
