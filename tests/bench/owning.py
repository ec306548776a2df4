"""What the rows about warranty begin with: one customer, site, product and asset, made by the product."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from tests.bench.stage import Stage

Make = Callable[..., Awaitable[str]]
"""Makes something at a path from the fields told; its id."""

NAMES = {"name_zh": "不间断电源", "name_en": "UPS"}


@asynccontextmanager
async def maker(address: str, token: str) -> AsyncIterator[Make]:
    """Somebody who may make everything in the warranty service at ``address``."""
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as http:

        async def make(path: str, **body: object) -> str:
            answer = (await http.post(path, json=body)).raise_for_status()
            return str(answer.json()["id"])

        yield make


async def customer_made_by(make: Make) -> str:
    """A customer; its id."""
    return await make("/v1/customers", code="CUST", industry="banking", **NAMES)


async def asset_of_its_own(address: str, stage: Stage) -> str:
    """An asset with everything it needs; its id."""
    async with maker(address, stage.token("bench", "admin")) as make:
        customer = await customer_made_by(make)
        place = {"code": "SITE", "name": "Branch", "address": "1 Road", "city": "Shanghai"}
        site = await make("/v1/sites", customer_id=customer, **place)
        product = await make("/v1/products", code="PROD", maker="Maker", technology="ups", **NAMES)
        return await make("/v1/assets", serial_number="FIRST", product_id=product, site_id=site)


async def full_shelf(address: str, stage: Stage, pieces: int) -> dict[str, str]:
    """A warehouse with so many pieces of one part; the ids by which they are reserved."""
    async with maker(address, stage.token("bench", "admin")) as make:
        part = await make("/v1/parts", number="FUSE", **NAMES)
        shelf = {"code": "CENTRAL", "name": "Central", "kind": "central", "city": "Shanghai"}
        told = {"part_id": part, "warehouse_id": await make("/v1/warehouses", **shelf)}
        await make("/v1/stock-movements", kind="receipt", quantity=pieces, **told)
        return told
