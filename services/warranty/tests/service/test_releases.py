"""Software: releases through their life, the way to the newest, what runs where."""

from datetime import UTC, datetime, timedelta

import pytest

from .office import Json, Office
from .test_coverage import ACCEPTED, accept

RELEASES = "/v1/releases"


async def draft(office: Office, product: Json, version: str, **own: object) -> Json:
    return await office.create(RELEASES, product_id=product["id"], release_version=version, **own)


async def out(office: Office, product: Json, version: str, **own: object) -> Json:
    """A release that was tested and is out."""
    made = await draft(office, product, version, tested_on="2026-01-01", **own)
    return await office.act(RELEASES, made, "release")


async def install(office: Office, asset: Json, release: Json, **own: object) -> Json:
    told = {"change_reference": "CHG-7", "effect": "restart", "downtime_minutes": 5, **own}
    return await office.act("/v1/assets", asset, "installRelease", release_id=release["id"], **told)


async def path_of(office: Office, asset: Json) -> Json:
    return await office.get(f"/v1/assets/{asset['id']}/upgrade-path")


async def accepted(office: Office, product: Json, **own: object) -> Json:
    asset = await office.asset(product_id=product["id"], **own)
    office.clock.set(max(office.clock.now, ACCEPTED))
    await accept(office, asset, office.clock.now)
    return asset


async def test_a_release_goes_through_its_life(office: Office):
    product = await office.product()
    release = await draft(office, product, "1.0.0", notes_en="First")
    assert (release["state"], release["channel"], release["allowed_actions"]) == (
        "development",
        "development",
        ["promote", "release", "withdraw"],
    )
    release = await office.act(RELEASES, release, "promote")
    status, problem = await office.refused(f"{RELEASES}/{release['id']}:release")
    assert (status, problem["code"]) == (409, "release-not-tested")
    status, problem = await office.refused(f"{RELEASES}/{release['id']}:release", tested_on="2026-03-03")
    assert (status, problem["code"]) == (422, "tested-after-release")
    release = await office.act(RELEASES, release, "release", tested_on="2026-03-01")
    assert (release["state"], release["channel"], release["released_on"]) == (
        "released",
        "released",
        "2026-03-02",
    )
    release = await office.patch(RELEASES, release, notes_en="First, corrected")
    headers = {"If-Match": f'"{release["version"]}"'}
    answer = await office.client.patch(
        f"{RELEASES}/{release['id']}", json={"tested_on": "2026-02-01"}, headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "release-is-out")
    release = await office.act(RELEASES, release, "withdraw", reason="loses data")
    assert (release["state"], release["channel"], release["withdrawal_reason"]) == (
        "withdrawn",
        "released",
        "loses data",
    )
    assert release["allowed_actions"] == []
    assert await office.types(release) == [
        "release.created",
        "release.promoted",
        "release.released",
        "release.updated",
        "release.withdrawn",
    ]
    [row] = await office.rows("SELECT state, withdrawn_at FROM software_release")
    assert (row["state"], row["withdrawn_at"]) == ("withdrawn", office.clock.now)


async def test_no_release_was_tested_on_a_day_to_come(office: Office):
    told = {"product_id": (await office.product())["id"], "release_version": "1.0.0"}
    status, problem = await office.refused(RELEASES, **told, tested_on="2026-03-03")
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "day-in-future", "#/tested_on")
    release = await office.create(RELEASES, **told, tested_on="2026-03-02")
    answer = await office.client.patch(
        f"{RELEASES}/{release['id']}",
        json={"tested_on": "2026-03-03"},
        headers={"If-Match": f'"{release["version"]}"'},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "day-in-future")
    assert await office.get(f"{RELEASES}/{release['id']}") == release


async def test_only_some_may_release_and_withdraw(office: Office, connect):
    release = await draft(office, await office.product(), "1.0.0", tested_on="2026-01-01")
    agent = await connect(sub="engineer-1", roles=["engineer"])
    for action, body in (("release", {}), ("withdraw", {"reason": "no"})):
        status, _ = await office.refused(f"{RELEASES}/{release['id']}:{action}", by=agent, **body)
        assert status == 403


