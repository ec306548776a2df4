"""Stories of incidents: the same clocks whether each event comes once, twice, or all come at the end."""

from datetime import timedelta

from tests.stories.house import House


async def test_a_late_answer_climbs_the_ladder(house: House) -> None:
    ticket = await house.incident(reported_at=house.clock() - timedelta(minutes=31), locality="local")
    await house.settle()
    await house.finish()
    assert await house.clocks(ticket) == {"response": ("response-hotline", "breached", 30)}
    assert await house.steps(ticket) == [("service_manager", "sla_breach")]


async def test_an_answer_told_late_withdraws_the_breach(house: House) -> None:
    ticket = await house.incident(reported_at=house.clock() - timedelta(minutes=31))
    await house.settle()
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:acknowledge", occurred_at=house.clock() - timedelta(minutes=20))
    await house.finish()
    assert await house.clocks(ticket) == {"response": ("response-hotline", "met", 30)}
    told = {entry["type"] for entry in (await house.get("ticketing", f"{path}/timeline"))["items"]}
    assert ("sla.clock.corrected" in told) is (house.way != "lump")


async def test_remote_help_fails_and_somebody_goes(house: House) -> None:
    began = house.clock() - timedelta(minutes=60)
    ticket = await house.incident(reported_at=began, locality="out_of_town")
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:acknowledge", occurred_at=began + timedelta(minutes=5))
    await house.post(f"{path}:verifyReporter", how="called back")
    expires = house.clock() + timedelta(days=1)
    consent = await house.post(
        f"{path}/consents", granted_by="head", scope="repair", granted_at=began, expires_at=expires
    )
    session = await house.post(
        f"{path}/support-sessions",
        kind="remote",
        consent_id=consent["id"],
        started_at=began + timedelta(minutes=10),
    )
    ended = began + timedelta(minutes=30)
    await house.post(
        f"{path}/support-sessions/{session['id']}:end",
        outcome="failed",
        actions="no change",
        occurred_at=ended,
    )
    await house.settle()
    (visit,) = (await house.get("ticketing", "/v1/visits", ticket_id=ticket["id"]))["items"]
    await house.post(f"/v1/visits/{visit['id']}:offer", engineer_id=ticket["customer_id"])
    await house.post(f"/v1/visits/{visit['id']}:accept")
    await house.post(f"/v1/visits/{visit['id']}:arrive")
    await house.finish()
    assert await house.clocks(ticket) == {
        "response": ("response-hotline", "met", 30),
        "onsite": ("onsite-l1-l2-out-of-town", "met", 360),
    }
    (onsite,) = (await house.get("sla", "/v1/clocks", subject_id=ticket["id"], metric="onsite"))["items"]
    assert onsite["started_at"] == f"{ended.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


async def test_a_graver_level_counts_from_the_same_start(house: House) -> None:
    ticket = await house.incident(
        severity=3, locality="local", reported_at=house.clock() - timedelta(minutes=5)
    )
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:requireOnsite", reason="cannot be helped from here")
    await house.settle()
    await house.post(f"{path}:changeSeverity", severity=1, reason="the whole branch is down")
    await house.finish()
    assert (await house.clocks(ticket))["onsite"] == ("onsite-l1-l2-local", "running", 120)


async def test_a_locality_learnt_later_ends_the_assumption(house: House) -> None:
    ticket = await house.incident(reported_at=house.clock() - timedelta(minutes=5))
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:requireOnsite", reason="cannot be helped from here")
    await house.settle()
    client = house.wings["ticketing"].client
    answer = await client.patch(path, json={"locality": "out_of_town"}, headers={"If-Match": "*"})
    assert answer.is_success, answer.text
    await house.finish()
    assert (await house.clocks(ticket))["onsite"] == ("onsite-l1-l2-out-of-town", "running", 360)


async def test_a_major_fault_counts_from_the_notice(house: House) -> None:
    reported = house.clock() - timedelta(minutes=50)
    ticket = await house.incident(reported_at=reported, locality="local")
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:acknowledge", occurred_at=reported + timedelta(minutes=1))
    await house.settle()
    await house.post(f"{path}:flagMajor", reason="the transformer burnt")
    await house.finish()
    assert (await house.clocks(ticket))["onsite_major"] == ("onsite-major", "running", 1440)


async def test_waiting_for_the_customer_stops_the_onsite_clock(house: House) -> None:
    began = house.clock() - timedelta(minutes=30)
    ticket = await house.incident(reported_at=began, locality="local")
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:acknowledge", occurred_at=began + timedelta(minutes=1))
    await house.post(f"{path}:requireOnsite", reason="x", occurred_at=began + timedelta(minutes=2))
    await house.settle()
    waited = began + timedelta(minutes=10)
    await house.post(f"{path}:wait", reason="site_access", note="nobody opens", occurred_at=waited)
    await house.post(f"{path}:resume", occurred_at=waited + timedelta(minutes=15))
    await house.finish()
    assert (await house.clocks(ticket))["onsite"] == ("onsite-l1-l2-local", "running", 135)


async def test_a_visit_left_unresolved_is_dispatched_again(house: House) -> None:
    ticket = await house.incident(locality="local", distance_km=1000)
    path = f"/v1/tickets/{ticket['id']}"
    await house.post(f"{path}:requireOnsite", reason="cannot be helped from here")
    (visit,) = (await house.get("ticketing", "/v1/visits", ticket_id=ticket["id"]))["items"]
    at = f"/v1/visits/{visit['id']}"
    await house.post(f"{at}:offer", engineer_id=ticket["customer_id"])
    await house.post(f"{at}:accept")
    await house.post(f"{at}:arrive")
    await house.post(f"{at}:leaveUnresolved", reason="the part is missing")
    await house.settle()
    await house.finish()
    assert (await house.clocks(ticket))["redispatch"] == ("redispatch-far", "running", 720)
    assert ("team_lead", "visit_unresolved") in await house.steps(ticket)


async def test_a_cancelled_ticket_owes_nothing(house: House) -> None:
    ticket = await house.incident(locality="local")
    await house.post(f"/v1/tickets/{ticket['id']}:requireOnsite", reason="x")
    await house.settle()
    await house.post(f"/v1/tickets/{ticket['id']}:cancel", reason="opened twice")
    await house.finish()
    assert {state for _, state, _ in (await house.clocks(ticket)).values()} == {"cancelled"}
