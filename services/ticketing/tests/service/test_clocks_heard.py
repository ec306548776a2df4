"""What clocks tell a ticket: entries on its timeline, and each step climbed once."""

import asyncio
from uuid import uuid4

import pytest

from common.errors import Invalid, NotFound

from .desk import Desk


@pytest.mark.parametrize(
    ("name", "percent", "cause"),
    [("warned", 75, "sla_warning"), ("breached", 100, "sla_breach"), ("escalated", 150, "sla_breach")],
)
async def test_a_crossing_is_noted_and_climbs_once(desk: Desk, customer, name: str, percent: int, cause: str):
    ticket = await desk.open()
    event = desk.clock_event(ticket, name, threshold_percent=percent, escalate_to="team_lead")
    await desk.hear(event)
    entry = (await desk.timeline(ticket))[-2]
    assert entry["type"] == f"sla.clock.{name}"
    assert (entry["facts"]["threshold_percent"], entry["facts"]["clause"]) == (percent, "§1.2.4")
    assert len(await desk.timeline(ticket, customer)) == 1
    [step] = await desk.items(f"/v1/tickets/{ticket['id']}/escalations")
    assert (step["step"], step["cause"], step["clock_id"]) == ("team_lead", cause, event.data["clock_id"])
    assert step["created_by"] == "ticketing"
    told = (await desk.published(ticket))[-1]
    assert (told["type"], told["version"], told["cause"]) == ("ticketing.ticket.escalated", 2, cause)
    [header] = await desk.rows(
        "SELECT headers ->> 'ce_causationid' AS id FROM outbox ORDER BY seq DESC LIMIT 1"
    )
    assert header["id"] == str(event.id)
    await desk.hear(event, event)
    assert len(await desk.items(f"/v1/tickets/{ticket['id']}/escalations")) == 1
    assert len(await desk.published(ticket)) == 2


async def test_doubles_at_once_climb_once(desk: Desk):
    ticket = await desk.open()
    event = desk.clock_event(ticket, "breached", escalate_to="service_manager")
    await asyncio.gather(*(desk.hear(event) for _ in range(4)))
    assert len(await desk.items(f"/v1/tickets/{ticket['id']}/escalations")) == 1


async def test_thresholds_and_due_times_climb_on_their_own(desk: Desk):
    ticket = await desk.open()
    clock = {"clock_id": str(uuid4()), "escalate_to": "team_lead"}
    await desk.hear(
        desk.clock_event(ticket, "warned", threshold_percent=50, **clock),
        desk.clock_event(ticket, "warned", threshold_percent=75, **clock),
        desk.clock_event(ticket, "warned", threshold_percent=75, due_revision=2, **clock),
    )
    assert len(await desk.items(f"/v1/tickets/{ticket['id']}/escalations")) == 3


async def test_a_crossing_without_a_step_is_only_noted(desk: Desk):
    ticket = await desk.open()
    await desk.act(ticket, "cancel", reason="double")
    await desk.hear(desk.clock_event(ticket, "warned", threshold_percent=50))
    assert (await desk.timeline(ticket))[-1]["type"] == "sla.clock.warned"
    assert await desk.items(f"/v1/tickets/{ticket['id']}/escalations") == []
    assert await desk.types(ticket) == ["ticket.opened", "ticket.cancelled"]


async def test_a_correction_is_noted(desk: Desk):
    ticket = await desk.open()
    told = {"previous_state": "breached", "state": "met", "withdraws_breach": True, "reason": "told later"}
    await desk.hear(desk.clock_event(ticket, "corrected", **told))
    entry = (await desk.timeline(ticket))[-1]
    assert entry["type"] == "sla.clock.corrected"
    assert {name: entry["facts"][name] for name in told} == told


async def test_clocks_of_other_things_are_left_alone(desk: Desk):
    ticket = await desk.open()
    before = await desk.everything()
    await desk.hear(
        desk.clock_event(ticket, "breached", subject_type="change", escalate_to="team_lead"),
        desk.clock_event(
            ticket,
            "corrected",
            subject_type="change",
            previous_state="met",
            withdraws_breach=False,
            reason="x",
        ),
    )
    assert await desk.everything() == before


async def test_what_cannot_be_applied_leaves_no_trace(desk: Desk):
    ticket = await desk.open()
    before = await desk.everything()
    with pytest.raises(Invalid):
        await desk.hear(desk.clock_event(ticket, "breached", escalate_to="nobody"))
    with pytest.raises(NotFound):
        await desk.hear(desk.clock_event({"id": str(uuid4())}, "breached"))
    assert await desk.everything() == before
