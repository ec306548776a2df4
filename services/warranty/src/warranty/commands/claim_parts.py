"""Parts of a claim: kept, given back, sent out; all of them in one order of locks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.contracts.warranty import claims as events
from common.db import Session
from common.moves import Moment
from warranty.commands import reservations
from warranty.commands.claim_facts import entry, started, told
from warranty.domain.catalogue import check_fits
from warranty.domain.claims import ClaimState, Remedy, check_remedy
from warranty.domain.fulfilment import check_may_add
from warranty.queries import claims as queries
from warranty.queries.catalogue import parts_of
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.claims import Claim
from warranty.tables.reservations import Reservation

REPAIRED_OR_REPLACED = frozenset({Remedy.REPAIR, Remedy.REPLACE})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a part; without a warehouse from the one that is nearest to the site."""

    part_id: UUID
    quantity: int
    warehouse_id: UUID | None = None


async def reserve(session: Session, claim_id: UUID, at: Moment, *, parts: Sequence[Wanted]) -> Claim:
    """Keep parts for the claim, all or none.

    Raises:
        Conflict: ``remedy-differs``, ``parts-beyond-approval`` or ``stock-short``.
        Invalid: ``part-unknown``, ``part-incompatible`` or ``warehouse-unknown``.
    """
    row, move = await started(session, claim_id, "reserveParts", at)
    kept = await _kept(session, row, parts, at)
    return told(session, row, move, events.ClaimPartsReserved, **_lists(kept))


async def add(session: Session, claim_id: UUID, at: Moment, *, parts: Sequence[Wanted]) -> Claim:
    """Keep more parts than were approved, as turned out to be needed; a running repair gets them at once.

    The approval stays as it was given; what was added, by whom and when, stands beside it.

    Raises:
        Forbidden: ``addition-needs-role``, before the repair begins.
        Conflict: ``stock-short`` or ``stock-not-issuable``.
        Invalid: ``part-unknown``, ``part-incompatible`` or ``warehouse-unknown``.
    """
    row, move = await started(session, claim_id, "addParts", at)
    check_may_add(row.state, row.approval, session.context.caller.roles)
    row.part_additions = [*row.part_additions, entry(session, move, parts=as_kept(parts))]
    await session.flush()
    kept = await _kept(session, row, parts, at)
    if row.state == ClaimState.IN_REPAIR:
        await issue(session, row.id, at)
    return told(session, row, move, events.ClaimPartsAdded, **_lists(kept))


def as_kept(parts: Iterable[Wanted]) -> list[dict[str, Any]]:
    """Parts as an approval, or an addition to one, keeps them: how many pieces of each."""
    pieces = Counter[UUID]()
    for want in parts:
        pieces[want.part_id] += want.quantity
    return [{"part_id": str(part_id), "quantity": quantity} for part_id, quantity in pieces.items()]


async def _kept(session: Session, row: Claim, parts: Sequence[Wanted], at: Moment) -> list[Reservation]:
    check_remedy(row.remedy, REPAIRED_OR_REPLACED)
    await _check_fits(session, row, parts)
    numbered = enumerate(parts)
    ordered = sorted(numbered, key=lambda one: (str(one[1].warehouse_id or ""), one[1].part_id))
    return [
        await reservations.reserve(
            session,
            part_id=want.part_id,
            quantity=want.quantity,
            warehouse_id=want.warehouse_id,
            claim_id=row.id,
            site_id=row.site_id,
            at=Moment(at.now),
            pointer=f"#/parts/{number}",
        )
        for number, want in ordered
    ]


async def _check_fits(session: Session, row: Claim, wanted: Sequence[Wanted]) -> None:
    """What is kept for the asset fits its product."""
    asset = await one(session, Asset, row.asset_id)
    parts = await parts_of(session, {want.part_id for want in wanted})
    for number, want in enumerate(wanted):
        part = parts.get(want.part_id)
        if asset is not None and part is not None:
            fits = part.compatible_product_ids
            check_fits(part.number, fits, asset.product_id, f"#/parts/{number}/part_id")


def _lists(kept: Sequence[Reservation]) -> dict[str, Any]:
    return {
        "reservation_ids": [row.id for row in kept],
        "part_ids": [row.part_id for row in kept],
        "quantities": [row.quantity for row in kept],
    }


async def release(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> None:
    """What is kept for the claim is available again."""
    for kept in await queries.kept_for_update(session, claim_id):
        await reservations.give_up(session, kept, Moment(at.now), reason=reason)


async def issue(session: Session, claim_id: UUID, at: Moment) -> None:
    """What is kept for the claim leaves the warehouses.

    Raises:
        Conflict: ``stock-not-issuable``.
    """
    for kept in await queries.kept_for_update(session, claim_id):
        await reservations.issue(session, kept.id, Moment(at.now))
