"""Several at once, and the same twice: exactly one of everything."""

import asyncio
from collections import Counter

import httpx

from .desk import Desk, report


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_a_retry_is_answered_as_before(desk: Desk):
    headers = {"Idempotency-Key": "retry-1"}
    first = await desk.client.post("/v1/tickets", json=report(), headers=headers)
    again = await desk.client.post("/v1/tickets", json=report(), headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["location"] == first.headers["location"]
    status, problem = await desk.refused("/v1/tickets", headers=headers, **report(title="Another"))
    assert (status, problem["code"]) == (422, "idempotency-key-reused")
    assert (await desk.everything())["ticket"] == 1


async def test_a_retried_action_acts_once(desk: Desk):
    ticket = await desk.open()
    path, headers = f"/v1/tickets/{ticket['id']}:acknowledge", {"Idempotency-Key": "ack-1"}
    first = await desk.client.post(path, headers=headers)
    again = await desk.client.post(path, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert await desk.types(ticket) == ["ticket.opened", "ticket.acknowledged"]


async def test_one_key_sent_at_once_opens_one_ticket(desk: Desk):
    headers = {"Idempotency-Key": "same"}
    answers = await asyncio.gather(
        *(desk.client.post("/v1/tickets", json=report(), headers=headers) for _ in range(8))
    )
    assert statuses(answers) == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    rows = await desk.everything()
    assert (rows["ticket"], rows["outbox"], rows["timeline_entry"]) == (1, 1, 1)


async def test_two_acknowledge_at_once(desk: Desk):
    ticket = await desk.open()
    path = f"/v1/tickets/{ticket['id']}:acknowledge"
    answers = await asyncio.gather(desk.client.post(path), desk.client.post(path))
    assert statuses(answers) == [200, 409]
    [problem] = [answer.json() for answer in answers if answer.status_code == 409]
    assert problem["current_state"] == "acknowledged"
    assert "start" in problem["allowed_actions"]
    assert await desk.types(ticket) == ["ticket.opened", "ticket.acknowledged"]


async def test_one_reference_at_once_opens_one_ticket(desk: Desk):
    body = report(external_reference="ITSM-9")
    answers = await asyncio.gather(*(desk.client.post("/v1/tickets", json=body) for _ in range(6)))
    assert Counter(statuses(answers)) == {201: 1, 409: 5}
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"external-reference-raced", "external-reference-taken"}
    assert (await desk.everything())["ticket"] == 1


async def test_numbers_are_unique(desk: Desk):
    tickets = await asyncio.gather(*(desk.open() for _ in range(60)))
    numbers = sorted(ticket["number"] for ticket in tickets)
    assert numbers == [f"INC-2026-{n:06d}" for n in range(1, 61)]


async def test_two_tickets_merged_into_each_other(desk: Desk):
    for _ in range(5):
        one, two = await desk.open(), await desk.open()
        answers = await asyncio.gather(
            desk.client.post(f"/v1/tickets/{one['id']}:merge", json={"into_id": two["id"]}),
            desk.client.post(f"/v1/tickets/{two['id']}:merge", json={"into_id": one["id"]}),
        )
        assert statuses(answers) == [200, 409], [answer.text for answer in answers]
        states = sorted([(await desk.ticket(one))["state"], (await desk.ticket(two))["state"]])
        assert states == ["cancelled", "new"]


async def test_actions_on_ticket_and_visit_at_once_do_not_block(desk: Desk):
    ticket = await desk.in_progress(severity=3)
    visit = await desk.on_site(ticket)
    answers = await asyncio.gather(
        desk.client.post(f"/v1/tickets/{ticket['id']}:resolve", json={"cause_code": "power", "fix": "x"}),
        desk.client.post(f"/v1/visits/{visit['id']}:leaveUnresolved", json={"reason": "late"}),
        desk.client.post(f"/v1/tickets/{ticket['id']}/comments", json={"body": "hello"}),
        desk.client.post(f"/v1/tickets/{ticket['id']}:escalate", json={"to": "team_lead", "reason": "x"}),
    )
    assert set(statuses(answers)) <= {200, 201, 409}
    events = await desk.published(ticket)
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
