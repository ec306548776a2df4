"""What the rows about warranty begin with: one customer, site, product and asset, made by the product."""

import httpx

from tests.bench.stage import Stage


async def asset_of_its_own(address: str, stage: Stage) -> str:
    """An asset with everything it needs; its id."""
    headers = {"Authorization": f"Bearer {stage.token('bench', 'admin')}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:

        async def made(path: str, **body: object) -> str:
            answer = (await http.post(path, json=body)).raise_for_status()
            return str(answer.json()["id"])

        names = {"name_zh": "不间断电源", "name_en": "UPS"}
        customer = await made("/v1/customers", code="CUST", industry="banking", **names)
        site = await made(
            "/v1/sites", customer_id=customer, code="SITE", name="Branch", address="1 Road", city="Shanghai"
        )
        product = await made("/v1/products", code="PROD", maker="Maker", technology="ups", **names)
        return await made("/v1/assets", serial_number="FIRST", product_id=product, site_id=site)
