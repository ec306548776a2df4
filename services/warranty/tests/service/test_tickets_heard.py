"""What tickets tell warranty: who pays is decided when they open, and again when more is known."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from common.events import Envelope

from .office import Json, Office
from .test_coverage import accept

ACCEPTED = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)


def ticket_of(customer_id: str, asset: Json | None, reported_at: str, **own: object) -> Json:
    return {
        "ticket_id": str(uuid4()),
        "number": "T-1",
        "kind": "incident",
        "state": "open",
        "severity": 2,
        "channel": "hotline",
        "response_case": "normal",
        "route": "hotline",
        "is_major": False,
        "customer_id": customer_id,
        "asset_id": None if asset is None else asset["id"],
        "reported_at": reported_at,
        **own,
    }


@pytest.fixture
async def asset(office: Office) -> Json:
    """An asset in its second year of warranty, until 1 April 2028."""
    found = await office.asset()
    office.clock.set(ACCEPTED)
    await accept(office, found)
    office.clock.advance(timedelta(days=400))
    return found


async def decisions(office: Office, ticket: Json) -> list[Json]:
    return await office.items("/v1/coverage-decisions", ticket_id=ticket["ticket_id"], sort="created_at")


async def standing(office: Office, ticket: Json) -> Json:
    found = await decisions(office, ticket)
    replaced = {one["supersedes_id"] for one in found}
    [last] = [one for one in found if one["id"] not in replaced]
    return last


async def heard(office: Office, ticket: Json) -> Json:
    [row] = await office.rows("SELECT * FROM heard_ticket WHERE id = $1", UUID(ticket["ticket_id"]))
    return row


async def test_an_opened_ticket_is_decided_by_when_the_fault_was_reported(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    [decision] = await decisions(office, ticket)
    assert (decision["coverage"], decision["cause"], decision["created_by"]) == ("free", None, "warranty")
    assert decision["decided_for"] == "2027-05-01T00:00:00.000000Z"
    [told] = await office.published(decision)
    assert (told["type"], told["ticket_id"], told["coverage"]) == (
        "coverage.decided",
        ticket["ticket_id"],
        "free",
    )
    assert (await heard(office, ticket))["outcome"] == "decided"


async def test_the_time_of_the_fault_counts_more_than_the_report(office: Office, asset: Json):
    late = "2028-04-03T00:00:00Z"
    reported = ticket_of(asset["customer_id"], asset, late)
    failed = ticket_of(asset["customer_id"], asset, late, failed_at="2028-03-31T00:00:00Z")
    await office.hear(office.ticket_event(reported, "opened", 1), office.ticket_event(failed, "opened", 1))
    assert (await standing(office, reported))["coverage"] == "chargeable"
    assert (await standing(office, failed))["coverage"] == "free"


@pytest.mark.parametrize(
    ("code", "cause", "coverage"),
    [
        ("hardware", "defect", "free"),
        ("operation", "unclear", "undetermined"),
        ("no_fault_found", "no_fault", "free"),
        ("a_code_of_tomorrow", "unclear", "undetermined"),
    ],
)
async def test_the_cause_decides_anew(office: Office, asset: Json, code: str, cause: str, coverage: str):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    await office.hear(office.ticket_event(ticket, "resolved", 4, cause_code=code))
    first, second = await decisions(office, ticket)
    assert (second["cause"], second["coverage"], second["supersedes_id"]) == (cause, coverage, first["id"])
    assert await office.types(second) == ["coverage.decided"]


async def test_an_asset_named_later_is_decided_then(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], None, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    assert await decisions(office, ticket) == []
    assert (await heard(office, ticket))["outcome"] == "no_asset"
    named = {"asset_id": asset["id"], "previous": {"asset_id": None}}
    await office.hear(office.ticket_event(ticket, "details_changed", 2, **named))
    [decision] = await decisions(office, ticket)
    assert decision["asset_id"] == asset["id"]


async def test_another_asset_is_decided_anew(office: Office, asset: Json):
    other = await office.asset({"id": asset["site_id"]})
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    await office.hear(
        office.ticket_event(
            ticket, "details_changed", 2, asset_id=other["id"], previous={"asset_id": asset["id"]}
        )
    )
    assert [one["asset_id"] for one in await decisions(office, ticket)] == [asset["id"], other["id"]]


async def test_an_asset_that_nobody_knows_is_remembered_and_left_alone(office: Office, asset: Json):
    unknown = ticket_of(asset["customer_id"], {"id": str(uuid4())}, "2027-05-01T00:00:00Z")
    another = ticket_of((await office.customer())["id"], asset, "2027-05-01T00:00:00Z")
    for ticket, outcome in ((unknown, "asset_unknown"), (another, "asset_of_another")):
        before = (await office.everything())["outbox"]
        await office.hear(office.ticket_event(ticket, "opened", 1))
        assert await decisions(office, ticket) == []
        assert (await heard(office, ticket))["outcome"] == outcome
        assert (await office.everything())["outbox"] == before


async def test_what_changes_nothing_is_not_decided_again(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    office.clock.advance(timedelta(days=1))
    await office.hear(
        office.ticket_event(ticket, "details_changed", 2, severity=1, previous={"severity": 2}),
        office.ticket_event(ticket, "resolved", 3, cause_code="hardware"),
        office.ticket_event(ticket, "resolved", 5, cause_code="software"),
    )
    assert [one["cause"] for one in await decisions(office, ticket)] == [None, "defect"]


def news(office: Office, ticket: Json) -> list[Envelope]:
    return [
        office.ticket_event(ticket, "opened", 1, asset_id=None),
        office.ticket_event(ticket, "details_changed", 2, previous={"asset_id": None}),
        office.ticket_event(ticket, "resolved", 4, cause_code="operation"),
        office.ticket_event(ticket, "resolved", 6, cause_code="hardware"),
    ]


async def test_doubled_and_in_any_order_the_same_stands(office: Office, asset: Json):
    for order in permutations(range(4)):
        ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
        told = news(office, ticket)
        for number in order:
            await office.hear(told[number], told[number])
        await office.hear(*told)
        last = await standing(office, ticket)
        assert (last["coverage"], last["cause"], last["asset_id"]) == ("free", "defect", asset["id"])
        remembered = await heard(office, ticket)
        assert (remembered["facts_version"], remembered["cause_version"]) == (6, 6)


async def test_doubles_at_once_decide_once(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    event = office.ticket_event(ticket, "opened", 1)
    await asyncio.gather(*(office.hear(event) for _ in range(4)))
    assert len(await decisions(office, ticket)) == 1


async def test_first_decisions_at_once_follow_one_another(office: Office, asset: Json):
    """The event of a ticket and a person who decides on it find nothing to lock yet."""
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    told = {"asset_id": asset["id"], "ticket_id": ticket["ticket_id"], "cause": "defect"}
    await asyncio.gather(
        office.hear(office.ticket_event(ticket, "opened", 1)),
        *(office.create("/v1/coverage-decisions", **told) for _ in range(3)),
    )
    assert (await standing(office, ticket))["cause"] == "defect"


async def test_a_managers_word_outlasts_the_cause(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    [first] = await decisions(office, ticket)
    await office.act("/v1/coverage-decisions", first, "override", outcome="goodwill", reason="promised")
    await office.hear(office.ticket_event(ticket, "resolved", 4, cause_code="operation"))
    second = await standing(office, ticket)
    assert (second["coverage"], second["computed"], second["state"]) == (
        "goodwill",
        "undetermined",
        "overridden",
    )
    assert [one["reason"] for one in second["overrides"]] == ["promised"]
    kept = second["reasons"][-1]
    assert (kept["rule"], kept["facts"]["decision_id"]) == ("override_kept", first["id"])
    [told] = await office.published(second)
    assert (told["coverage"], told["is_overridden"]) == ("goodwill", True)
    status, problem = await office.refused(
        f"/v1/coverage-decisions/{first['id']}:override", outcome="free", reason="late"
    )
    assert (status, problem["code"]) == (409, "decision-superseded")
    again = await office.act(
        "/v1/coverage-decisions", second, "override", outcome="chargeable", reason="misused after all"
    )
    assert [one["to"] for one in again["overrides"]] == ["goodwill", "chargeable"]


async def test_a_managers_word_on_one_asset_is_not_one_on_another(office: Office, asset: Json):
    other = await office.asset({"id": asset["site_id"]})
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    [first] = await decisions(office, ticket)
    await office.act("/v1/coverage-decisions", first, "override", outcome="chargeable", reason="misuse")
    await office.hear(office.ticket_event(ticket, "details_changed", 2, asset_id=other["id"], previous={}))
    second = await standing(office, ticket)
    assert (second["state"], second["overrides"], second["coverage"]) == ("decided", [], "free")
    assert second["reasons"][-1]["rule"] == "override_of_another_asset"
    [read] = [one for one in await decisions(office, ticket) if one["id"] == first["id"]]
    assert (read["coverage"], read["state"]) == ("chargeable", "overridden")


async def test_what_a_person_added_is_not_forgotten(office: Office, asset: Json):
    component = await office.component(asset, await office.part())
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    await office.create(
        "/v1/coverage-decisions",
        asset_id=asset["id"],
        component_id=component["id"],
        ticket_id=ticket["ticket_id"],
        at="2027-05-01T00:00:00Z",
        cause="misuse",
    )
    failed = {"failed_at": "2027-04-30T00:00:00Z", "previous": {"failed_at": None}}
    await office.hear(office.ticket_event(ticket, "details_changed", 2, **failed))
    last = await standing(office, ticket)
    assert (last["component_id"], last["cause"], last["coverage"]) == (
        component["id"],
        "misuse",
        "chargeable",
    )


async def test_a_ticket_is_decided_on_for_its_own_asset_only(office: Office, asset: Json):
    ticket = ticket_of(asset["customer_id"], asset, "2027-05-01T00:00:00Z")
    await office.hear(office.ticket_event(ticket, "opened", 1))
    others = await office.asset()
    assert others["customer_id"] != asset["customer_id"]
    told = {"asset_id": others["id"], "ticket_id": ticket["ticket_id"]}
    status, problem = await office.refused("/v1/coverage-decisions", **told)
    assert (status, problem["code"]) == (422, "ticket-of-another")
    site = await office.get(f"/v1/sites/{asset['site_id']}")
    beside = await office.asset(site=site)
    told["asset_id"] = beside["id"]
    status, problem = await office.refused("/v1/coverage-decisions", **told)
    assert (status, problem["code"]) == (422, "ticket-about-another")
    assert len(await decisions(office, ticket)) == 1


async def test_past_knowledge_decides_no_ticket(office: Office, asset: Json):
    status, problem = await office.refused(
        "/v1/coverage-decisions",
        asset_id=asset["id"],
        ticket_id=str(uuid4()),
        known_at=ACCEPTED.isoformat(),
    )
    assert (status, problem["code"]) == (422, "known-at-decides-nothing")


async def test_a_request_for_an_inspection_is_no_fault_to_decide_on(office: Office, asset: Json):
    """§1.2.4: a preventive visit out of warranty waits for nobody's quote."""
    ticket = ticket_of(
        asset["customer_id"], asset, "2028-05-01T00:00:00Z", routine_inspection_id=str(uuid4())
    )
    opened = office.ticket_event(ticket, "opened", 1)
    resolved = office.ticket_event(ticket, "resolved", 4, cause_code="maintenance")
    await office.hear(resolved, opened, resolved)
    assert await decisions(office, ticket) == []
    assert (await heard(office, ticket))["outcome"] == "routine_inspection"
