"""Devices that are installed, fail and are replaced, and shelves that run empty, while everything dies."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import asyncpg

from common.context import system
from common.db import Database
from warranty.queries.verification import differences

from .traffic import Client, now

NAMES = {"name_zh": "功率模块", "name_en": "Power module"}
FIGURE = {"item": "Output voltage", "unit": "V", "required_min": 218, "required_max": 222, "measured": 220}
LAST_PIECES, WHO_WANT_ONE = 25, 60
SIGNED = {"name": "Head of operations", "code": "4711"}
BEFORE_THE_RUN = frozenset({"hand_over", "unpacking_inspection", "installation_guidance", "commissioning"})


@dataclass
class Ground:
    """What all devices share: a site, a product, a key part, and a warehouse full of it."""

    client: Client
    ids: dict[str, str] = field(default_factory=dict)

    async def made(self, name: str, path: str, /, **body: Any) -> str:
        told = await self.client.say("POST", path, f"ground-{name}", body)
        self.ids[name] = str(told["id"])
        return self.ids[name]

    async def prepare(self) -> None:
        """As a service desk does once."""
        customer = await self.made("customer", "/v1/customers", code="CRASH", industry="banking", **NAMES)
        place = {"code": "CRASH", "name": "Branch", "address": "1 Road", "city": "Shanghai"}
        await self.made("site", "/v1/sites", customer_id=customer, **place)
        await self.made("product", "/v1/products", code="CRASH", maker="M", technology="ups", **NAMES)
        tracked = {"is_key_part": True, "is_serialised": True}
        await self.made("module", "/v1/parts", number="MODULE", **tracked, **NAMES)
        await self.made("fuse", "/v1/parts", number="FUSE", **NAMES)
        shelf = {"code": "CRASH", "name": "Central", "kind": "central", "city": "Shanghai"}
        await self.made("warehouse", "/v1/warehouses", **shelf)
        await self.receive("fuse", LAST_PIECES, "fuses")

    async def receive(self, part: str, quantity: int, key: str, *serials: str) -> None:
        """Pieces arrive."""
        body = {"kind": "receipt", "warehouse_id": self.ids["warehouse"], "part_id": self.ids[part]}
        told = {**body, "quantity": quantity, "serials": list(serials)}
        await self.client.say("POST", "/v1/stock-movements", f"receipt-{key}", told)


@dataclass
class Device:
    """One device from its installation to a claim, as far as chance lets it come."""

    client: Client
    ground: Ground
    random: Random
    name: str
    asset: str = ""
    component: str = ""
    claim: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    said: int = 0
    pause = 0.6

    async def live(self) -> None:
        """Installed and accepted; most then fail, and the claim goes on to wherever chance leads."""
        await self._install()
        if self.random.random() < 0.1:
            return
        await self.ground.receive("module", 1, self.name, f"NEW-{self.name}")
        body = {"asset_id": self.asset, "component_id": self.component, "finding": "no output"}
        self.claim = await self._say("/v1/claims", ground="fault", demand="replace_part", **body)
        for action, told in self._steps():
            await asyncio.sleep(self.random.random() * self.pause)
            if self.random.random() < 0.08 and action in ("assess", "approve", "ship"):
                await self._act("withdraw", reason="it works again")
                return
            await self._act(action, **told)

    def _steps(self) -> list[tuple[str, dict[str, Any]]]:
        replaced = {"component_id": self.component, "part_id": self.ground.ids["module"]}
        returned = {
            "component_id": self.component,
            "condition": "defective",
            "serial_number": f"OLD-{self.name}",
        }
        steps: list[tuple[str, dict[str, Any]]] = [
            ("assess", {"finding": "burnt", "is_finding_confirmed": True, "evidence": ["photo"]}),
            ("approve", {"remedy": "replace", "parts": [{"part_id": self.ground.ids["module"]}]}),
            ("ship", {"carrier": "Night courier"}),
            ("fulfil", {"items": [FIGURE], "checked_by": "Ms Qian", "replacements": [replaced]}),
            ("receiveReturn", {"items": [returned]}),
            ("close", {}),
        ]
        return steps[: self.random.choice([1, 2, 3, 4, 6, 6, 6])]

    async def _say(self, path: str, **body: Any) -> dict[str, Any]:
        self.said += 1
        return await self.client.say("POST", path, f"{self.name}-{self.said}", body)

    async def _act(self, action: str, **body: Any) -> None:
        self.claim = await self._say(f"/v1/claims/{self.claim['id']}:{action}", **body)
        self.done.append(action)

    async def _install(self) -> None:
        ids = self.ground.ids
        told = {"serial_number": self.name, "product_id": ids["product"], "site_id": ids["site"]}
        self.asset = (await self._say("/v1/assets", **told))["id"]
        inside = {"part_id": ids["module"], "position": "slot 1", "serial_number": f"OLD-{self.name}"}
        self.component = (await self._say(f"/v1/assets/{self.asset}:installComponent", **inside))["id"]
        goods = {"goods_accepted_on": "2026-01-01", "goods_reference": "GRN", "trial_run_hours": 1}
        began = {"occurred_at": (now() - timedelta(hours=3)).isoformat()}
        work = {"site_id": ids["site"], "asset_ids": [self.asset], "specification": "TS-1", **goods}
        path = f"/v1/installations/{(await self._say('/v1/installations', **work, **began))['id']}"
        await self._say(f"{path}:start", **began)
        for step, record in _records().items():
            told = began if step in BEFORE_THE_RUN else {}
            body = {"step": step, "record": record, "signed_off_by": "Mr Zhao", **told}
            await self._say(f"{path}:completeStep", **body)
        await self._say(f"{path}:accept", signature={**SIGNED, "signed_at": now().isoformat()})


def _records() -> dict[str, dict[str, Any]]:
    notes = {"kind": "notes", "notes": "done"}
    line = {"item": "UPS", "expected": 1, "found": 1, "condition": "complete"}
    ended = now() - timedelta(minutes=1)
    run = {"started_at": (ended - timedelta(hours=2)).isoformat(), "ended_at": ended.isoformat()}
    return {
        "hand_over": notes,
        "unpacking_inspection": {"kind": "unpacking", "items": [line]},
        "installation_guidance": notes,
        "commissioning": notes,
        "trial_run": {"kind": "trial_run", **run},
        "performance_test": {"kind": "performance", "items": [FIGURE]},
    }


async def want_the_last(ground: Ground, clients: list[Client], seconds: float) -> int:
    """More reservations than there are pieces, within so many seconds; how many were granted."""
    body = {"part_id": ground.ids["fuse"], "quantity": 1}
    random = Random(len(clients))

    async def want(number: int) -> bool:
        await asyncio.sleep(seconds * random.random())
        client = clients[number % len(clients)]
        told = await client.say("POST", "/v1/reservations", f"last-{number}", body, may_be_refused=True)
        return told.get("code") != "stock-short"

    return sum(await asyncio.gather(*(want(number) for number in range(WHO_WANT_ONE))))


async def judge_owning(url: str, ground: Ground, devices: list[Device], granted: int) -> list[str]:
    """Everything in warranty that is other than what was answered owes."""
    connection = await asyncpg.connect(url)
    try:
        wrong = [f"{granted} of the last {LAST_PIECES} granted"] if granted != LAST_PIECES else []
        wrong += [f"stock: {one}" for one in await _differences(url)]
        wrong += await _judge_shelves(connection, ground, devices)
        for device in devices:
            wrong += [f"{device.name}: {one}" for one in await _judge_device(connection, device)]
    finally:
        await connection.close()
    return wrong


async def _differences(url: str) -> list[str]:
    database = Database(url, "crash")
    async with database.read(system("crash")) as session:
        found = [str(one) async for one in differences(session)]
    await database.close()
    return found


async def _judge_shelves(connection: asyncpg.Connection, ground: Ground, devices: list[Device]) -> list[str]:
    shipped = sum("ship" in one.done for one in devices)
    received = sum(bool(one.claim) for one in devices)
    kept = sum(one.done[-1:] == ["approve"] for one in devices)
    row = await connection.fetchrow(
        "SELECT on_hand, reserved FROM stock_balance WHERE part_id = $1", ground.ids["module"]
    )
    has = (row["on_hand"], row["reserved"]) if row else (0, 0)
    owed = (received - shipped, kept)
    return [] if has == owed else [f"modules on hand and reserved {has}, owed {owed}"]


PASSED = {
    "assess": "assessed",
    "approve": "approved",
    "ship": "shipped",
    "fulfil": "fulfilled",
    "receiveReturn": "return_received",
    "close": "closed",
    "withdraw": "withdrawn",
}


async def _judge_device(connection: asyncpg.Connection, device: Device) -> list[str]:
    wrong: list[str] = []
    terms = await connection.fetch(
        "SELECT component_id, source FROM warranty_term WHERE asset_id = $1", device.asset
    )
    is_replaced = "fulfil" in device.done
    owed = Counter({"acceptance": 2, "restart": int(is_replaced)}) + Counter()
    if (has := Counter(term["source"] for term in terms)) != owed:
        wrong.append(f"terms {has}, owed {owed}")
    inside = await connection.fetch(
        "SELECT serial_number FROM component WHERE asset_id = $1 AND removed_at IS NULL", device.asset
    )
    is_old = [row["serial_number"] for row in inside] == [f"OLD-{device.name}"]
    if len(inside) != 1 or is_old == is_replaced:
        wrong.append(f"inside are {[row['serial_number'] for row in inside]}, replaced: {is_replaced}")
    if device.claim:
        wrong += await _judge_claim(connection, device)
    return wrong


async def _judge_claim(connection: asyncpg.Connection, device: Device) -> list[str]:
    """Every verb was announced once, in the order in which it was answered."""
    told = await connection.fetch(
        "SELECT split_part(type, '.', 4) AS name FROM outbox WHERE aggregateid = $1 ORDER BY seq",
        device.claim["id"],
    )
    names = [row["name"] for row in told if row["name"] in {*PASSED.values(), "opened"}]
    owed = ["opened", *(PASSED[action] for action in device.done)]
    return [] if names == owed else [f"claim told {names}, owed {owed}"]
