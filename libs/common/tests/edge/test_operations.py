"""The whole edge, through HTTP, on a real database."""

import asyncio
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import func, select
from starlette.types import Message
from structlog.testing import capture_logs

from common.audit import AuditEntry
from common.context import system
from common.idempotency import IdempotencyRow, prune_idempotency_keys
from common.web.quotas import Quota

from .conftest import token
from .sample import Parcel, sample_app

CUSTOMER = "0192f0c1-0000-7000-8000-000000000001"
OTHER = "0192f0c1-0000-7000-8000-000000000002"


def parcel(**changes: object) -> dict[str, object]:
    return {"weight_grams": 1200, "customer_id": CUSTOMER, "reference": f"P-{uuid4()}", **changes}


async def made(client, **changes: object) -> dict[str, object]:
    response = await client.post("/v1/parcels", json=parcel(**changes))
    assert response.status_code == 201, response.text
    return response.json()


async def count(database, table, *where) -> int:
    async with database.read(system("tests")) as session:
        return (await session.execute(select(func.count()).select_from(table).where(*where))).scalar_one()


async def test_create_then_read(client):
    response = await client.post("/v1/parcels", json=parcel(note="易碎"))
    assert response.status_code == 201, response.text
    assert response.headers["etag"] == '"1"'
    assert response.headers["location"] == f"/v1/parcels/{response.json()['id']}"
    assert response.json()["state_changed_at"] == "2026-11-01T12:00:00.000000Z"
    assert "易碎" in response.text
    read = await client.get(response.headers["location"])
    assert read.json() == response.json()
    assert read.headers["etag"] == '"1"'
    again = await client.get(response.headers["location"], headers={"If-None-Match": 'W/"1"'})
    assert (again.status_code, again.content) == (304, b"")


async def test_every_answer_is_stamped(client):
    response = await client.get("/v1/parcels", headers={"X-Request-Id": "mine-1"})
    assert response.headers["x-request-id"] == "mine-1"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    strange = await client.get("/nowhere", headers={"X-Request-Id": "not ours!"})
    assert strange.status_code == 404
    assert strange.headers["x-request-id"] != "not ours!"


async def test_audit_and_trace_are_written_with_the_change(client, database):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "X-Request-Id": "r1"}
    response = await client.post("/v1/parcels", json=parcel(), headers=headers)
    async with database.read(system("tests")) as session:
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.resource_id == response.json()["id"])
        )
    assert (entry.actor_id, entry.request_id, entry.trace_id) == ("u1", "r1", trace)
    assert entry.changes == {"state": [None, "packed"]}