async def test_versions_of_a_product_have_one_order(office: Office):
    product = await office.product()
    await draft(office, product, "7.2", scheme="dotted")
    for body, expected in [
        ({"release_version": "7.2"}, (409, "release-version-taken")),
        ({"release_version": "7.2.0"}, (409, "release-order-taken")),
        ({"release_version": "7.x"}, (422, "version-unreadable")),
        ({"release_version": "7.3", "rank": 1}, (422, "rank-not-used")),
        ({"release_version": "7.3", "minimum_version": "7.3"}, (422, "minimum-not-below")),
        ({"release_version": "7.3", "minimum_version": "x"}, (422, "version-unreadable")),
        ({"release_version": "7.3", "compatibility": {"requires": ["NOTHING"]}}, (422, "part-unknown")),
        ({"release_version": "8.0.0", "scheme": "semver"}, (409, "version-scheme-differs")),
    ]:
        told = {"product_id": product["id"], "scheme": "dotted", **body}
        status, problem = await office.refused(RELEASES, **told)
        assert (status, problem["code"]) == expected, body
    pointed = {"7.x": "#/release_version", "7.3": "#/minimum_version"}
    for version, pointer in pointed.items():
        told = {"product_id": product["id"], "scheme": "dotted", "minimum_version": "x"}
        _, problem = await office.refused(RELEASES, **told, release_version=version)
        assert [one["pointer"] for one in problem["errors"]] == [pointer]


async def test_a_vendors_own_scheme_is_ordered_by_rank(office: Office):
    product = await office.product()
    first = await out(office, product, "2024R2 SP1", scheme="ranked", rank=10)
    second = await out(office, product, "2025R1", scheme="ranked", rank=20, minimum_version="2024R2 SP1")
    asset = await accepted(office, product)
    found = await path_of(office, asset)
    assert [one["release_id"] for one in found["hops"]] == [first["id"], second["id"]]
    status, problem = await office.refused(
        RELEASES,
        product_id=product["id"],
        release_version="2026R1",
        scheme="ranked",
        rank=30,
        minimum_version="2023R1",
    )
    assert (status, problem["code"]) == (422, "release-unknown")


async def test_what_is_shipped_is_the_newest(office: Office):
    product = await office.product()
    old, new = await out(office, product, "1.0.0"), await out(office, product, "1.1.0")
    beta = await draft(office, product, "2.0.0")
    place = await office.site(await office.customer())
    body = {"serial_number": "S-1", "product_id": product["id"], "site_id": place["id"]}
    for release in (old, beta):
        status, problem = await office.refused("/v1/assets", **body, software_release_id=release["id"])
        assert (status, problem["code"], problem["newest"]) == (409, "release-not-newest", "1.1.0")
    other = await out(office, await office.product(), "1.1.0")
    status, problem = await office.refused("/v1/assets", **body, software_release_id=other["id"])
    assert (status, problem["code"]) == (422, "release-unknown")
    asset = await office.create("/v1/assets", **body, software_release_id=new["id"])
    assert asset["software_release_id"] == new["id"]
    newer = await out(office, product, "1.2.0")
    bare = await office.asset(place, product_id=product["id"])
    status, problem = await office.refused(
        f"/v1/assets/{bare['id']}:installRelease",
        release_id=new["id"],
        change_reference="CHG-1",
        effect="none",
    )
    assert (status, problem["code"]) == (409, "release-not-newest")
    await install(office, bare, newer)


async def test_a_withdrawn_release_is_not_shipped(office: Office):
    product = await office.product()
    old, new = await out(office, product, "1.0.0"), await out(office, product, "1.1.0")
    await office.act(RELEASES, new, "withdraw", reason="loses data")
    office.clock.advance(timedelta(days=1))
    asset = await office.asset(product_id=product["id"], software_release_id=old["id"])
    assert asset["software_release_id"] == old["id"]


