"""Incidents from the report to the end, with every promise of §1.2.4 and §1.2.5 on the way."""

from datetime import timedelta
from uuid import UUID

from common.testing import START
from tests.stories.town import Town

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(moment) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


async def test_a_late_response_breaches_and_climbs(town: Town):
    """§1.2.4: hotline, 30 minutes; §1.2.1.5: each step once."""
    case = await town.open(locality="out_of_town")
    await town.open(severity=3, channel="email")
    assert (await case.clock("response"))["due_at"] == at(START + 30 * MINUTE)
    await town.later(minutes=31)
    assert (await case.clock("response"))["state"] == "breached"
    assert await case.steps() == ["team_lead", "service_manager"]
    await town.later(minutes=9)
    await case.act("acknowledge")
    clock = await case.clock("response")
    assert (clock["state"], clock["stopped_at"]) == ("met_late", at(START + 40 * MINUTE))
    await town.later(hours=2)
    assert await case.steps() == ["team_lead", "service_manager"]
    assert await case.told() == ["sla.clock.warned"] * 2 + ["sla.clock.breached"]


async def test_a_response_told_late_withdraws_the_breach(town: Town):
    case = await town.open()
    await town.later(minutes=45)
    assert (await case.clock("response"))["state"] == "breached"
    assert await case.steps() == ["team_lead", "service_manager", "steering_group"]
    await case.act("acknowledge", at=START + 25 * MINUTE)
    clock = await case.clock("response")
    assert (clock["state"], clock["stopped_at"], clock["breached_at"]) == (
        "met",
        at(START + 25 * MINUTE),
        None,
    )
    assert "sla.clock.corrected" in await case.told()


async def test_the_onsite_clock_starts_when_the_remote_session_failed(town: Town):
    """§1.2.4: out of town 6 h, counted from the session's end."""
    case = await town.open(locality="out_of_town")
    await town.later(minutes=10)
    await case.act("acknowledge")
    await case.remote_session("failed", minutes=50)
    clock = await case.clock("onsite")
    assert (clock["started_at"], clock["due_at"]) == (at(START + HOUR), at(START + 7 * HOUR))
    await town.later(hours=5)
    assert await case.steps() == ["team_lead"]
    await case.visit("offer", "accept", "depart", "arrive")
    assert (await case.clock("onsite"))["state"] == "met"
    await town.later(hours=9)
    assert await case.steps() == ["team_lead"]


async def test_a_graver_level_counts_from_the_start(town: Town):
    """T7: 4 h become 2 h; the elapsed time counts."""
    case = await town.open(severity=3, locality="local", channel="portal")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await town.later(hours=1)
    assert (await case.clock("onsite"))["due_at"] == at(START + 4 * HOUR)
    await case.act("changeSeverity", severity=1, reason="everything is down")
    assert (await case.clock("onsite"))["due_at"] == at(START + 2 * HOUR)
    await town.later(minutes=61)
    assert (await case.clock("onsite"))["state"] == "breached"
    await case.act("changeSeverity", severity=4, reason="a spare runs")
    clock = await case.clock("onsite")
    assert (clock["state"], clock["due_at"], clock["breached_at"]) == ("running", at(START + 4 * HOUR), None)
    assert "sla.clock.corrected" in await case.told()


async def test_a_customer_who_waits_stops_the_clock(town: Town):
    """T5; waiting for parts does not."""
    case = await town.open(severity=2, locality="local")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await town.later(minutes=30)
    await case.act("wait", reason="customer", note="no key")
    clock = await case.clock("onsite")
    assert (clock["state"], clock["due_at"], clock["remaining_seconds"]) == ("paused", None, 5400)
    await town.later(hours=5)
    assert (await case.clock("onsite"))["state"] == "paused"
    await case.act("resume")
    assert (await case.clock("onsite"))["due_at"] == at(START + 7 * HOUR)
    await case.act("wait", reason="parts", note="ordered")
    assert (await case.clock("onsite"))["state"] == "running"