class TestIdempotency:
    async def test_a_retry_changes_nothing_and_gets_the_same_answer(self, client, database):
        key, body = str(uuid4()), parcel()
        first = await client.post("/v1/parcels", json=body, headers={"Idempotency-Key": key})
        second = await client.post("/v1/parcels", json=body, headers={"Idempotency-Key": f'"{key}"'})
        assert first.status_code == second.status_code == 201
        assert second.content == first.content
        assert second.headers["idempotency-replayed"] == "true"
        assert second.headers["location"] == first.headers["location"]
        assert "idempotency-replayed" not in first.headers
        assert await count(database, Parcel, Parcel.reference == body["reference"]) == 1

    async def test_a_retried_action_is_no_conflict(self, client):
        row, key = await made(client), str(uuid4())
        path = f"/v1/parcels/{row['id']}:send"
        first = await client.post(path, json={}, headers={"Idempotency-Key": key, "If-Match": '"1"'})
        second = await client.post(path, json={}, headers={"Idempotency-Key": key, "If-Match": '"1"'})
        assert (first.status_code, second.status_code) == (200, 200)
        assert second.json() == first.json()
        third = await client.post(path, json={})
        assert third.status_code == 409
        assert third.json()["code"] == "invalid-state-transition"
        assert third.json()["allowed_actions"] == ["unpack"]
        assert third.json()["current_state"] == "sent"

    async def test_another_body_under_the_same_key_is_refused(self, client, database):
        key = str(uuid4())
        body = parcel()
        await client.post("/v1/parcels", json=body, headers={"Idempotency-Key": key})
        other = parcel()
        response = await client.post("/v1/parcels", json=other, headers={"Idempotency-Key": key})
        assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")
        assert await count(database, Parcel, Parcel.reference == other["reference"]) == 0

    async def test_keys_belong_to_their_principal(self, client, watch):
        key = str(uuid4())
        mine = await client.post("/v1/parcels", json=parcel(), headers={"Idempotency-Key": key})
        bearer = {"Authorization": f"Bearer {token(watch.now, sub='u2')}"}
        theirs = await client.post("/v1/parcels", json=parcel(), headers={"Idempotency-Key": key, **bearer})
        assert mine.status_code == theirs.status_code == 201
        assert mine.json()["id"] != theirs.json()["id"]

    async def test_a_refusal_is_not_remembered(self, client):
        key, reference = str(uuid4()), f"P-{uuid4()}"
        heavy = parcel(reference=reference, weight_grams=950_000)
        refused = await client.post("/v1/parcels", json=heavy, headers={"Idempotency-Key": key})
        assert (refused.status_code, refused.json()["code"]) == (409, "rule-violated")
        body = parcel(reference=reference)
        assert (
            await client.post("/v1/parcels", json=body, headers={"Idempotency-Key": key})
        ).status_code == 201

    async def test_twenty_at_once_make_one(self, client, database):
        key, body = str(uuid4()), parcel()
        calls = (client.post("/v1/parcels", json=body, headers={"Idempotency-Key": key}) for _ in range(20))
        answers = await asyncio.gather(*calls)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert await count(database, Parcel, Parcel.reference == body["reference"]) == 1

    async def test_keys_expire_and_are_pruned(self, client, database, watch):
        key = str(uuid4())
        first = await client.post("/v1/parcels", json=parcel(), headers={"Idempotency-Key": key})
        watch.on(hours=24, seconds=1)
        bearer = {"Authorization": f"Bearer {token(watch.now)}"}
        second = await client.post("/v1/parcels", json=parcel(), headers={"Idempotency-Key": key, **bearer})
        assert second.status_code == 201, second.text
        assert second.json()["id"] != first.json()["id"]
        watch.on(hours=25)
        async with database.transaction(system("tests")) as session:
            assert await prune_idempotency_keys(session, watch.now) >= 1
        assert await count(database, IdempotencyRow, IdempotencyRow.key == key) == 0

    async def test_required_and_malformed_keys(self, client):
        missing = await client.post("/v1/shelves:break")
        assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-required")
        bad = await client.post("/v1/parcels", json=parcel(), headers={"Idempotency-Key": "a b"})
        assert (bad.status_code, bad.json()["code"]) == (400, "malformed-header")


