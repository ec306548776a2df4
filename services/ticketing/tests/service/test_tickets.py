"""Tickets opened, found, read and corrected."""

from datetime import timedelta
from uuid import uuid4

import pytest

from .desk import CUSTOMER, Desk, report


async def test_a_report_becomes_a_ticket(desk: Desk, clock):
    reported = clock.now - timedelta(minutes=10)
    answer = await desk.client.post("/v1/tickets", json=report(reported_at=reported.isoformat()))
    assert answer.status_code == 201, answer.text
    ticket = answer.json()
    assert answer.headers["location"] == f"/v1/tickets/{ticket['id']}"
    assert answer.headers["etag"] == '"1"'
    expected = {
        "number": "INC-2026-000001",
        "state": "new",
        "description": "",
        "response_case": "normal",
        "route": "remote",
        "is_reporter_unverified": True,
        "is_directory_unverified": True,
        "is_major": False,
        "tags": [],
        "masked_secrets": [],
        "reported_at": "2026-03-02T00:50:00.000000Z",
        "created_at": "2026-03-02T01:00:00.000000Z",
        "created_by": "agent-1",
        "reopened_count": 0,
        "version": 1,
    }
    assert {name: ticket[name] for name in expected} == expected
    assert "acknowledge" in ticket["allowed_actions"]
    assert "setResponseCase" not in ticket["allowed_actions"]
    assert await desk.ticket(ticket) == ticket
    row = await desk.row(ticket)
    assert (row["client_id"], row["state_changed_at"]) == ("tests", reported)
    [event] = await desk.published(ticket)
    assert (event["type"], event["version"], event["actor"]) == ("ticketing.ticket.opened", 1, "agent-1")
    assert event["occurred_at"] == "2026-03-02T00:50:00.000000Z"
    assert event["customer_id"] == str(CUSTOMER)
    assert "title" not in event
    assert await desk.audited(ticket) == ["ticket.open"]
    [entry] = await desk.timeline(ticket)
    assert (entry["type"], entry["facts"]) == ("ticketing.ticket.opened", {"channel": "hotline"})


async def test_nothing_is_reported_from_years_that_no_clock_counts_in(desk: Desk):
    told = report(reported_at="0001-01-01T00:00:00Z", failed_at="1969-12-31T23:59:59Z")
    answer = await desk.client.post("/v1/tickets", json=told)
    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert (answer.status_code, set(errors.values())) == (422, {"instant-out-of-range"})
    assert set(errors) == {"#/reported_at", "#/failed_at"}


async def test_a_customers_own_report_reaches_the_vendor_now(desk: Desk, customer):
    told = report(channel="portal", reported_at="2026-03-02T00:59:59Z")
    status, problem = await desk.refused("/v1/tickets", customer, **told)
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (
        403,
        "field-is-the-vendors",
        "#/reported_at",
    )
    assert (await customer.post("/v1/tickets", json=report(channel="portal"))).status_code == 201


async def test_a_correction_that_changes_nothing_leaves_everything_as_it_is(desk: Desk):
    ticket = await desk.open()
    before = await desk.everything()
    for told in ({}, {"title": ticket["title"], "tags": ticket["tags"]}):
        answer = await desk.client.patch(
            f"/v1/tickets/{ticket['id']}", json=told, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 1, '"1"')
    assert await desk.everything() == before


async def test_a_request_has_its_own_series(desk: Desk):
    ticket = await desk.open(kind="service_request", severity=4, reported_at="2025-12-30T00:00:00Z")
    assert ticket["number"] == "REQ-2025-000001"


async def test_secrets_are_masked_before_anything_keeps_them(desk: Desk):
    ticket = await desk.open(title="登录失败 密码:Hunter2xyz", description="password=TopSecret99 since noon")
    assert ticket["masked_secrets"] == ["password"]
    row = await desk.row(ticket)
    kept = f"{row} {await desk.rows('SELECT * FROM audit_entry')} {await desk.timeline(ticket)}"
    assert "Hunter2xyz" not in kept
    assert "TopSecret99" not in kept
    assert "hunter2xyz" not in kept


