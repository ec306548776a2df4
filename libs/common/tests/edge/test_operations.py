"""The whole edge, through HTTP, on a real database."""

from uuid import uuid4

PARCEL = {"weight_grams": 1200, "customer_id": "0192f0c1-0000-7000-8000-000000000001"}


def parcel(**changes: object) -> dict[str, object]:
    return {**PARCEL, "reference": f"P-{uuid4()}", **changes}


async def test_create_then_read(client):
    made = await client.post("/v1/parcels", json=parcel(note="易碎"))
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == '"1"'
    assert made.headers["location"] == f"/v1/parcels/{made.json()['id']}"
    assert made.json()["state_changed_at"] == "2026-11-01T12:00:00.000000Z"
    assert "易碎" in made.text
    read = await client.get(made.headers["location"])
    assert read.json() == made.json()
    assert read.headers["etag"] == '"1"'
    again = await client.get(made.headers["location"], headers={"If-None-Match": 'W/"1"'})
    assert (again.status_code, again.content) == (304, b"")