async def test_a_fault_found_major_later_is_owed_from_the_notice(town: Town):
    """§1.2.5: 24 hours from the notice, beside the level's own clock."""
    case = await town.open(severity=2, locality="local")
    await case.act("acknowledge")
    await town.later(hours=20)
    await case.act("flagMajor", reason="the hall is dark")
    clock = await case.clock("onsite_major")
    assert (clock["started_at"], clock["due_at"]) == (at(START), at(START + 24 * HOUR))
    await town.later(hours=5)
    assert (await case.clock("onsite_major"))["state"] == "breached"


async def test_a_fault_found_major_after_the_time_breaches_once(town: Town):
    case = await town.open()
    await case.act("acknowledge")
    await town.later(hours=40)
    await case.act("flagMajor", reason="the hall is dark")
    await town.later(minutes=1)
    assert (await case.clock("onsite_major"))["state"] == "breached"
    assert await case.told() == ["sla.clock.breached"]


async def test_a_locality_learnt_late_changes_the_promise(town: Town):
    """Unknown counts as local and says so; out of town gives the longer time from the same start."""
    case = await town.open(severity=1)
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    clock = await case.clock("onsite")
    assert (clock["due_at"], clock["commitment_id"]) == (at(START + 2 * HOUR), "onsite-l1-l2-unknown")
    await town.later(hours=3)
    assert (await case.clock("onsite"))["state"] == "breached"
    await case.correct(locality="out_of_town")
    clock = await case.clock("onsite")
    assert (clock["state"], clock["due_at"]) == ("running", at(START + 6 * HOUR))


async def test_a_visit_left_unresolved_owes_another(town: Town):
    """§1.2.4: the second dispatch by distance, 12 h from 1000 km on; §1.2.1.6: it climbs."""
    case = await town.open(locality="local", distance_km=1000)
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await town.later(hours=1)
    await case.visit("offer", "accept", "arrive", "leaveUnresolved")
    clock = await case.clock("redispatch")
    assert (clock["due_at"], clock["commitment_id"]) == (at(START + 13 * HOUR), "redispatch-far")
    assert await case.steps() == ["team_lead"]
    await town.later(hours=2)
    await case.visit("offer", "accept", "arrive")
    assert (await case.clock("redispatch"))["state"] == "met"


async def test_dissatisfied_after_the_resolution_another_is_owed_and_sent(town: Town):
    """§1.2.4: the clock runs from the customer's word, and there is a visit that stops it."""
    case = await town.open(severity=3, locality="local", distance_km=12)
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await town.later(hours=1)
    await case.visit("offer", "accept", "arrive", "begin", "complete")
    await case.act("resolve", cause_code="power", fix="plugged in")
    await town.later(hours=3)
    await case.visit("recordSatisfaction")
    clock = await case.clock("redispatch")
    assert (clock["state"], clock["due_at"]) == ("running", at(START + 12 * HOUR))
    await town.later(hours=2)
    await case.visit("offer", "accept", "arrive")
    assert (await case.clock("redispatch"))["state"] == "met"
    assert (await case.clock("onsite"))["state"] == "met"


async def test_a_survivor_keeps_the_time_that_was_promised_to_the_merged_ticket(town: Town):
    survivor, merged = await town.open(severity=3, locality="local"), await town.open(severity=3)
    await merged.act("requireOnsite", reason="remote access is down")
    await town.later(hours=1)
    await merged.act("merge", into_id=survivor.ticket["id"])
    assert (await merged.clock("onsite"))["state"] == "cancelled"
    clock = await survivor.clock("onsite")
    assert (clock["state"], clock["due_at"]) == ("running", at(START + 4 * HOUR))
    await town.later(hours=1)
    await survivor.visit("offer", "accept", "arrive")
    assert (await survivor.clock("onsite"))["state"] == "met"


async def test_what_was_promised_goes_on_after_reopening_and_somebody_is_sent(town: Town):
    case = await town.open(severity=3, locality="local")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await case.act("resolve", cause_code="power", fix="plugged in")
    await town.later(hours=10)
    await case.act("reopen", reason="dark again")
    assert (await case.clock("onsite"))["state"] == "running"
    await case.visit("offer", "accept", "arrive")
    assert (await case.clock("onsite"))["state"] == "met"