async def test_an_external_reference_is_taken_once(desk: Desk, connect):
    first = await desk.open(external_reference="ITSM-1")
    status, problem = await desk.refused("/v1/tickets", **report(external_reference="ITSM-1"))
    assert (status, problem["code"], problem["existing_id"]) == (409, "external-reference-taken", first["id"])
    other = await connect(client_id="another-program")
    elsewhere = await other.post("/v1/tickets", json=report(external_reference="ITSM-1"))
    assert elsewhere.status_code == 201
    found = await desk.items("/v1/tickets", external_reference="ITSM-1")
    assert {one["id"] for one in found} == {first["id"], elsewhere.json()["id"]}


async def test_an_external_reference_is_one_customers_of_one_client(desk: Desk, connect):
    """Two customers behind one portal count their orders alike."""
    others = uuid4()
    own, other = [
        await connect(sub="user", roles=["customer"], customer_id=str(one), client_id="portal")
        for one in (CUSTOMER, others)
    ]
    told = report(channel="portal", external_reference="PO-1", customer_id=None)
    opened = [(await one.post("/v1/tickets", json=told)).json()["id"] for one in (own, other)]
    assert len(set(opened)) == 2
    for by, ticket_id in ((own, opened[0]), (other, opened[1])):
        status, problem = await desk.refused("/v1/tickets", by, **told)
        assert (status, problem["code"]) == (409, "external-reference-taken")
        assert problem["existing_id"] == ticket_id


VENDORS = {"locality": "local", "distance_km": 0, "is_major": True}


@pytest.mark.parametrize("field", VENDORS)
async def test_a_customer_does_not_state_what_the_vendors_promises_hang_on(desk: Desk, customer, field: str):
    told = report(channel="portal", **{field: VENDORS[field]})
    status, problem = await desk.refused("/v1/tickets", customer, **told)
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (
        403,
        "field-is-the-vendors",
        f"#/{field}",
    )
    assert field in problem["detail"]
    chinese = {"Accept-Language": "zh-CN"}
    _, problem = await desk.refused("/v1/tickets", customer, headers=chinese, **told)
    assert "供应商" in problem["detail"]
    if field != "is_major":
        ticket = await desk.open(**{field: VENDORS[field]})
        for value in (VENDORS[field], None):
            answer = await customer.patch(
                f"/v1/tickets/{ticket['id']}", json={field: value}, headers={"If-Match": "*"}
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "field-is-the-vendors")
        assert (await desk.ticket(ticket))["version"] == 1
        assert await desk.types(ticket) == ["ticket.opened"]


async def test_a_customer_may_leave_the_vendors_fields_as_they_are(customer):
    answer = await customer.post("/v1/tickets", json=report(channel="portal", is_major=False))
    assert answer.status_code == 201
    edited = await customer.patch(
        f"/v1/tickets/{answer.json()['id']}", json={"title": "Worse"}, headers={"If-Match": "*"}
    )
    assert edited.status_code == 200


async def test_a_customers_report_came_as_it_came(desk: Desk, customer, connect):
    """Promises hang on the channel: who writes in the portal is owed no answer within a call."""
    answer = await customer.post("/v1/tickets", json=report(channel=None))
    assert (answer.status_code, answer.json()["channel"]) == (201, "portal")
    program = await connect(sub="nms", client_id="nms", roles=["customer"], customer_id=str(CUSTOMER))
    for by, refused in ((customer, ("hotline", "monitoring", "visit")), (program, ("hotline", "email"))):
        for channel in refused:
            status, problem = await desk.refused("/v1/tickets", by, **report(channel=channel))
            assert (status, problem["code"]) == (403, "field-is-the-vendors")
            assert problem["errors"][0]["pointer"] == "#/channel"
    seen = await program.post("/v1/tickets", json=report(channel="monitoring"))
    assert (seen.status_code, seen.json()["channel"]) == (201, "monitoring")


async def test_who_takes_a_report_tells_how_it_came(desk: Desk):
    assert (await desk.open(channel="fax"))["channel"] == "fax"
    status, problem = await desk.refused("/v1/tickets", **report(channel=None))
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "channel-needed", "#/channel")


