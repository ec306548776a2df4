"""Agreements that contracts make: each follows its contract's latest version, however its events arrive."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import col

from common.contracts.warranty.directory import ContractEvent
from common.db import Session
from common.ids import new_id
from common.inbox import fetch
from common.moves import amend
from sla.commands.agreements import changed
from sla.commands.publishing import raise_world, signed, touch
from sla.domain.contract_terms import Term, is_plan_unknown, plans_of
from sla.queries import plans
from sla.tables import Agreement

DRAFT, ENDED = "draft", "ended"
_HELD_ALONE = "SELECT revision FROM world FOR UPDATE"
_HELD_SHARED = "SELECT revision FROM world FOR SHARE"


@dataclass(frozen=True, slots=True)
class Heard:
    """A contract's event: what it says, which version of the contract it is about, and since when."""

    contract: ContractEvent
    version: int
    occurred_at: datetime


async def hold_world(session: Session, news: Sequence[Heard]) -> None:
    """Let nobody publish until the batch that holds ``news`` is done, nor derive clocks if it is to publish.

    Before any row is taken, and as strictly as will be needed: so nobody waits crosswise.
    """
    is_new = [await _is_new(session, heard) for heard in news]
    if news:
        await fetch(session, _HELD_ALONE if any(is_new) else _HELD_SHARED)


async def _is_new(session: Session, heard: Heard) -> bool:
    if heard.contract.state == DRAFT:
        return False
    row = (await session.execute(_agreement_of(heard))).scalar_one_or_none()
    return row is None or (
        heard.version > (row.contract_version or 0) and await _differs(session, row, heard)
    )


async def follow(session: Session, heard: Heard, now: datetime) -> None:
    """Let the agreement of a contract say what the contract says; older news than is known change nothing.

    A plan that is not published does not stop anybody: the reference plan applies until it is, visibly.
    News that leave the agreement as it is raise no world: nobody's clocks are derived anew for them.
    """
    if heard.contract.state == DRAFT:
        return
    found = _agreement_of(heard).with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(found)).scalar_one_or_none()
    if row is None:
        world = await raise_world(session)
        _make(session, heard, await _said(session, heard), world, now)
    elif heard.version > (row.contract_version or 0):
        row.contract_version = heard.version
        if await _differs(session, row, heard):
            world = await raise_world(session)
            _change(session, row, await _said(session, heard), world, now)
    await session.write_collected()  # the same batch derives clocks in the world that was raised


def _agreement_of(heard: Heard) -> Select[Agreement]:
    return select(Agreement).where(col(Agreement.contract_id) == heard.contract.contract_id)


async def _differs(session: Session, row: Agreement, heard: Heard) -> bool:
    said = asdict(await _said(session, heard))
    return any(getattr(row, name) != value for name, value in said.items())


@dataclass(frozen=True, slots=True)
class _Said:
    """What the contract says of the agreement."""

    plan_id: str
    requested_plan_id: str | None
    starts_at: datetime
    ends_at: datetime | None
    contract_number: str
    plan_revision: int | None
    is_plan_unknown: bool
    response_overrides: dict[str, int]


async def _said(session: Session, heard: Heard) -> _Said:
    told = heard.contract
    ended_at = heard.occurred_at if told.state == ENDED else None
    term = Term(told.starts_on, told.ends_on, told.time_zone, ended_at)
    newest = await plans.newest_revision(session, told.plan_id)
    return _Said(
        *plans_of(told.plan_id, newest),
        *term.instants(),
        contract_number=told.number,
        plan_revision=told.plan_revision,
        is_plan_unknown=is_plan_unknown(told.plan_revision, newest),
        response_overrides=told.response_overrides,
    )


def _make(session: Session, heard: Heard, said: _Said, world: int, now: datetime) -> None:
    row = Agreement(
        id=new_id(),
        customer_id=heard.contract.customer_id,
        contract_id=heard.contract.contract_id,
        contract_version=heard.version,
        **asdict(said),
        **signed(session, now),
    )
    session.insert(row)
    changed(session, row, "make", world, now)


def _change(session: Session, row: Agreement, said: _Said, world: int, now: datetime) -> None:
    amend(row, asdict(said))
    touch(row, session, now)
    changed(session, row, "follow", world, now)
