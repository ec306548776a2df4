"""What time does to contracts and warranty terms: told 90, 30 and 7 days ahead, once each; then over."""

from datetime import UTC, datetime, timedelta

import pytest

from common.context import system
from common.sweeps import Swept, chore_of, sweep_now
from warranty.commands import contracts, expiring
from warranty.sweeps import ending

from .office import Json, Office
from .test_coverage import accept

CONTRACTS, WARRANTIES = ending.SWEEPS
PATH = "/v1/contracts"


async def swept(office: Office, sweep=CONTRACTS) -> int:
    return await sweep_now(office.database, "warranty", sweep, office.clock.now)


async def once(office: Office, sweep=CONTRACTS) -> Swept:
    return await chore_of(sweep, office.database, "warranty").run(office.clock.now)


async def told(office: Office, thing: Json) -> list[int]:
    return [event["days_left"] for event in await office.published(thing) if "days_left" in event]


async def test_a_contract_is_told_of_once_per_threshold_and_then_over(office: Office):
    """The last day is the 31st in Beijing; it is over when the 31st is, at 16:00 UTC."""
    contract = await office.contract(await office.customer(), ends_on="2026-12-31")
    assert await swept(office) == 0
    for at, left in (
        (datetime(2026, 10, 1, 16, tzinfo=UTC), [90]),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), [90, 30]),
        (datetime(2026, 12, 23, 16, tzinfo=UTC), [90, 30, 7]),
    ):
        office.clock.set(at - timedelta(seconds=1))
        assert await swept(office) == 0
        office.clock.set(at)
        assert await swept(office) == 1
        assert await swept(office) == 0
        assert await told(office, contract) == left
    office.clock.set(datetime(2026, 12, 31, 16, tzinfo=UTC) + timedelta(hours=5))
    assert await swept(office) == 1
    last = (await office.published(contract))[-1]
    assert (last["type"], last["state"], last["is_terminated"]) == ("contract.ended", "ended", False)
    assert last["occurred_at"].startswith("2026-12-31T16:00:00")
    assert (await office.get(f"{PATH}/{contract['id']}"))["state"] == "ended"
    assert (await office.audited(contract))[-1] == "contract.end"
    office.clock.advance(timedelta(days=400))
    assert await swept(office) == 0


async def test_thresholds_that_passed_unseen_lapse(office: Office):
    contract = await office.contract(await office.customer(), ends_on="2026-12-31")
    office.clock.set(datetime(2026, 12, 20, tzinfo=UTC))
    assert await swept(office) == 1
    assert await told(office, contract) == [11]
    office.clock.set(datetime(2026, 12, 24, tzinfo=UTC))
    await swept(office)
    assert await told(office, contract) == [11, 7]


async def test_a_contract_put_in_force_after_its_last_day_is_over_at_once(office: Office):
    contract = await office.contract(await office.customer(), ends_on="2026-02-01")
    assert await swept(office) == 1
    assert await office.types(contract) == ["contract.created", "contract.activated", "contract.ended"]


async def test_drafts_and_terminated_contracts_are_not_looked_at(office: Office):
    customer = await office.customer()
    await office.contract(customer, is_active=False, ends_on="2026-03-03")
    ended = await office.contract(customer, ends_on="2026-03-03")
    await office.act(PATH, ended, "terminate", reason="sold")
    await office.contract(customer)
    assert await swept(office) == 0
    assert (await once(office)).next_due is None


async def test_a_prolonged_contract_is_told_of_again(office: Office):
    contract = await office.contract(await office.customer(), ends_on="2026-03-20")
    await swept(office)
    contract = await office.patch(PATH, await office.get(f"{PATH}/{contract['id']}"), ends_on="2027-03-20")
    assert await swept(office) == 0
    office.clock.set(datetime(2027, 2, 20, tzinfo=UTC))
    await swept(office)
    assert await told(office, contract) == [18, 28]


async def test_the_sweep_sleeps_until_the_next_is_due(office: Office):
    customer = await office.customer()
    await office.contract(customer, ends_on="2027-12-31")
    await office.contract(customer, ends_on="2026-12-31")
    assert (await once(office)).next_due == datetime(2026, 10, 1, 16, tzinfo=UTC)


async def test_more_than_a_batch_is_told_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contracts, "SWEEP_BATCH", 2)
    monkeypatch.setattr(ending, "SWEEP_BATCH", 2)
    customer = await office.customer()
    made = [await office.contract(customer, ends_on="2026-03-20") for _ in range(5)]
    first = await once(office)
    assert (first.count, first.more) == (2, True)
    assert await swept(office) == 3
    assert [await told(office, one) for one in made] == [[18]] * 5