async def test_a_need_after_the_visit_is_owed_anew(town: Town):
    """§1.2.5: it begins a clock of its own, which another visit stops."""
    case = await town.open(severity=3, locality="local")
    await case.act("requireOnsite", reason="remote access is down")
    await case.visit("offer", "accept", "arrive", "begin", "complete")
    await town.later(hours=1)
    await case.act("requireOnsite", reason="a claim was made")
    clock = await case.clock("onsite")
    assert (clock["state"], clock["due_at"]) == ("running", at(START + 5 * HOUR))
    await case.visit("offer", "accept", "arrive")
    assert (await case.clock("onsite"))["state"] == "met"


async def test_cancelling_and_merging_end_the_clocks(town: Town):
    survivor = await town.open()
    merged, cancelled = await town.open(), await town.open(channel="fax")
    for case in (merged, cancelled):
        await case.act("requireOnsite", reason="remote access is down")
    await town.later(minutes=5)
    await merged.act("merge", into_id=survivor.ticket["id"])
    await cancelled.act("cancel", reason="told twice")
    for case in (merged, cancelled):
        assert (await case.clock("response"))["state"] == "cancelled"
        assert (await case.clock("onsite"))["state"] == "cancelled"
    await town.later(days=1)
    assert await merged.told() == await cancelled.told() == []


async def test_reopening_goes_on_where_it_stopped(town: Town):
    """T7: the time between resolution and reopening does not count."""
    case = await town.open(severity=3, locality="local")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    await town.later(hours=1)
    await case.act("resolve", cause_code="power", fix="plugged in")
    assert (await case.clock("onsite"))["state"] == "cancelled"
    await town.later(hours=10)
    await case.act("reopen", reason="dark again")
    clock = await case.clock("onsite")
    assert (clock["state"], clock["due_at"]) == ("running", at(START + 14 * HOUR))


async def test_mail_and_fax_are_answered_within_the_hour(town: Town):
    for channel in ("email", "fax"):
        case = await town.open(channel=channel)
        assert (await case.clock("response"))["due_at"] == at(START + HOUR)
    await town.later(minutes=60)
    await case.act("acknowledge")
    assert (await case.clock("response"))["state"] == "met"


async def test_a_special_case_is_answered_by_its_level(town: Town):
    case = await town.open()
    await case.act("setResponseCase", response_case="special", reason="a holiday of theirs")
    assert (await case.clock("response"))["due_at"] == at(START + HOUR)


async def test_a_service_request_comes_by_distance(town: Town):
    """§1.2.4: under 1000 km 8 h, exactly 1000 and above 12 h, unknown counts as near."""
    for distance, hours in ((999.9, 8), (1000, 12), (None, 8)):
        told = {} if distance is None else {"distance_km": distance}
        case = await town.open(kind="service_request", **told)
        await case.act("acknowledge")
        await case.act("requireOnsite", reason="it has to be shown")
        clock = await case.clock("onsite")
        assert clock["due_at"] == at(town.clock.now + hours * HOUR)
        [(assumed,)] = await town.rows("sla", "SELECT assumed FROM clock WHERE id = $1", UUID(clock["id"]))
        assert ("distance_km" in assumed) == (distance is None)


async def test_what_was_crossed_before_a_wait_is_announced_under_the_due_time_it_crossed(town: Town):
    """A crossing's identity is the same in the announcement as among the decided ones."""
    case = await town.open(severity=3, locality="local", channel="portal")
    await case.act("acknowledge")
    await case.act("requireOnsite", reason="remote access is down")
    town.clock.advance(timedelta(hours=3))
    await case.act("wait", reason="customer", note="no key")
    town.clock.advance(timedelta(hours=1))
    await case.act("resume")
    await town.later(seconds=1)
    decided = await town.rows("sla", "SELECT percent, due_revision FROM crossing WHERE outcome = 'announced'")
    told = await town.rows(
        "sla",
        "SELECT (convert_from(payload, 'UTF8')::jsonb ->> 'threshold_percent')::int, "
        "(convert_from(payload, 'UTF8')::jsonb ->> 'due_revision')::bigint FROM outbox "
        "WHERE type ~ 'clock.warned'",
    )
    assert told == decided
    assert len(told) == 1