async def test_the_way_to_the_newest_and_back(office: Office):
    product = await office.product()
    one = await out(office, product, "1.0.0")
    asset = await accepted(office, product, software_release_id=one["id"])
    two = await out(office, product, "2.0.0")
    three = await out(office, product, "3.0.0", minimum_version="2.0.0")
    await draft(office, product, "4.0.0")
    found = await path_of(office, asset)
    assert found["current"]["release_version"] == "1.0.0"
    assert [hop["release_version"] for hop in found["hops"]] == ["2.0.0", "3.0.0"]
    assert (found["target"]["release_id"], found["entitled_until"]) == (three["id"], "2036-04-01")
    status, problem = await office.refused(
        f"/v1/assets/{asset['id']}:installRelease",
        release_id=three["id"],
        change_reference="CHG-1",
        effect="none",
    )
    assert (status, problem["code"], problem["minimum_version"]) == (409, "release-needs-hop", "2.0.0")
    office.clock.advance(timedelta(hours=1))
    first = await install(office, asset, two)
    assert (first["previous_release_id"], first["effect"], first["downtime_minutes"]) == (
        one["id"],
        "restart",
        5,
    )
    office.clock.advance(timedelta(hours=1))
    await install(office, asset, three, change_id=asset["id"], effect="interruption", downtime_minutes=30)
    assert (await path_of(office, asset))["target"] is None
    status, problem = await office.refused(
        f"/v1/assets/{asset['id']}:installRelease", release_id=two["id"], change_reference="C", effect="none"
    )
    assert (status, problem["code"], problem["current"]) == (409, "release-not-newer", "3.0.0")
    office.clock.advance(timedelta(hours=1))
    back = await install(office, asset, two, is_rollback=True)
    assert back["is_rollback"]
    assert (await office.get(f"/v1/assets/{asset['id']}"))["software_release_id"] == two["id"]
    history = await office.items(f"/v1/assets/{asset['id']}/software-installations")
    assert [row["release_id"] for row in history] == [two["id"], three["id"], two["id"]]
    told = [row for row in await office.published(asset) if row["type"] == "asset.release_installed"]
    assert [(row["release_version"], row["effect"], row["is_rollback"]) for row in told] == [
        ("2.0.0", "restart", False),
        ("3.0.0", "interruption", False),
        ("2.0.0", "restart", True),
    ]


async def test_who_runs_a_withdrawn_release_is_told_why_and_where_to_go(office: Office):
    product = await office.product()
    one = await out(office, product, "1.0.0")
    asset = await accepted(office, product, software_release_id=one["id"])
    other = await office.asset(product_id=product["id"])
    two = await out(office, product, "2.0.0")
    assert (await path_of(office, asset))["advice"] == "upgrade"
    office.clock.advance(timedelta(hours=1))
    await install(office, asset, two)
    found = await path_of(office, asset)
    assert (found["advice"], found["back_to"]) == ("stay", None)
    shipped = await office.asset(product_id=product["id"], software_release_id=two["id"])
    await office.act(RELEASES, two, "withdraw", reason="loses data")
    found = await path_of(office, asset)
    assert (found["current"]["state"], found["current"]["withdrawal_reason"]) == ("withdrawn", "loses data")
    assert (found["advice"], found["target"]) == ("go_back", None)
    assert found["back_to"]["release_id"] == one["id"]
    found = await path_of(office, shipped)
    assert (found["advice"], found["back_to"]) == ("ask_vendor", None)
    assert (await path_of(office, other))["advice"] == "upgrade"
    items = await office.items(f"/v1/products/{product['id']}/fleet", standing="withdrawn")
    assert {one["withdrawal_reason"] for one in items} == {"loses data"}
    summary = await office.get(f"/v1/products/{product['id']}/fleet-summary")
    assert summary["releases"][0]["withdrawal_reason"] == "loses data"
    three = await out(office, product, "3.0.0", minimum_version="2.0.0")
    found = await path_of(office, asset)
    assert (found["advice"], found["target"]["release_id"], found["back_to"]) == (
        "upgrade",
        three["id"],
        None,
    )
    await office.act(RELEASES, three, "withdraw", reason="too")
    office.clock.advance(timedelta(hours=1))
    await install(office, asset, one, is_rollback=True)
    assert (await path_of(office, asset))["advice"] == "stay"


async def test_nobody_is_told_to_stay_on_what_nobody_knows(office: Office):
    product = await office.product()
    asset = await office.asset(product_id=product["id"])
    found = await path_of(office, asset)
    assert (found["advice"], found["current"], found["hops"]) == ("unknown", None, [])
    await out(office, product, "2.0.0", minimum_version="1.0.0")
    found = await path_of(office, asset)
    assert (found["advice"], [one["reason"] for one in found["blocked"]]) == ("unknown", ["unreachable"])
    await out(office, product, "2.1.0")
    assert (await path_of(office, asset))["advice"] == "upgrade"


