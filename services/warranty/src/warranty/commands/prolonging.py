"""Terms that end otherwise than they began: extended, halted, settled by what became known."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment
from warranty.commands.term_rows import began_on, ends_of, is_settled_otherwise, standing, succeed
from warranty.commands.terms import zone_of
from warranty.domain.terms.terms import Source
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract
from warranty.tables.coverage import WarrantyTerm


async def extend(
    session: Session, asset_id: UUID, term_id: UUID, at: Moment, *, months: int, source: Source, reason: str
) -> WarrantyTerm:
    """Another term takes the place of one: longer by so many months, bought or as goodwill.

    Raises:
        NotFound, Conflict: no such term, another version, or ``term-superseded``.
        Invalid: ``term-open-ended``.
    """
    await locked(session, Asset, asset_id)
    old = await locked(session, WarrantyTerm, term_id, at.version)
    if old.asset_id != asset_id or old.superseded_at is not None:
        raise Conflict("term-superseded")
    if old.ends_on is None:
        raise Invalid("term-open-ended")
    return await succeed(session, old, source, at, basis={"months": months}, reason=reason)


async def suspend(session: Session, asset: Asset, *, suspended_at: datetime, at: Moment) -> None:
    """The asset's terms stand still while the vendor holds the device, where the contract says so."""
    contract = await one(session, Contract, asset.contract_id)
    if contract is None or not contract.suspends_during_repair:
        return
    held_from = suspended_at.astimezone(zone_of(contract)).date()
    for term in await standing(session, asset.id):
        if term.suspended_on is None and (term.ends_on is None or held_from <= term.ends_on):
            await succeed(session, term, Source.SUSPENSION, at, basis={"held_from": held_from.isoformat()})


async def resume(session: Session, asset: Asset, *, resumed_at: datetime, at: Moment) -> None:
    """The asset is back: its terms end as many days later as the vendor held it."""
    for term in await standing(session, asset.id):
        if term.suspended_on is not None:
            held_to = resumed_at.astimezone(ZoneInfo(term.time_zone)).date()
            basis = {"held_from": term.suspended_on.isoformat(), "held_to": held_to.isoformat()}
            await succeed(session, term, Source.SUSPENSION, at, basis=basis)


async def settle(session: Session, asset: Asset, at: Moment) -> None:
    """Compute the ends of an asset's terms anew by what is known now; those that differ are succeeded.

    Called whenever a milestone or a meter was told or corrected, also for what took the asset's place.
    """
    await session.flush()
    for term in await standing(session, asset.id):
        starts_on = await began_on(session, term)
        if starts_on != term.starts_on or is_settled_otherwise(term, await ends_of(session, term)):
            await succeed(session, term, Source.SETTLEMENT, at, basis={}, starts_on=starts_on)
    after = await one(session, Asset, asset.replaced_by_id)
    if after is not None:
        await settle(session, after, at)