async def test_a_customer_sees_and_opens_its_own_only(desk: Desk, customer, stranger):
    ticket = await desk.open()
    mine = await customer.post("/v1/tickets", json=report(channel="portal"))
    assert mine.status_code == 201
    assert mine.json()["is_reporter_unverified"] is False
    assert mine.json()["allowed_actions"] == ["escalate", "cancel"]
    assert len(await desk.items("/v1/tickets", customer)) == 2
    status, problem = await desk.refused("/v1/tickets", stranger, **report(channel="portal"))
    assert (status, problem["code"]) == (403, "customer-confined")
    assert (await stranger.get(f"/v1/tickets/{ticket['id']}")).status_code == 404
    assert await desk.items("/v1/tickets", stranger) == []
    assert await desk.items("/v1/tickets", stranger, customer_id=str(CUSTOMER)) == []
    for child in ("timeline", "comments", "consents", "support-sessions", "escalations"):
        answer = await stranger.get(f"/v1/tickets/{ticket['id']}/{child}")
        assert answer.status_code == 404, child
    status, _ = await desk.refused(f"/v1/tickets/{ticket['id']}:cancel", stranger, reason="none of yours")
    assert status == 404
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:acknowledge", customer)
    assert (status, problem["code"]) == (403, "action-needs-role")


async def test_words_find_tickets_in_both_languages(desk: Desk):
    wanted = await desk.open(
        title="核心交换机故障", description="Core switch is down", external_reference="ITSM-77"
    )
    await desk.open(title="Printer", description="打印机卡纸")
    for query in ("交换机", "核心", "核心 switch", "SWITCH", "itsm 77"):
        assert [one["id"] for one in await desk.items("/v1/tickets", q=query)] == [wanted["id"]], query
    for query in ("机交换", "router", "核心 router"):
        assert await desk.items("/v1/tickets", q=query) == [], query


async def test_filters(desk: Desk, clock):
    engineer, site, asset = str(uuid4()), str(uuid4()), str(uuid4())
    first = await desk.open(severity=1, site_id=site, is_major=True)
    clock.advance(timedelta(hours=1))
    second = await desk.open(kind="service_request", severity=4, asset_id=asset, customer_id=str(uuid4()))
    await desk.act(second, "assign", engineer_id=engineer)
    third = await desk.in_progress(severity=3)
    one, two, three = first["id"], second["id"], third["id"]
    at = "2026-03-02T02:00:00Z"
    for params, expected in [
        ({"kind": "incident"}, {one, three}),
        ({"state": ["new", "in_progress"]}, {one, two, three}),
        ({"state": "in_progress"}, {three}),
        ({"severity": [1, 3]}, {one, three}),
        ({"number": first["number"]}, {one}),
        ({"number": first["number"].lower()}, {one}),
        ({"customer_id": str(CUSTOMER)}, {one, three}),
        ({"site_id": site}, {one}),
        ({"asset_id": asset}, {two}),
        ({"engineer_id": engineer}, {two}),
        ({"is_major": "true"}, {one}),
        ({"is_major": "false"}, {two, three}),
        ({"is_directory_unverified": "true"}, {one, two, three}),
        ({"is_directory_unverified": "false"}, set()),
        ({"reported_after": at}, {two, three}),
        ({"reported_before": at}, {one}),
        ({"updated_after": at}, {two, three}),
        ({"updated_before": at}, {one}),
        ({"kind": "incident", "severity": 4}, set()),
    ]:
        assert {t["id"] for t in await desk.items("/v1/tickets", **params)} == expected, params


