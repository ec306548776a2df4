"""Acceptances of before that a file tells beside its assets: their warranty counts from that day (§1.2.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import acceptance
from warranty.commands.imports.matching import Match, named
from warranty.commands.terms import zone_of
from warranty.domain.assets import AssetState
from warranty.queries.installations import under_way
from warranty.tables.assets import Asset
from warranty.tables.contracts import Contract

OPEN = frozenset({AssetState.IN_INSTALLATION, AssetState.UNDER_REPAIR})


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a row tells of an acceptance: the day, in the zone of the contract, and the document."""

    accepted_on: date
    reference: str
    zone: ZoneInfo

    @property
    def accepted_at(self) -> datetime:
        """The beginning of the day."""
        return datetime.combine(self.accepted_on, time.min, self.zone)


async def match(session: Session, found: Iterable[Match[Asset]], now: datetime) -> None:
    """Say of each row that tells an acceptance whether it is news, known, or cannot be."""
    sound = (one for one in found if not one.record.faults and not one.faults)
    telling = [one for one in sound if "accepted_on" in one.record.values]
    rows = [one.row for one in telling if one.row is not None]
    busy = await under_way(session, [row.id for row in rows]) if rows else set()
    ids = {found_id for one in telling if (found_id := _known(one, "contract_id")) is not None}
    contracts = {row.id: row for row in await named(session, Contract, col(Contract.id), ids)} if ids else {}
    for one in telling:
        values = one.record.values
        told = Acceptance(
            date.fromisoformat(str(values["accepted_on"])),
            str(values["acceptance_reference"]),
            zone_of(contracts.get(_known(one, "contract_id"))),
        )
        _judge(one, told, now, is_busy=one.row is not None and one.row.id in busy)


def _known(one: Match[Asset], column: str) -> Any:  # noqa: ANN401 - a column's value
    """What the row says of a column, or else what is known."""
    return one.told.get(column) or getattr(one.row, column, None)


def _judge(one: Match[Asset], told: Acceptance, now: datetime, *, is_busy: bool) -> None:
    shipped_on = _known(one, "shipped_on")
    today = now.astimezone(told.zone).date()
    if told.accepted_on > today:
        return one.refuse("accepted_on", "import-accepted-late", today=today.isoformat())
    if shipped_on is not None and told.accepted_on < shipped_on:
        return one.refuse("accepted_on", "import-accepted-early", shipped_on=shipped_on.isoformat())
    if one.row is not None and one.row.accepted_at is not None:
        return _compare(one, told, one.row, one.row.accepted_at)
    if is_busy or (one.row is not None and one.row.state in OPEN):
        return one.refuse("accepted_on", "import-acceptance-open")
    one.named["acceptance"], one.is_news = told, True
    return None


def _compare(one: Match[Asset], told: Acceptance, row: Asset, accepted_at: datetime) -> None:
    known = accepted_at.astimezone(told.zone).date(), row.acceptance_reference
    if known != (told.accepted_on, told.reference):
        day, reference = known[0].isoformat(), row.acceptance_reference or ""
        one.refuse("accepted_on", "import-accepted-otherwise", accepted_on=day, reference=reference)


async def write(session: Session, told: Sequence[tuple[UUID, Any]], at: Moment) -> None:
    """Record the acceptances of assets that are written; who may import an installed base may say them."""
    if not told:
        return
    await session.write_collected()
    rows = await named(session, Asset, col(Asset.id), [asset_id for asset_id, _ in told], locks=True)
    by_id = {row.id: row for row in rows}
    for asset_id, one in told:
        await acceptance.recorded(
            session, by_id[asset_id], at, accepted_at=one.accepted_at, reference=one.reference
        )
