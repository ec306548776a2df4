"""A storekeeper's hands: warehouses, parts with stock in them, and what the books say."""

from dataclasses import dataclass

from common.context import system
from common.sweeps import sweep_now
from warranty.queries.verification import differences
from warranty.sweeps import SWEEPS

from .office import Json, Office, code

BY_NAME = {sweep.name: sweep for sweep in SWEEPS}
ENGINEER = "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"


@dataclass
class Stores:
    """Stock as an administrator works with it."""

    office: Office

    async def warehouse(self, kind: str = "central", **changes: object) -> Json:
        body = {"code": code("WH"), "name": "Warehouse", "kind": kind, "city": "Shanghai", **changes}
        if kind == "car":
            body.setdefault("engineer_id", ENGINEER)
        return await self.office.create("/v1/warehouses", **body)

    async def receive(self, warehouse: Json, part: Json, quantity: int, **changes: object) -> Json:
        return await self.move("receipt", warehouse, part, quantity, **changes)

    async def move(self, kind: str, warehouse: Json, part: Json, quantity: int, **changes: object) -> Json:
        body = {"warehouse_id": warehouse["id"], "part_id": part["id"], "quantity": quantity, **changes}
        return await self.office.create("/v1/stock-movements", kind=kind, **body)

    async def filled(self, quantity: int, **part: object) -> tuple[Json, Json]:
        """A warehouse with so many pieces of a part in it."""
        warehouse, made = await self.warehouse(), await self.office.part(**part)
        await self.receive(warehouse, made, quantity)
        return warehouse, made

    async def reserve(self, part: Json, quantity: int, **changes: object) -> Json:
        return await self.office.create("/v1/reservations", part_id=part["id"], quantity=quantity, **changes)

    async def level(self, warehouse: Json, part: Json, **overrides: object) -> Json:
        body = {"warehouse_id": warehouse["id"], "part_id": part["id"], **overrides}
        return await self.office.create("/v1/stock-levels", **body)

    async def figures(self, warehouse: Json, part: Json) -> tuple[int, int, int]:
        """On hand, reserved and in transit."""
        [found] = await self.office.items("/v1/stock", warehouse_id=warehouse["id"], part_id=part["id"])
        assert found["available"] == found["on_hand"] - found["reserved"] - found["expired"]
        return found["on_hand"], found["reserved"], found["in_transit"]

    async def entries(self, thing: Json) -> list[tuple[str, int, int]]:
        """What the ledger says about a thing, the oldest first: kind, on hand, reserved."""
        found = await self.office.items("/v1/stock-movements", reference_id=thing["id"], sort="recorded_at")
        return [(one["kind"], one["on_hand"], one["reserved"]) for one in found]

    async def lots(self, warehouse: Json, part: Json) -> dict[str, int]:
        found = await self.office.items("/v1/stock-lots", warehouse_id=warehouse["id"], part_id=part["id"])
        return {one["serial_number"] or one["lot"]: one["on_hand"] for one in found}

    async def sweep(self, name: str) -> int:
        return await sweep_now(self.office.database, "warranty", BY_NAME[name], self.office.clock.now)

    async def differences(self) -> list[str]:
        async with self.office.database.read(system("tests")) as session:
            return [str(one) async for one in differences(session)]

    async def refuse(self, path: str, thing: Json | None = None, **body: object) -> tuple[int, str]:
        """What must not be done, with the id of ``thing`` where the path has ``{}``: status and code."""
        where = path if thing is None else path.format(thing["id"])
        status, problem = await self.office.refused(where, **body)
        return status, problem["code"]