async def test_pages_in_order(desk: Desk, clock):
    ids = []
    for _ in range(5):
        ids.append((await desk.open())["id"])
        clock.advance(timedelta(seconds=1))
    seen, cursor = [], {}
    while True:
        params = {"limit": 2, "include_total": "true", **cursor}
        page = (await desk.client.get("/v1/tickets", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        assert page["total"] == 5
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ids[::-1]
    ascending = await desk.items("/v1/tickets", sort="created_at")
    assert [one["id"] for one in ascending] == ids


async def test_corrections_need_the_version_seen(desk: Desk):
    ticket = await desk.open(description="old words")
    path, site = f"/v1/tickets/{ticket['id']}", str(uuid4())
    unconditional = await desk.client.patch(path, json={"title": "x"})
    assert (unconditional.status_code, unconditional.json()["code"]) == (428, "precondition-required")
    changes = {"title": "Edge router down", "site_id": site, "distance_km": 12.5, "tags": ["vip"]}
    done = await desk.client.patch(path, json=changes, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert {name: done.json()[name] for name in changes} == changes
    assert (done.json()["version"], done.headers["etag"]) == (2, '"2"')
    stale = await desk.client.patch(path, json={"title": "y"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
    event = (await desk.published(ticket))[-1]
    assert (event["type"], event["version"]) == ("ticketing.ticket.details_changed", 2)
    assert event["previous"] == {"site_id": None, "distance_km": None}
    assert (event["site_id"], event["distance_km"]) == (site, 12.5)
    assert await desk.items("/v1/tickets", q="router words")
    assert not await desk.items("/v1/tickets", q="switch")
    [entry] = await desk.rows("SELECT changes FROM audit_entry WHERE action = 'ticket.update'")
    assert entry["changes"]["title"] == ["Core switch down", "Edge router down"]
    cleared = await desk.client.patch(path, json={"site_id": None}, headers={"If-Match": '"2"'})
    assert cleared.json()["site_id"] is None
    nulled = await desk.client.patch(path, json={"title": None}, headers={"If-Match": '"3"'})
    assert nulled.status_code == 422


async def test_a_settled_ticket_is_not_corrected(desk: Desk):
    ticket = await desk.open()
    await desk.act(ticket, "cancel", reason="double")
    answer = await desk.client.patch(
        f"/v1/tickets/{ticket['id']}", json={"title": "x"}, headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket-settled")


async def test_an_unchanged_ticket_is_not_sent_again(desk: Desk):
    ticket = await desk.open()
    answer = await desk.client.get(f"/v1/tickets/{ticket['id']}", headers={"If-None-Match": '"1"'})
    assert answer.status_code == 304


async def test_a_level_is_suggested(desk: Desk):
    answer = await desk.client.post(
        "/v1/tickets:suggestSeverity", json={"extent": "whole", "impact": "stopped"}
    )
    assert (answer.status_code, answer.json()["severity"]) == (200, 1)
    assert set(answer.json()["definitions"]) == {"zh-CN", "en"}


BAD = [
    ({"title": ""}, 422, "/title"),
    ({"title": "x" * 201}, 422, "/title"),
    ({"title": None}, 422, "/title"),
    ({"severity": 0}, 422, "/severity"),
    ({"severity": "2"}, 422, "/severity"),
    ({"severity": 2.5}, 422, "/severity"),
    ({"kind": "problem"}, 422, "/kind"),
    ({"channel": "pigeon"}, 422, "/channel"),
    ({"channel": None}, 422, "/channel"),
    ({"customer_id": "nobody"}, 422, "/customer_id"),
    ({"distance_km": -1}, 422, "/distance_km"),
    ({"failed_at": "2026-03-02T01:00:00"}, 422, "/failed_at"),
    ({"failed_at": "2026-03-02T02:00:00Z"}, 422, "/failed_at"),
    ({"reported_at": "2026-03-02T02:00:00Z"}, 422, "/reported_at"),
    ({"tags": ["Not A Code"]}, 422, "/tags"),
    ({"wrong": 1}, 422, "/wrong"),
]


async def test_bad_reports_are_explained_in_both_languages(desk: Desk):
    for changes, status, place in BAD:
        body = report(**changes)
        english = await desk.refused("/v1/tickets", **body)
        chinese = await desk.refused("/v1/tickets", headers={"Accept-Language": "zh-CN"}, **body)
        assert english[0] == chinese[0] == status, body
        assert english[1]["errors"][0]["pointer"].startswith(f"#{place}")
        assert english[1]["code"] == chinese[1]["code"]
        assert english[1]["title"].isascii()
        assert is_chinese(chinese[1]["title"])
        assert is_chinese(chinese[1]["errors"][0]["detail"])


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


async def test_a_body_that_is_no_json(desk: Desk):
    headers = {"Content-Type": "application/json"}
    for content, status in [
        (b"{", 400),
        (b"[]", 422),
        (b"", 422),
        (b"\xff", 400),
        (b'{"title": "\\u0000"}', 422),
    ]:
        answer = await desk.client.post("/v1/tickets", content=content, headers=headers)
        assert answer.status_code == status, (content, answer.text)
    assert (await desk.everything())["ticket"] == 0
