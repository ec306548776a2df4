"""What tests of claims start from: accepted assets with components inside, parts in stock, open claims."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx

from common.context import system
from common.locking import locked
from common.moves import Moment
from warranty.commands import stock, terms, warehouses
from warranty.commands.stock import NewMovement
from warranty.domain.stock import NewWarehouse, ToldKind, WarehouseKind
from warranty.tables.assets import Asset

from .office import Json, Office, code, told

PATH = "/v1/claims"
ACCEPTED = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
VOLTAGE = {"item": "Output voltage", "unit": "V", "required_min": 218, "required_max": 222, "measured": 220}
AUTONOMY = {"item": "Battery autonomy", "unit": "min", "required_min": 30, "required_max": None}
RATES = {
    "labour_hour": {"amount": "300.00", "currency": "CNY"},
    "travel_km": {"amount": "2.50", "currency": "CNY"},
    "visit": {"amount": "200.00", "currency": "CNY"},
}
OK = {"item": "Output voltage", "measured": 220.5}
_keys = count(1)


def key() -> dict[str, str]:
    """A fresh idempotency key."""
    return {"Idempotency-Key": f"key-{next(_keys)}"}


async def installed(office: Office, customer: Json | None = None, **contract: object) -> Json:
    """An asset in service, accepted with a specification, on a contract with figures of the bid."""
    customer = customer or await office.customer()
    site = await office.site(customer, distance_km=100)
    body = {"bid_figures": [AUTONOMY], "rates": RATES, **contract}
    signed = await office.contract(customer, **body)
    asset = await office.asset(site, contract_id=signed["id"])
    office.clock.set(ACCEPTED)
    await office.act("/v1/assets", asset, "putInService")
    return asset


async def accept(office: Office, asset: Json) -> None:
    """The customer accepted the asset and what is inside it; a month has passed since."""

    async def act(session):
        row = await locked(session, Asset, UUID(asset["id"]))
        row.accepted_at, row.accepted_specification = ACCEPTED, [VOLTAGE]
        await terms.start(session, row, accepted_at=ACCEPTED, at=Moment(office.clock.now))

    office.clock.set(ACCEPTED + timedelta(hours=1))
    await office.database.run(system("tests"), act)
    office.clock.set(ACCEPTED + timedelta(days=30))


async def module(office: Office, asset: Json, serial: str = "OLD-1", **part: object) -> tuple[Json, Json]:
    """A serialised key part inside the asset: the part and the component."""
    kind = await office.part(is_key_part=True, is_serialised=True, **part)
    return kind, await office.component(asset, kind, serial_number=serial)


async def warehouse(office: Office, **changes: object) -> str:
    """A warehouse, and its id."""
    new = {"code": code("WH"), "name": "Depot", "kind": WarehouseKind.CENTRAL, "city": "Shanghai", **changes}

    async def act(session):
        return (await warehouses.create_warehouse(session, NewWarehouse(**new), Moment(office.clock.now))).id

    return str(await office.database.run(system("tests"), act))


async def stocked(
    office: Office, part: Json, *serials: str, place: str | None = None, quantity: int = 0
) -> str:
    """Pieces of a part in a warehouse; its id."""
    place = place or await warehouse(office)
    told_ = NewMovement(
        ToldKind.RECEIPT, UUID(place), UUID(part["id"]), quantity or len(serials), serials=serials
    )

    async def act(session):
        await stock.move(session, told_, Moment(office.clock.now))

    await office.database.run(system("tests"), act)
    return place


async def opened(office: Office, asset: Json, by: httpx.AsyncClient | None = None, **body: object) -> Json:
    """A claim for the asset, open."""
    whole = {"asset_id": asset["id"], "ground": "fault", "finding": "It does not start.", **body}
    answer = await (by or office.client).post(PATH, json=told(whole), headers=key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def assessed(office: Office, claim: Json, **body: object) -> Json:
    whole = {"finding": "The fan is dead.", "is_finding_confirmed": True, "evidence": ["REP-1"], **body}
    return await office.act(PATH, claim, "assess", **whole)


async def approved(office: Office, asset: Json, remedy: str, parts: list[Json] | None = None, **body) -> Json:
    """A claim of the asset, opened, assessed and approved."""
    claim = await assessed(office, await opened(office, asset, **body))
    return await office.act(PATH, claim, "approve", remedy=remedy, parts=parts)


async def rejected(office: Office, asset: Json, by: httpx.AsyncClient | None = None) -> Json:
    """A claim of the asset that was rejected."""
    claim = await assessed(office, await opened(office, asset, by), is_finding_confirmed=False)
    return await office.act(
        PATH, claim, "reject", rejection="no_fault_found", reason="It ran for a day without a fault."
    )


async def balance(office: Office, part: Json) -> list[tuple[int, int]]:
    """On hand and reserved of a part, per warehouse."""
    rows = await office.rows(
        "SELECT on_hand, reserved FROM stock_balance WHERE part_id = $1 ORDER BY id", part["id"]
    )
    return [(row["on_hand"], row["reserved"]) for row in rows]