async def test_two_sweepers_tell_nothing_twice(office: Office):
    contract = await office.contract(await office.customer(), ends_on="2026-03-20")
    async with office.database.transaction(system("warranty")) as session:
        assert await contracts.tell_due(session, office.clock.now) == 1
        assert (await once(office)).count == 0
    assert (await once(office)).count == 0
    assert await told(office, contract) == [18]


async def test_only_what_is_due_is_read(office: Office):
    async with office.database.transaction(system("tests")) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for table in ("contract", "warranty_term"):
            plan = await connection.exec_driver_sql(
                f"EXPLAIN SELECT id FROM {table} WHERE notice_at <= now() ORDER BY notice_at, id LIMIT 200"
            )
            assert f"ix_{table}_notice" in str(plan.all())


async def accepted(office: Office, **changes: object) -> tuple[Json, Json]:
    """An asset accepted today, and its term."""
    asset = await office.asset(**changes)
    await accept(office, asset, office.clock.now)
    [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
    return asset, term


async def test_a_warranty_is_told_of_once_per_threshold(office: Office):
    _, term = await accepted(office)
    assert term["ends_on"] == "2028-03-02"
    assert (await once(office, WARRANTIES)).next_due == datetime(2027, 12, 2, 16, tzinfo=UTC)
    for day in ("2027-12-02", "2028-01-31", "2028-02-23"):
        office.clock.set(datetime.fromisoformat(f"{day}T16:00:00Z"))
        assert await swept(office, WARRANTIES) == 1
        assert await swept(office, WARRANTIES) == 0
    assert await told(office, term) == [90, 30, 7]
    last = (await office.published(term))[-1]
    assert (last["type"], last["ends_on"]) == ("warranty.expiring", "2028-03-02")
    office.clock.advance(timedelta(days=60))
    assert (await once(office, WARRANTIES)) == Swept(0)


async def test_a_term_whose_end_passed_unseen_is_left_alone(office: Office):
    _, term = await accepted(office)
    office.clock.set(datetime(2028, 6, 1, tzinfo=UTC))
    assert await swept(office, WARRANTIES) == 1
    assert await swept(office, WARRANTIES) == 0
    assert await told(office, term) == []


async def test_an_extended_warranty_is_told_of_by_its_new_end_only(office: Office):
    asset, term = await accepted(office)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    longer = await office.act(path, term, "extend", months=12, source="extension", reason="bought")
    office.clock.set(datetime(2028, 3, 1, tzinfo=UTC))
    assert await swept(office, WARRANTIES) == 0
    office.clock.set(datetime(2029, 2, 20, tzinfo=UTC))
    await swept(office, WARRANTIES)
    assert (await told(office, term), await told(office, longer)) == ([], [10])


async def test_an_end_that_moves_a_little_is_not_told_again(office: Office):
    asset, term = await accepted(office)
    office.clock.set(datetime(2028, 2, 20, tzinfo=UTC))
    await swept(office, WARRANTIES)
    path = f"/v1/assets/{asset['id']}/warranty-terms"
    longer = await office.act(path, term, "extend", months=1, source="goodwill", reason="late")
    assert await swept(office, WARRANTIES) == 1
    later = await office.act(path, longer, "extend", months=1, source="goodwill", reason="late again")
    assert await swept(office, WARRANTIES) == 0
    assert [await told(office, one) for one in (term, longer, later)] == [[11], [42], []]


async def test_nothing_is_told_of_a_term_that_stands_still(office: Office):
    customer = await office.customer()
    contract = await office.contract(customer, suspends_during_repair=True)
    asset, term = await accepted(office, site=await office.site(customer), contract_id=contract["id"])
    await office.act("/v1/assets", asset, "beginInstallation")
    await office.act("/v1/assets", asset, "putInService")
    await office.act("/v1/assets", asset, "takeForRepair", reason="fan")
    office.clock.set(datetime(2028, 2, 1, tzinfo=UTC))
    assert await swept(office, WARRANTIES) == 0
    await office.act("/v1/assets", asset, "returnToService")
    assert await swept(office, WARRANTIES) == 0
    assert await told(office, term) == []


async def test_more_terms_than_a_batch_are_told_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expiring, "SWEEP_BATCH", 2)
    monkeypatch.setattr(ending, "SWEEP_BATCH", 2)
    made = [(await accepted(office))[1] for _ in range(3)]
    office.clock.set(datetime(2028, 2, 28, tzinfo=UTC))
    first = await once(office, WARRANTIES)
    assert (first.count, first.more) == (2, True)
    assert await swept(office, WARRANTIES) == 1
    assert [await told(office, one) for one in made] == [[3]] * 3