async def test_what_does_not_fit_is_told_and_not_installed(office: Office):
    product, board, fan = await office.product(), await office.part(), await office.part()
    fits = {"requires": [board["number"]], "excludes": [fan["number"]]}
    release = await out(office, product, "2.0.0", compatibility=fits)
    asset = await accepted(office, product)
    [blocked] = (await path_of(office, asset))["blocked"]
    assert (blocked["release_id"], blocked["reason"]) == (release["id"], "incompatible")
    status, problem = await office.refused(
        f"/v1/assets/{asset['id']}:installRelease",
        release_id=release["id"],
        change_reference="C",
        effect="none",
    )
    assert (status, problem["code"], problem["parts"]) == (409, "release-incompatible", [board["number"]])
    await office.component(asset, board)
    assert (await path_of(office, asset))["target"]["release_id"] == release["id"]


async def test_after_the_entitlement_only_what_came_out_before(office: Office):
    product, customer = await office.product(), await office.customer()
    contract = await office.contract(customer, software_years=1)
    asset = await office.asset(
        await office.site(customer), product_id=product["id"], contract_id=contract["id"]
    )
    office.clock.set(ACCEPTED)
    await accept(office, asset)
    inside = await out(office, product, "1.0.0")
    office.clock.advance(timedelta(days=400))
    late = await out(office, product, "2.0.0")
    found = await path_of(office, asset)
    assert (found["entitled_until"], found["target"]["release_id"]) == ("2027-04-01", inside["id"])
    assert [(one["release_id"], one["reason"]) for one in found["blocked"]] == [(late["id"], "not_entitled")]
    status, problem = await office.refused(
        f"/v1/assets/{asset['id']}:installRelease", release_id=late["id"], change_reference="C", effect="none"
    )
    assert (status, problem["code"]) == (409, "release-not-entitled")
    await install(office, asset, inside)


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"change_reference": None}, "change-missing"),
        ({"release_id": "018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"}, "release-unknown"),
        ({"occurred_at": "2027-01-01T00:00:00Z"}, "occurred-in-future"),
    ],
)
async def test_an_installation_names_what_and_why(office: Office, own: Json, code: str):
    product = await office.product()
    release = await out(office, product, "1.0.0")
    asset = await office.asset(product_id=product["id"])
    body = {"release_id": release["id"], "change_reference": "C", "effect": "none", **own}
    status, problem = await office.refused(f"/v1/assets/{asset['id']}:installRelease", **body)
    assert (status, problem["code"]) == (422, code)


async def test_what_is_on_trial_is_not_installed_and_nothing_is_rolled_back_to_what_never_ran(office: Office):
    product = await office.product()
    asset = await accepted(office, product)
    trial = await office.act(RELEASES, await draft(office, product, "1.0.0"), "promote")
    for is_rollback, code in ((False, "release-not-offered"), (True, "rollback-unknown")):
        status, problem = await office.refused(
            f"/v1/assets/{asset['id']}:installRelease",
            release_id=trial["id"],
            change_reference="C",
            effect="none",
            is_rollback=is_rollback,
        )
        assert (status, problem["code"]) == (409, code)


async def fleet(office: Office, product: Json, **params: object) -> dict[str, str]:
    items = await office.items(f"/v1/products/{product['id']}/fleet", **params)
    return {one["serial_number"]: one["standing"] for one in items}


async def test_the_fleet_shows_who_is_behind_and_who_is_exposed(office: Office, customer_of):
    product, customer = await office.product(), await office.customer()
    place = await office.site(customer)
    bad = await out(office, product, "1.0.0")
    told = {"product_id": product["id"]}
    await office.asset(place, serial_number="A", software_release_id=bad["id"], **told)
    old = await out(office, product, "1.1.0")
    await office.asset(place, serial_number="B", software_release_id=old["id"], **told)
    new = await out(office, product, "1.2.0")
    await office.asset(serial_number="C", software_release_id=new["id"], **told)
    await office.asset(place, serial_number="D", **told)
    gone = await office.asset(place, serial_number="E", software_release_id=new["id"], **told)
    await office.act("/v1/assets", gone, "retire", reason="old")
    await office.act(RELEASES, bad, "withdraw", reason="loses data")
    whole = {"A": "withdrawn", "B": "behind", "C": "current", "D": "unknown"}
    assert await fleet(office, product) == whole
    for serial, standing in whole.items():
        assert await fleet(office, product, standing=standing) == {serial: standing}
    assert await fleet(office, product, standing=["withdrawn", "unknown"]) == {
        "A": "withdrawn",
        "D": "unknown",
    }
    assert await fleet(office, product, software_release_id=old["id"]) == {"B": "behind"}
    user = await customer_of(customer)
    mine = await office.items(f"/v1/products/{product['id']}/fleet", by=user)
    assert {one["serial_number"] for one in mine} == {"A", "B", "D"}
    summary = await office.get(f"/v1/products/{product['id']}/fleet-summary")
    assert [(one["release_version"], one["standing"], one["asset_count"]) for one in summary["releases"]] == [
        ("1.2.0", "current", 1),
        ("1.1.0", "behind", 1),
        ("1.0.0", "withdrawn", 1),
        (None, "unknown", 1),
    ]
    first = await office.get(f"/v1/products/{product['id']}/fleet", limit=2)
    rest = await office.get(f"/v1/products/{product['id']}/fleet", limit=2, cursor=first["next_cursor"])
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 4


