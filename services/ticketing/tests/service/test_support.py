"""Comments, consents and support sessions."""

from datetime import timedelta
from uuid import uuid4

import pytest

from .desk import Desk

CONSENT = {"granted_by": "Ms Wang", "scope": "repair", "expires_at": "2026-03-02T09:00:00Z"}
FAILED = {"outcome": "failed", "actions": "Line card does not answer"}


async def consented(desk: Desk, ticket: dict, **changes: object) -> dict:
    answer = await desk.client.post(f"/v1/tickets/{ticket['id']}/consents", json={**CONSENT, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def session(desk: Desk, ticket: dict, **body: object) -> dict:
    answer = await desk.client.post(f"/v1/tickets/{ticket['id']}/support-sessions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_comments_stay_where_they_belong(desk: Desk, customer):
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}/comments"
    public = await desk.client.post(path, json={"body": "Part is coming, password=Topsecret99"})
    assert public.status_code == 201, public.text
    assert public.json()["masked_secrets"] == ["password"]
    assert "Topsecret99" not in public.text
    internal = await desk.client.post(path, json={"body": "Old firmware", "visibility": "internal"})
    answered = await customer.post(path, json={"body": "谢谢"})
    assert answered.status_code == 201
    assert [one["id"] for one in await desk.items(path)] == [
        public.json()["id"],
        internal.json()["id"],
        answered.json()["id"],
    ]
    assert [one["body"] for one in await desk.items(path, customer)] == [public.json()["body"], "谢谢"]
    assert len(await desk.timeline(ticket)) == 4
    assert len(await desk.timeline(ticket, customer)) == 3
    events = await desk.published(ticket)
    assert [event["version"] for event in events] == [1, 2, 3, 4]
    assert [event.get("visibility") for event in events] == [None, "public", "internal", "public"]
    assert all("body" not in event for event in events)
    assert await desk.audited(internal.json()) == ["comment.add"]
    status, problem = await desk.refused(path, customer, body="x", visibility="internal")
    assert (status, problem["code"]) == (403, "internal-comments-are-the-vendors")


async def test_consents(desk: Desk):
    ticket = await desk.open()
    consent = await consented(desk, ticket, access_reference="vault 7, password=Topsecret99")
    assert consent["granted_at"] == "2026-03-02T01:00:00.000000Z"
    assert "Topsecret99" not in consent["access_reference"]
    assert [one["id"] for one in await desk.items(f"/v1/tickets/{ticket['id']}/consents")] == [consent["id"]]
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["consent_id"]) == ("ticketing.consent.granted", consent["id"])
    assert await desk.audited(consent) == ["consent.grant"]
    path = f"/v1/tickets/{ticket['id']}/consents"
    for changes, code in [
        ({"granted_at": "2026-03-02T01:00:01Z"}, "occurred-in-future"),
        ({"expires_at": "2026-03-02T01:00:00Z"}, "consent-period"),
    ]:
        status, problem = await desk.refused(path, **{**CONSENT, **changes})
        assert (status, problem["errors"][0]["code"]) == (422, code)


async def test_remote_work_waits_for_verification_and_consent(desk: Desk, clock):
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}/support-sessions"
    consent = await consented(desk, ticket)
    remote = {"kind": "remote", "consent_id": consent["id"]}
    assert (await desk.refused(path, **remote))[1]["code"] == "reporter-unverified"
    await desk.act(ticket, "verifyReporter", how="Called back")
    status, problem = await desk.refused(path, kind="remote")
    assert (status, problem["code"]) == (409, "consent-required")
    foreign = await consented(desk, await desk.open())
    for unknown in (str(uuid4()), foreign["id"]):
        status, problem = await desk.refused(path, kind="remote", consent_id=unknown)
        assert (status, problem["code"]) == (404, "consent-not-found")
    clock.advance(timedelta(hours=8))
    assert (await desk.refused(path, **remote))[1]["code"] == "consent-required"
    for told, code in (
        ("2026-03-02T00:00:00Z", "occurred-too-early"),
        ("2090-01-01T00:00:00Z", "occurred-in-future"),
    ):
        [error] = (await desk.refused(path, **remote, started_at=told))[1]["errors"]
        assert (error["code"], error["pointer"]) == (code, "#/started_at")
    begun = await session(desk, ticket, **remote, started_at="2026-03-02T08:59:59Z")
    assert (begun["state"], begun["allowed_actions"]) == ("running", ["end"])
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["session_kind"]) == ("ticketing.support_session.started", "remote")
    assert told["occurred_at"] == "2026-03-02T08:59:59.000000Z"


