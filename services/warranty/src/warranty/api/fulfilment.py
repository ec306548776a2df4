"""Claims made good: parts, repair, shipment, the check, returns."""

from decimal import Decimal
from uuid import UUID

from starlette.responses import Response

from common.web.routes import Routes
from common.web.work import Work
from warranty.api.claim_shapes import ClaimOut
from warranty.api.claims import PATH, wanted
from warranty.api.fulfilment_shapes import (
    FulfilClaim,
    PayRefund,
    ReceiveReturn,
    ReserveParts,
    ShipReplacement,
    StartRepair,
)
from warranty.api.told import stored
from warranty.commands import claim_parts
from warranty.commands import fulfilment as commands
from warranty.commands.fulfilment import Fulfilment
from warranty.domain.fulfilment import NewUnit, Swap

routes = Routes("fulfilment", "Claims made good: parts, repair, shipment, the check, returns.")


@routes.action(f"{PATH}:reserveParts", "claims.write", ClaimOut, refuses=(403,))
async def reserve_claim_parts(work: Work, claim_id: UUID, body: ReserveParts) -> Response:
    """Keep parts for the claim, all or none."""
    return await work.write(
        lambda s: claim_parts.reserve(s, claim_id, work.at(body.occurred_at), parts=wanted(body.parts)),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:addParts", "claims.write", ClaimOut, refuses=(403,))
async def add_claim_parts(work: Work, claim_id: UUID, body: ReserveParts) -> Response:
    """Send out more parts, which turned out to be needed during the repair."""
    return await work.write(
        lambda s: claim_parts.add(s, claim_id, work.at(body.occurred_at), parts=wanted(body.parts)),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:startRepair", "claims.write", ClaimOut, refuses=(403,))
async def start_claim_repair(work: Work, claim_id: UUID, body: StartRepair) -> Response:
    """Begin the repair; the parts kept for it leave the warehouses."""
    return await work.write(
        lambda s: commands.start_repair(
            s, claim_id, work.at(body.occurred_at), takes_device=body.takes_device, note=body.note
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:ship", "claims.write", ClaimOut, refuses=(403,))
async def ship_claim(work: Work, claim_id: UUID, body: ShipReplacement) -> Response:
    """Send what replaces the defective item; the parts kept for it leave the warehouses."""
    return await work.write(
        lambda s: commands.ship(
            s,
            claim_id,
            work.at(body.occurred_at),
            carrier=body.carrier,
            tracking_reference=body.tracking_reference,
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:refund", "claims.write", ClaimOut, refuses=(403,))
async def refund_claim(work: Work, claim_id: UUID, body: PayRefund) -> Response:
    """The price of the part was paid back, as approved."""
    return await work.write(
        lambda s: commands.refund(
            s,
            claim_id,
            work.at(body.occurred_at),
            amount=Decimal(body.amount.amount),
            currency=body.amount.currency,
            reference=body.reference,
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:fulfil", "claims.write", ClaimOut, refuses=(403,))
async def fulfil_claim(work: Work, claim_id: UUID, body: FulfilClaim) -> Response:
    """Every figure is met again; what was replaced is replaced in the tree, and its term begins anew."""
    unit = body.new_unit
    done = Fulfilment(
        items=[stored(item) for item in body.items],
        checked_by=body.checked_by,
        note=body.note,
        swaps=[
            Swap(swap.component_id, swap.part_id, swap.serial_number, swap.lot, swap.is_from_stock)
            for swap in body.replacements
        ],
        unit=None if unit is None else NewUnit(unit.serial_number, unit.product_id, unit.part_id),
    )
    return await work.write(
        lambda s: commands.fulfil(s, claim_id, done, work.at(body.occurred_at)),
        lambda row: ClaimOut.of(row, work.caller),
    )


@routes.action(f"{PATH}:receiveReturn", "claims.write", ClaimOut, refuses=(403,))
async def receive_claim_return(work: Work, claim_id: UUID, body: ReceiveReturn) -> Response:
    """What was replaced came back and was inspected."""
    return await work.write(
        lambda s: commands.receive_return(
            s, claim_id, work.at(body.occurred_at), items=[stored(item) for item in body.items]
        ),
        lambda row: ClaimOut.of(row, work.caller),
    )