async def test_a_release_from_before_the_platform_came_out_when_it_did(office: Office):
    product, customer = await office.product(), await office.customer()
    contract = await office.contract(customer, software_years=1)
    told = {"product_id": product["id"], "release_version": "1.0.0", "tested_on": "2020-05-30"}
    status, problem = await office.refused(RELEASES, **told, occurred_at="2027-01-01T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-in-future")
    release = await office.create(RELEASES, **told, occurred_at="2020-01-01T00:00:00Z")
    early = f"{RELEASES}/{release['id']}:release"
    status, problem = await office.refused(early, occurred_at="2019-12-31T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-too-early")
    release = await office.act(RELEASES, release, "promote", occurred_at="2020-05-01T00:00:00Z")
    release = await office.act(RELEASES, release, "release", occurred_at="2020-06-01T20:00:00Z")
    assert (release["state"], release["released_on"]) == ("released", "2020-06-02")
    assert [one["occurred_at"] for one in await office.published(release)] == [
        "2020-01-01T00:00:00.000000Z",
        "2020-05-01T00:00:00.000000Z",
        "2020-06-01T20:00:00.000000Z",
    ]
    place = await office.site(customer)
    own = {"product_id": product["id"], "contract_id": contract["id"], "shipped_on": "2020-07-01"}
    asset = await office.asset(place, **own)
    await accept(office, asset, datetime(2021, 1, 1, tzinfo=UTC))
    found = await path_of(office, asset)
    assert (found["entitled_until"], found["target"]["release_id"]) == ("2022-01-01", release["id"])
    shipped_with = await office.asset(place, **own, software_release_id=release["id"])
    assert shipped_with["software_release_id"] == release["id"]


async def test_customers_see_what_is_out_and_nothing_before(office: Office, customer_of):
    product, place = await office.product(), await office.site(await office.customer())
    kept = [await draft(office, product, one) for one in ("3.0.0", "2.9.0", "2.8.0")]
    await office.act(RELEASES, kept[1], "promote")
    await office.act(RELEASES, kept[2], "withdraw", reason="never mind")
    bad, _ = [await out(office, product, one) for one in ("1.0.0", "2.0.0")]
    await office.act(RELEASES, bad, "withdraw", reason="loses data")
    await office.asset(place, product_id=product["id"])
    user = await customer_of({"id": place["customer_id"]})
    shown = await office.get(RELEASES, by=user, product_id=product["id"], include_total=True)
    assert [one["release_version"] for one in shown["items"]] == ["2.0.0", "1.0.0"]
    assert shown["total"] == 2
    assert await office.items(RELEASES, by=user, product_id=product["id"], state="development") == []
    for one in kept:
        assert (await user.get(f"{RELEASES}/{one['id']}")).status_code == 404
        await office.get(f"{RELEASES}/{one['id']}")
    assert (await office.get(f"{RELEASES}/{bad['id']}", by=user))["state"] == "withdrawn"
    summary = await office.get(f"/v1/products/{product['id']}/fleet-summary", by=user)
    assert [one["release_version"] for one in summary["releases"]] == ["2.0.0", "1.0.0", None]
    assert len(await office.items(RELEASES, product_id=product["id"])) == 5


async def test_another_customers_way_is_not_found(office: Office, customer_of):
    asset = await office.asset()
    user = await customer_of(await office.customer())
    for path in ("upgrade-path", "software-installations"):
        assert (await user.get(f"/v1/assets/{asset['id']}/{path}")).status_code == 404
    missing = f"/v1/products/{asset['id']}/fleet"
    assert (await office.client.get(missing)).status_code == 404
    assert (await office.client.get(f"{missing}-summary")).status_code == 404
