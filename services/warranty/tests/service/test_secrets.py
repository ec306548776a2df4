"""Secrets typed into a text are kept nowhere: not on the row, not in what follows, not in ledger or audit."""

import pytest

from .claiming import PATH, accept, approved, installed, stocked
from .office import Json, Office


@pytest.fixture
async def asset(office: Office) -> Json:
    """An accepted asset, a month in service."""
    found = await installed(office)
    await accept(office, found)
    return found


@pytest.mark.parametrize("action", ["withdraw", "cancel"])
async def test_secrets_in_a_reason_are_kept_nowhere(office: Office, asset: Json, action: str):
    part = await office.part()
    await stocked(office, part, quantity=2)
    wanted = [{"part_id": part["id"], "quantity": 1}]
    claim = await approved(office, asset, "repair", wanted)
    quote = await office.create("/v1/quotes", claim_id=claim["id"], visits=1)
    ended = await office.act(PATH, claim, action, reason="Call off, the password: hunter2-secret")
    assert ended["end_reason"].startswith("Call off")
    assert "hunter2" not in ended["end_reason"]
    assert (await office.get(f"/v1/quotes/{quote['id']}"))["end_reason"] == ended["end_reason"]
    [moved] = await office.rows("SELECT reason FROM stock_movement WHERE kind = 'release'")
    assert moved["reason"] == ended["end_reason"]
    assert await spoken_of(office, "hunter2") == 0


async def test_secrets_in_the_reason_of_another_verb_are_kept_nowhere(office: Office, asset: Json):
    reason = "Broken; token: AbCdEf1234567890ghij, password: hunter2-secret"
    await office.act("/v1/assets", asset, "takeForRepair", reason=reason)
    contract = {"id": asset["contract_id"]}
    ended = await office.act("/v1/contracts", contract, "terminate", reason=reason)
    assert "hunter2" not in ended["end_reason"]
    assert await spoken_of(office, "hunter2") == 0


async def spoken_of(office: Office, secret: str) -> int:
    """How many audit entries, movements and events hold the text."""
    [row] = await office.rows(
        "SELECT (SELECT count(*) FROM audit_entry a WHERE a::text LIKE $1)"
        " + (SELECT count(*) FROM stock_movement m WHERE m::text LIKE $1)"
        " + (SELECT count(*) FROM outbox o WHERE o::text LIKE $1) AS found",
        f"%{secret}%",
    )
    return row["found"]
