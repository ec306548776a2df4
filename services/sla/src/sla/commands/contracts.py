"""Agreements that contracts make: each follows its contract's latest version, however its events arrive."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty.directory import ContractEvent
from common.db import Session
from common.ids import new_id
from sla.commands.agreements import changed
from sla.commands.publishing import raise_world, signed, touch
from sla.domain.contract_terms import Term, plans_of
from sla.queries import plans
from sla.tables import Agreement

DRAFT, ENDED = "draft", "ended"


@dataclass(frozen=True, slots=True)
class Heard:
    """A contract's event: what it says, which version of the contract it is about, and since when."""

    contract: ContractEvent
    version: int
    occurred_at: datetime


async def follow(session: Session, heard: Heard, now: datetime) -> None:
    """Let the agreement of a contract say what the contract says; older news than is known change nothing.

    A plan that is not published does not stop anybody: the reference plan applies until it is, visibly.
    """
    if heard.contract.state == DRAFT:
        return
    world = await raise_world(session)
    found = select(Agreement).where(col(Agreement.contract_id) == heard.contract.contract_id)
    row = (await session.execute(found.with_for_update())).scalar_one_or_none()
    if row is None:
        _make(session, heard, await _said(session, heard), world, now)
    elif heard.version > (row.contract_version or 0):
        _change(session, row, heard, await _said(session, heard), world, now)
    await session.write_collected()  # the same batch derives clocks in the world that was raised


@dataclass(frozen=True, slots=True)
class _Said:
    """What the contract says of the agreement."""

    plan_id: str
    requested_plan_id: str | None
    starts_at: datetime
    ends_at: datetime | None


async def _said(session: Session, heard: Heard) -> _Said:
    told = heard.contract
    ended_at = heard.occurred_at if told.state == ENDED else None
    term = Term(told.starts_on, told.ends_on, told.time_zone, ended_at)
    is_published = await plans.is_published(session, told.plan_id)
    return _Said(*plans_of(told.plan_id, is_published=is_published), *term.instants())


def _make(session: Session, heard: Heard, said: _Said, world: int, now: datetime) -> None:
    row = Agreement(
        id=new_id(),
        customer_id=heard.contract.customer_id,
        contract_id=heard.contract.contract_id,
        contract_version=heard.version,
        plan_id=said.plan_id,
        requested_plan_id=said.requested_plan_id,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        **signed(session, now),
    )
    session.insert(row)
    changed(session, row, "make", world, now)


def _change(session: Session, row: Agreement, heard: Heard, said: _Said, world: int, now: datetime) -> None:
    row.contract_version = heard.version
    if said == _Said(row.plan_id, row.requested_plan_id, row.starts_at, row.ends_at):
        return
    row.plan_id, row.requested_plan_id = said.plan_id, said.requested_plan_id
    row.starts_at, row.ends_at = said.starts_at, said.ends_at
    touch(row, session, now)
    changed(session, row, "follow", world, now)
