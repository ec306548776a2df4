"""Readings as series: kept once per moment, withdrawn when wrong, and where they go."""

from datetime import timedelta

from .office import Json, Office


def figures(office: Office, *values: float, item: str = "resistance", **changes: object) -> list[Json]:
    start = office.clock.now - timedelta(days=len(values))
    return [
        {"item": item, "unit": "mΩ", "value": value, "read_at": (start + timedelta(days=n)).isoformat()}
        | changes
        for n, value in enumerate(values)
    ]


async def record(office: Office, asset: Json, readings: list[Json]) -> Json:
    answer = await office.client.post(
        f"/v1/assets/{asset['id']}/readings:record", json={"readings": readings}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def trend(office: Office, asset: Json, **params: object) -> Json:
    [found] = (await office.get(f"/v1/assets/{asset['id']}/trends", **params))["items"]
    return found


async def test_limits_that_are_crossed_are_refused(office: Office):
    asset = await office.asset()
    path = f"/v1/assets/{asset['id']}/trends"
    answer = await office.client.get(path, params={"limit_min": 50, "limit_max": 10})
    assert (answer.status_code, answer.json()["code"]) == (422, "limits-crossed")
    await office.get(path, limit_min=10, limit_max=10)


async def test_a_batch_told_twice_adds_nothing(office: Office):
    asset = await office.asset()
    told = figures(office, 1, 2, 3)
    assert await record(office, asset, told) == {"added_count": 3, "known_count": 0}
    assert await record(office, asset, [*told, told[0]]) == {"added_count": 0, "known_count": 4}
    found = await office.items(f"/v1/assets/{asset['id']}/readings", item="resistance")
    assert [one["value"] for one in found] == [3, 2, 1]
    assert await office.rows("SELECT reading_count FROM reading_series") == [{"reading_count": 3}]


async def test_a_figure_is_corrected_by_withdrawing_it(office: Office):
    asset = await office.asset()
    path = f"/v1/assets/{asset['id']}/readings"
    [told] = figures(office, 9)
    wrong = await office.create(path, **told)
    status, problem = await office.refused(path, **{**told, "value": 8})
    assert (status, problem["code"]) == (409, "reading-taken")
    status, problem = await office.refused(
        f"{path}:record", readings=[*figures(office, 1, 2), told | {"value": 8}]
    )
    assert (status, problem["code"]) == (409, "reading-taken")
    withdrawn = await office.act(path, wrong, "withdraw", reason="misread")
    assert (withdrawn["withdrawal_reason"], withdrawn["version"]) == ("misread", 2)
    status, problem = await office.refused(f"{path}/{wrong['id']}:withdraw", reason="again")
    assert (status, problem["code"]) == (409, "reading-withdrawn")
    await office.create(path, **{**told, "value": 8})
    assert [one["value"] for one in await office.items(path, is_withdrawn=False)] == [8]
    assert len(await office.items(path)) == 2


async def test_a_series_has_one_unit_and_no_future(office: Office):
    asset = await office.asset()
    path = f"/v1/assets/{asset['id']}/readings"
    await office.create(path, item="voltage", unit="V", value=220)
    later = (office.clock.now + timedelta(hours=1)).isoformat()
    status, problem = await office.refused(path, item="voltage", unit="mV", value=220_000)
    assert (status, problem["code"], problem["unit"]) == (422, "unit-differs", "V")
    status, problem = await office.refused(path, item="voltage", unit="V", value=220, read_at=later)
    assert (status, problem["code"]) == (422, "occurred-in-future")
    nowhere = f"/v1/assets/{asset['product_id']}/readings"
    status, problem = await office.refused(nowhere, item="voltage", unit="V", value=220)
    assert (status, problem["code"]) == (404, "not-found")


async def test_where_readings_go(office: Office):
    asset = await office.asset()
    await record(office, asset, figures(office, 1, 2, 3))
    assert (await trend(office, asset))["outlook"] == "not_enough_data"
    start = office.clock.now
    office.clock.advance(timedelta(days=10))
    more = [
        {
            "item": "resistance",
            "unit": "mΩ",
            "value": 4 + n,
            "read_at": (start + timedelta(days=n)).isoformat(),
        }
        for n in range(6)
    ]
    await record(office, asset, more)
    assert (await trend(office, asset))["outlook"] == "no_limit"
    found = await trend(office, asset, item="resistance", limit_max=12)
    assert (found["outlook"], found["slope_per_day"], found["reading_count"]) == ("crossing", 1, 9)
    assert found["crossing"]["limit"] == 12
    expected = (start + timedelta(days=8)).isoformat()[:19]
    assert found["crossing"]["expected_at"][:19] == expected
    assert found["crossing"]["earliest_at"] <= found["crossing"]["expected_at"]
    assert (await trend(office, asset, limit_max=500))["outlook"] == "too_far"
    assert (await trend(office, asset, since=office.clock.now.isoformat()))["outlook"] == "not_enough_data"