class TestVersions:
    async def test_a_change_needs_the_version_it_builds_on(self, client):
        row = await made(client)
        path = f"/v1/parcels/{row['id']}"
        missing = await client.patch(path, json={"note": "x"})
        assert (missing.status_code, missing.json()["code"]) == (428, "precondition-required")
        stale = await client.patch(path, json={"note": "x"}, headers={"If-Match": '"9"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")
        assert stale.headers["etag"] == '"1"'
        assert stale.json()["current_version"] == 1
        good = await client.patch(
            path,
            content=b'{"note": "x"}',
            headers={"If-Match": '"1"', "Content-Type": "application/merge-patch+json"},
        )
        assert (good.status_code, good.json()["note"], good.headers["etag"]) == (200, "x", '"2"')
        anyway = await client.patch(path, json={"note": None}, headers={"If-Match": "*"})
        assert (anyway.json()["note"], anyway.json()["version"]) == (None, 3)

    async def test_a_patch_touches_only_what_was_sent(self, client):
        row = await made(client, note="keep", weight_grams=5)
        path = f"/v1/parcels/{row['id']}"
        changed = await client.patch(path, json={"weight_grams": 6}, headers={"If-Match": '"1"'})
        assert (changed.json()["note"], changed.json()["weight_grams"]) == ("keep", 6)
        null = await client.patch(path, json={"weight_grams": None}, headers={"If-Match": '"2"'})
        assert null.status_code == 422
        assert null.json()["errors"][0]["pointer"] == "#/weight_grams"

    @pytest.mark.parametrize("tag", ["1", 'W/"1"', '"x"', '"1", "2"', '""'])
    async def test_malformed_tags(self, client, tag):
        row = await made(client)
        response = await client.patch(f"/v1/parcels/{row['id']}", json={}, headers={"If-Match": tag})
        assert (response.status_code, response.json()["code"]) == (400, "malformed-header")

    async def test_delete(self, client):
        row = await made(client)
        path = f"/v1/parcels/{row['id']}"
        gone = await client.delete(path, headers={"If-Match": '"1"'})
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await client.get(path)).status_code == 404


class TestRefusals:
    async def test_fields_are_named_in_both_languages(self, client):
        body = {
            "customer_id": "x",
            "reference": "",
            "weight_grams": True,
            "colour": 1,
            "occurred_at": "yesterday",
        }
        english = (await client.post("/v1/parcels", json=body)).json()
        chinese = await client.post("/v1/parcels", json=body, headers={"Accept-Language": "zh-CN,en;q=0.5"})
        told = {error["pointer"]: error["code"] for error in english["errors"]}
        assert told == {
            "#/customer_id": "uuid-parsing",
            "#/reference": "string-too-short",
            "#/weight_grams": "int-type",
            "#/colour": "extra-forbidden",
            "#/occurred_at": "instant",
        }
        assert english["code"] == "validation-failed"
        assert chinese.headers["content-language"] == "zh-CN"
        assert chinese.headers["vary"] == "Accept-Language"
        assert "应为整数" in [error["detail"] for error in chinese.json()["errors"]]
        assert {error["pointer"] for error in chinese.json()["errors"]} == set(told)

    @pytest.mark.parametrize(
        ("content", "media", "status", "code"),
        [
            (b"{", "application/json", 400, "malformed-json"),
            (b'{"weight_grams": NaN}', "application/json", 400, "malformed-json"),
            (b"\xff", "application/json", 400, "malformed-json"),
            (b"{}", "text/plain", 415, "unsupported-media-type"),
            (b"{}", "application/json; charset=gbk", 415, "unsupported-media-type"),
            (b"[]", 'application/json; charset="UTF-8"; q=1', 422, "validation-failed"),
            (b"{}", "", 415, "unsupported-media-type"),
            (b'{"reference": "a\\u0000b"}', "application/json", 422, "nul-character"),
            (b'{"reference": "a\\\\u0000b"}', "application/json", 422, "validation-failed"),
            (b"[" * 900 + b'"\\u0000"' + b"]" * 900, "application/json", 422, "nul-character"),
            (b'{"a\\u0000b": 1}', "application/json", 422, "nul-character"),
            (b"[]", "application/json", 422, "validation-failed"),
            (b" " * (1024 * 1024 + 1), "application/json", 413, "body-too-large"),
        ],
    )
    async def test_bodies_that_cannot_be_read(self, client, content, media, status, code):
        headers = {"Content-Type": media} if media else {}
        response = await client.post("/v1/parcels", content=content, headers=headers)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert response.headers["content-type"] == "application/problem+json"

    async def test_a_long_body_in_pieces_is_cut_off(self, client):
        async def pieces():
            for _ in range(40):
                yield b" " * 65536

        response = await client.post(
            "/v1/parcels", content=pieces(), headers={"Content-Type": "application/json"}
        )
        assert response.status_code == 413

    async def test_a_body_that_never_ends_is_not_waited_for(self, client, monkeypatch):
        monkeypatch.setattr("common.web.bodies.SILENCE_SECONDS", 0.05)

        async def pieces():
            yield b"{"
            await asyncio.Event().wait()

        response = await client.post(
            "/v1/parcels", content=pieces(), headers={"Content-Type": "application/json"}
        )
        assert (response.status_code, response.json()["code"]) == (408, "body-late")
        assert response.headers["connection"] == "close"

    async def test_a_body_that_trickles_is_not_waited_for(self, client, monkeypatch):
        monkeypatch.setattr("common.web.bodies.LONGEST_SECONDS", 0.05)

        async def pieces():
            while True:
                yield b" "
                await asyncio.sleep(0.01)

        response = await client.post(
            "/v1/parcels", content=pieces(), headers={"Content-Type": "application/json"}
        )
        assert response.status_code == 408

    async def test_whoever_hangs_up_is_no_fault_of_ours(self, app, watch):
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": "/v1/parcels",
            "raw_path": b"/v1/parcels",
            "query_string": b"",
            "headers": [
                (b"authorization", f"Bearer {token(watch.now)}".encode()),
                (b"content-type", b"application/json"),
                (b"content-length", b"20"),
            ],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        with capture_logs() as logs:
            await app(scope, receive, send)
        assert sent == []
        assert [(one["event"], one.get("status")) for one in logs] == [("request", 499)]

    async def test_wrong_method_names_the_right_ones(self, client):
        row = await made(client)
        response = await client.put(f"/v1/parcels/{row['id']}", json={})
        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
        assert response.headers["allow"] == "DELETE, GET, PATCH"
        verb = await client.get(f"/v1/parcels/{row['id']}:send")
        assert (verb.status_code, verb.headers["allow"]) == (405, "POST")

    @pytest.mark.parametrize(
        "path", ["/v1/parcels/7", "/v1/parcels/x:send", "/v1/parcels/", "/v1/shelves/UP"]
    )
    async def test_malformed_ids_are_not_found(self, client, path):
        response = await client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not-found")

    async def test_constraints_with_a_meaning(self, client):
        row = await made(client)
        response = await client.post("/v1/parcels", json=parcel(reference=row["reference"]))
        assert (response.status_code, response.json()["code"]) == (409, "reference-taken")
        assert response.json()["detail"] == "Choose another reference."

    async def test_a_fault_of_ours_says_nothing_about_it(self, client):
        response = await client.post("/v1/shelves:break", headers={"Idempotency-Key": "k"})
        assert (response.status_code, response.json()["code"]) == (500, "internal-error")
        assert "hunter22" not in response.text
        assert "RuntimeError" not in response.text

    async def test_facts_of_a_command(self, client):
        response = await client.post("/v1/parcels", json=parcel(occurred_at="2026-11-01T20:00:01+08:00"))
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "#/occurred_at"

    async def test_a_nul_in_the_query(self, client):
        response = await client.get("/v1/parcels?reference=a%00b")
        assert (response.status_code, response.json()["code"]) == (422, "nul-character")


class TestAccess:
    async def test_no_token(self, client):
        response = await client.get("/v1/parcels", headers={"Authorization": ""})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="api"'

    async def test_bad_token(self, client):
        response = await client.post("/v1/parcels", content=b"{", headers={"Authorization": "Bearer x"})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="api", error="invalid_token"'

    async def test_scope(self, client, watch):
        bearer = {"Authorization": f"Bearer {token(watch.now, roles=['stock'])}"}
        assert (await client.get("/v1/parcels", headers=bearer)).status_code == 200
        response = await client.post("/v1/parcels", json=parcel(), headers=bearer)
        assert response.status_code == 403
        challenge = 'Bearer realm="api", error="insufficient_scope", scope="tickets.write"'
        assert response.headers["www-authenticate"] == challenge

    async def test_a_customer_sees_its_own(self, client, watch):
        mine, theirs = await made(client), await made(client, customer_id=OTHER)
        bearer = {"Authorization": f"Bearer {token(watch.now, roles=['customer'], customer_id=CUSTOMER)}"}
        assert (await client.get(f"/v1/parcels/{mine['id']}", headers=bearer)).status_code == 200
        assert (await client.get(f"/v1/parcels/{theirs['id']}", headers=bearer)).status_code == 404
        sent = await client.post(f"/v1/parcels/{theirs['id']}:send", json={}, headers=bearer)
        assert sent.status_code == 404
        listed = (await client.get("/v1/parcels?limit=200", headers=bearer)).json()["items"]
        assert {row["customer_id"] for row in listed} == {CUSTOMER}


async def test_quota(database, settings, watch):
    import httpx  # noqa: PLC0415

    app = sample_app(database, settings, watch, quotas={"user": Quota("user", 2, 60)})
    headers = {"Authorization": f"Bearer {token(watch.now)}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://depot", headers=headers
    ) as client:
        first = await client.get("/v1/parcels")
        assert first.headers["ratelimit-policy"] == '"user";q=2;w=60'
        assert first.headers["ratelimit"] == '"user";r=1;t=60'
        await client.get("/v1/parcels")
        third = await client.get("/v1/parcels")
        assert (third.status_code, third.json()["code"]) == (429, "quota-exceeded")
        assert third.headers["retry-after"] == "60"
        watch.on(seconds=120)
        assert (await client.get("/v1/parcels")).status_code == 200


class TestPages:
    async def test_all_pages_give_everything_once(self, client):
        reference = [(await made(client, weight_grams=weight))["id"] for weight in (3, 1, 2, 2, 2, 1)]
        seen: list[str] = []
        path = "/v1/parcels?sort=weight_grams,-created_at&limit=2"
        while path:
            page = await client.get(path)
            seen += [row["id"] for row in page.json()["items"]]
            link = page.headers.get("link")
            assert (link is None) == (page.json()["next_cursor"] is None)
            path = link.partition(">")[0].removeprefix("<") if link else None
        assert len(seen) == len(set(seen))
        assert set(reference) <= set(seen)

    async def test_totals(self, client):
        row = await made(client)
        page = (await client.get(f"/v1/parcels?reference={row['reference']}&include_total=true")).json()
        assert (page["total"], page["total_is_capped"], page["next_cursor"]) == (1, False, None)

    async def test_totals_of_a_list_without_a_filter(self, client):
        for _ in range(3):
            await made(client)
        whole = (await client.get("/v1/parcels?limit=200&include_total=true")).json()
        page = (await client.get("/v1/parcels?limit=1&include_total=true")).json()
        assert page["total"] == whole["total"] == len(whole["items"]) >= 3

    async def test_cursors_are_bound_and_sealed(self, client, watch):
        for _ in range(3):
            await made(client)
        cursor = (await client.get("/v1/parcels?limit=1")).json()["next_cursor"]
        assert (await client.get(f"/v1/parcels?limit=2&cursor={cursor}")).status_code == 200
        altered = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        for query in (
            f"cursor={altered}",
            f"state=sent&cursor={cursor}",
            f"sort=created_at&cursor={cursor}",
            "cursor=é",
        ):
            response = await client.get(f"/v1/parcels?{query}")
            assert (response.status_code, response.json()["code"]) == (400, "invalid-cursor")
        watch.on(hours=73)
        late = {"Authorization": f"Bearer {token(watch.now)}"}
        assert (await client.get(f"/v1/parcels?cursor={cursor}", headers=late)).status_code == 400

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=201", "sort=colour", "state=lost", "colour=red", "include_total=1", "limit=x"],
    )
    async def test_bad_queries(self, client, query):
        response = await client.get(f"/v1/parcels?{query}")
        assert response.status_code == 422
        assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]


