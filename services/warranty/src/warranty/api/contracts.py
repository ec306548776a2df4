"""Contracts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from warranty.api.contract_shapes import (
    ContractCreate,
    ContractFilters,
    ContractOut,
    ContractPage,
    ContractUpdate,
    SetRequirement,
    told_contract,
)
from warranty.commands import contracts as commands
from warranty.queries import contracts as queries
from warranty.queries.single import one
from warranty.tables.contracts import Contract

routes = Routes("contracts", "What was promised to whom, from when to when, and on what terms.")

SORTS = Sorts(Contract.id, {"created_at": Contract.created_at})
PATH = "/v1/contracts/{contract_id:uuid}"


@routes.create("/v1/contracts", "contracts.write", ContractOut, conflicts=True)
async def create_contract(work: Work, body: ContractCreate) -> Response:
    """Draft a contract."""
    told = told_contract(body)
    return await work.write(
        lambda s: commands.draft(s, told, work.at(body.occurred_at)),
        lambda row: ContractOut.of(row, work.caller),
        status=201,
    )


@routes.list("/v1/contracts", "contracts.read", ContractPage)
async def list_contracts(work: Work, filters: Annotated[ContractFilters, Query()]) -> Response:
    """Contracts by filter, the latest first."""
    found = queries.contracts(**filters.told())
    return await work.page(found, SORTS, filters, lambda row: ContractOut.of(row, work.caller))


@routes.get(PATH, "contracts.read", ContractOut)
async def get_contract(work: Work, contract_id: UUID) -> Response:
    """One contract."""
    return await work.read(
        lambda s: one(s, Contract, contract_id), lambda row: ContractOut.of(row, work.caller)
    )


@routes.patch(PATH, "contracts.write", ContractOut)
async def update_contract(work: Work, contract_id: UUID, body: ContractUpdate) -> Response:
    """Correct a contract: a draft in everything, one in force in what was not signed."""
    return await work.write(
        lambda s: commands.update(s, contract_id, told_contract(body), work.at()),
        lambda row: ContractOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:activate", "contracts.write", ContractOut, refuses=(403,))
async def activate_contract(work: Work, contract_id: UUID, body: Act = NOW) -> Response:
    """Put the contract in force."""
    return await work.write(
        lambda s: commands.activate(s, contract_id, work.at(body.occurred_at)),
        lambda row: ContractOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:setRequirement", "contracts.write", ContractOut, refuses=(403,))
async def set_contract_requirement(work: Work, contract_id: UUID, body: SetRequirement) -> Response:
    """Say how far a requirement of the tender is met."""
    return await work.write(
        lambda s: commands.set_requirement(
            s,
            contract_id,
            body.requirement_id,
            work.at(body.occurred_at),
            status=body.status,
            evidence=body.evidence,
        ),
        lambda row: ContractOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:terminate", "contracts.write", ContractOut, refuses=(403,))
async def terminate_contract(work: Work, contract_id: UUID, body: ActWithReason) -> Response:
    """End the contract before its last day."""
    return await work.write(
        lambda s: commands.terminate(s, contract_id, work.at(body.occurred_at), reason=body.reason),
        lambda row: ContractOut.of(row, work.caller),
    )