async def test_a_remote_session_that_failed_sends_somebody(desk: Desk, clock):
    ticket = await desk.in_progress()
    await desk.act(ticket, "verifyReporter", how="Called back")
    begun = await session(desk, ticket, kind="remote", consent_id=(await consented(desk, ticket))["id"])
    clock.advance(timedelta(hours=1))
    path = f"/v1/tickets/{ticket['id']}/support-sessions/{begun['id']}"
    ended_at = "2026-03-02T01:40:00.000000Z"
    ended = await desk.client.post(f"{path}:end", json={**FAILED, "occurred_at": ended_at})
    assert ended.status_code == 200, ended.text
    assert (ended.json()["state"], ended.json()["ended_at"], ended.json()["version"]) == (
        "ended",
        ended_at,
        2,
    )
    assert (await desk.client.get(path)).json() == ended.json()
    shown = await desk.ticket(ticket)
    assert (shown["route"], shown["onsite_required_at"]) == ("onsite", ended_at)
    events = (await desk.published(ticket))[-3:]
    assert [event["type"].removeprefix("ticketing.") for event in events] == [
        "support_session.ended",
        "ticket.onsite_required",
        "visit.requested",
    ]
    assert {event["occurred_at"] for event in events} == {ended_at}
    [visit] = await desk.visits(ticket)
    assert (visit["state"], visit["requested_at"], visit["is_redispatch"]) == ("requested", ended_at, False)
    status, problem = await desk.refused(f"{path}:end", **FAILED)
    assert (status, problem["code"], problem["current_state"]) == (409, "invalid-state-transition", "ended")


async def test_other_sessions_send_nobody(desk: Desk):
    ticket = await desk.open()
    begun = await session(desk, ticket, kind="hotline")
    path = f"/v1/tickets/{ticket['id']}/support-sessions/{begun['id']}"
    assert (await desk.client.post(f"{path}:end", json=FAILED)).status_code == 200
    assert await desk.visits(ticket) == []
    status, _ = await desk.refused(
        f"/v1/tickets/{(await desk.open())['id']}/support-sessions/{begun['id']}:end", **FAILED
    )
    assert status == 404
    await desk.act(ticket, "cancel", reason="double")
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}/support-sessions", kind="hotline")
    assert (status, problem["code"]) == (409, "invalid-state-transition")


RESOLVED = {"cause_code": "hardware", "fix": "Replaced", "prevention": "UPS"}


@pytest.mark.parametrize("kind", ["remote", "hotline"])
@pytest.mark.parametrize("action", ["resolve", "cancel", "merge"])
async def test_a_ticket_is_not_settled_while_a_session_runs(desk: Desk, action: str, kind: str):
    """What was done under the customer's consent, and what came of it, is still to be written down."""
    ticket, other = await desk.in_progress(), await desk.open()
    await desk.act(ticket, "verifyReporter", how="Called back")
    under = {"consent_id": (await consented(desk, ticket))["id"]} if kind == "remote" else {}
    begun = await session(desk, ticket, kind=kind, **under)
    body = {"resolve": RESOLVED, "cancel": {"reason": "x"}, "merge": {"into_id": other["id"]}}[action]
    assert action not in (await desk.ticket(ticket))["allowed_actions"]
    status, problem = await desk.refused(f"/v1/tickets/{ticket['id']}:{action}", **body)
    assert (status, problem["code"], problem["session_id"]) == (409, "session-running", begun["id"])
    path = f"/v1/tickets/{ticket['id']}/support-sessions/{begun['id']}:end"
    ended = await desk.client.post(path, json={"outcome": "solved", "actions": "Restarted the card"})
    assert ended.status_code == 200
    assert action in (await desk.ticket(ticket))["allowed_actions"]
    await desk.act(ticket, action, **body)