class TestTechnical:
    async def test_vocabularies(self, client):
        response = await client.get("/v1/vocabularies/parcel_state")
        assert response.json()["items"][1]["labels"] == {"zh-CN": "已寄出", "en": "Sent"}
        assert (response.headers["etag"], response.headers["cache-control"]) == (
            '"1"',
            "private, max-age=300",
        )
        again = await client.get("/v1/vocabularies/parcel_state", headers={"If-None-Match": '"1"'})
        assert again.status_code == 304
        assert (await client.get("/v1/vocabularies/nothing")).status_code == 404

    async def test_the_trail_can_be_read(self, client, watch):
        row = await made(client)
        page = (await client.get(f"/v1/audit-entries?resource_id={row['id']}")).json()
        assert [entry["action"] for entry in page["items"]] == ["parcel.packed"]
        bearer = {"Authorization": f"Bearer {token(watch.now, roles=['agent'])}"}
        assert (await client.get("/v1/audit-entries", headers=bearer)).status_code == 403

    async def test_probes(self, client, app):
        for path in ("/livez", "/readyz", "/startupz", "/healthz"):
            assert (await client.get(path)).text == "ok\n"
        verbose = await client.get("/readyz?verbose")
        assert verbose.text.splitlines() == ["[+]started ok", "[+]database ok", "[+]keys ok"]
        app.health.drain()
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/livez")).status_code == 200

    async def test_metrics(self, client):
        await client.get("/v1/parcels")
        page = (await client.get("/metrics")).text
        series = 'http_request_method="GET",http_response_status_code="200",http_route="/v1/parcels"'
        assert f"http_server_request_duration_seconds_count{{{series}}}" in page

    async def test_documents(self, client):
        document = orjson.loads((await client.get("/openapi.json", headers={"Authorization": ""})).content)
        assert document["openapi"].startswith("3.1")
        assert "Parcel" in document["components"]["schemas"]
        assert "ParcelOut" not in document["components"]["schemas"]
        assert (await client.get("/asyncapi.json")).json()["asyncapi"] == "3.0.0"
