"""Deadlines computed through HTTP."""

import re

import pytest

from sla.api.deadline_shapes import FIRST_YEAR, LAST_YEAR, ComputeDeadline

DESK = "complaint-desk"
HOURS = {"time_zone": "Asia/Shanghai", "weekly": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}}


async def computed(client, **body: object) -> dict:
    answer = await client.post("/v1/deadlines:compute", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("start", "target", "due"),
    [
        ("2026-10-09T17:00:00+08:00", {"hours": 8}, "2026-10-10T08:00:00.000000Z"),
        ("2026-09-18T17:30:00+08:00", {"hours": 8}, "2026-09-20T08:30:00.000000Z"),
        ("2026-03-06T16:00:00+08:00", {"hours": 2}, "2026-03-06T10:00:00.000000Z"),
        ("2026-03-07T10:00:00+08:00", {"working_days": 5}, "2026-03-13T10:00:00.000000Z"),
        ("2025-12-31T10:00:00+08:00", {"working_days": 5}, "2026-01-08T10:00:00.000000Z"),
    ],
)
async def test_worked_examples(client, start, target, due):
    told = await computed(client, calendar=DESK, start=start, target=target)
    assert told["due_at"] == due
    assert told["state"] == "running"


async def test_a_pause_gives_back_its_open_hours(client):
    facts = [
        {"at": "2026-03-06T17:00:00+08:00", "kind": "pause"},
        {"at": "2026-03-09T10:00:00+08:00", "kind": "resume"},
    ]
    told = await computed(
        client, calendar=DESK, start="2026-03-02T10:00:00+08:00", target={"hours": 48}, facts=facts
    )
    assert told["due_at"] == "2026-03-09T15:00:00.000000Z".replace("15:", "07:")
    assert sum(window["counted_seconds"] for window in told["windows"]) == 48 * 3600
    assert told["elapsed_seconds"] + told["remaining_seconds"] == 48 * 3600


async def test_the_windows_of_working_days_hold_what_a_pause_gave_back(client):
    facts = [
        {"at": "2026-03-02T11:00:00+08:00", "kind": "pause"},
        {"at": "2026-03-02T12:00:00+08:00", "kind": "resume"},
        {"at": "2026-03-02T13:00:00+08:00", "kind": "retarget", "target": {"working_days": 2}},
    ]
    told = await computed(
        client, calendar=DESK, start="2026-03-02T10:00:00+08:00", target={"hours": 8}, facts=facts
    )
    last = told["windows"][-1]
    assert last["closes_at"] == told["due_at"] == "2026-03-05T02:00:00.000000Z"
    assert [(one["counted_seconds"], one["is_given_back"]) for one in told["windows"]] == [
        (32_400, False),
        (32_400, False),
        (3_600, True),
    ]


async def test_own_calendar_retarget_and_stop(client):
    facts = [
        {
            "at": "2026-03-02T10:00:00+08:00",
            "kind": "retarget",
            "target": {"minutes": 30},
            "policy": "from_start",
        },
        {"at": "2026-03-02T11:00:00+08:00", "kind": "stop"},
    ]
    told = await computed(
        client, calendar=HOURS, start="2026-03-02T09:00:00+08:00", target={"hours": 4}, facts=facts
    )
    assert (told["state"], told["due_at"]) == ("met_late", "2026-03-02T01:30:00.000000Z")
    moved = [{"at": "2026-03-02T10:00:00+08:00", "kind": "calendar", "calendar": "always"}]
    told = await computed(
        client, calendar=HOURS, start="2026-03-02T17:00:00+08:00", target={"hours": 4}, facts=moved
    )
    assert told["due_at"] == "2026-03-02T13:00:00.000000Z"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"calendar": "nowhere"}, "unknown-calendar", "#/calendar"),
        ({"target": {}}, "target-ambiguous", "#/target"),
        ({"target": {"hours": 1, "minutes": 1}}, "target-ambiguous", "#/target"),
        ({"target": {"hours": 1, "day_end": "same_time"}}, "target-ambiguous", "#/target"),
        ({"target": {"hours": 0}}, "validation-failed", "#/target/hours"),
        ({"target": {"minutes": 0.001}}, "target-not-whole", "#/target"),
        ({"at": "2026-03-01T00:00:00Z"}, "before-start", "#/at"),
        ({"target": {"working_days": 3654}}, "validation-failed", "#/target/working_days"),
        ({"target": {"seconds": 315_619_201}}, "validation-failed", "#/target/seconds"),
        ({"target": {"minutes": 5_260_321}}, "validation-failed", "#/target/minutes"),
        ({"target": {"hours": 87_673}}, "validation-failed", "#/target/hours"),
        ({"start": "1970-12-31T23:59:59Z"}, "instant-out-of-range", "#/start"),
        ({"at": "2189-01-01T00:00:00Z"}, "instant-out-of-range", "#/at"),
        (
            {"facts": [{"at": f"{year}-03-03T00:00:00Z", "kind": "pause"} for year in (2026, 2190)]},
            "instant-out-of-range",
            "#/facts/1/at",
        ),
        ({"at": "2060-03-01T00:00:00Z"}, "calculation-too-long", "#/at"),
        ({"facts": [{"at": "2026-03-03T00:00:00Z", "kind": "stop"}] * 301}, "validation-failed", "#/facts"),
        ({"calendar": {"time_zone": "Asia/Shanghai", "weekly": {}}}, "invalid-calendar", "#/calendar/weekly"),
        ({"calendar": []}, "validation-failed", "#/calendar"),
        ({"calendar": {**HOURS, "time_zone": "Mars"}}, "invalid-calendar", "#/calendar/time_zone"),
        (
            {
                "facts": [
                    {"at": "2026-03-04T00:00:00Z", "kind": "pause"},
                    {"at": "2026-03-03T00:00:00Z", "kind": "resume"},
                ]
            },
            "facts-out-of-order",
            "#/facts/1/at",
        ),
        ({"facts": [{"at": "2026-03-04T00:00:00Z", "kind": "party"}]}, "validation-failed", "#/facts/0"),
    ],
)
async def test_out_of_bounds_is_refused(client, changes, code, pointer):
    body = {"calendar": DESK, "start": "2026-03-02T01:00:00Z", "target": {"hours": 2}, **changes}
    answer = await client.post("/v1/deadlines:compute", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "target",
    [
        {"working_days": 3653, "day_end": "same_time"},
        {"seconds": 315_619_200},
        {"minutes": 5_260_320},
        {"hours": 87_672},
    ],
)
@pytest.mark.parametrize("start", ["1971-01-01T00:00:00Z", "2188-12-31T23:59:59Z"])
async def test_the_limits_that_are_documented_are_counted(client, start, target):
    told = await computed(client, calendar="always", start=start, target=target)
    assert told["state"] == "running"


def test_the_years_that_are_documented_are_those_that_are_counted():
    schema = ComputeDeadline.model_json_schema()
    pattern = re.compile(schema["properties"]["start"]["pattern"])
    told = [year for year in range(1900, 2300) if pattern.match(f"{year}-01-01T00:00:00Z")]
    assert told == [*range(FIRST_YEAR, LAST_YEAR + 1)]


async def test_too_large_a_request(client):
    body = {"calendar": {**HOURS, "holidays": ["2026-03-03"] * 30_000}, "start": "2026-03-02T01:00:00Z"}
    answer = await client.post("/v1/deadlines:compute", json={**body, "target": {"hours": 2}})
    assert answer.status_code == 413
