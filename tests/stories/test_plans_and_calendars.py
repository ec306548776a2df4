"""Running clocks follow a new calendar and a new plan; deadlines are computed for anybody."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

from common.testing import START
from tests.stories.test_incidents import HOUR, at
from tests.stories.town import Town

CLOSED_ON_MONDAY = {
    "time_zone": "Asia/Shanghai",
    "weekly": {day: [["00:00", "24:00"]] for day in ("tue", "wed", "thu", "fri", "sat", "sun")},
}
TUESDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


async def test_a_published_calendar_moves_running_clocks(town: Town):
    """T11: those that ended keep theirs."""
    case, ended = await town.open(channel="email"), await town.open(channel="email")
    await ended.act("acknowledge")
    await town.later(minutes=20)
    body = {"definition": CLOSED_ON_MONDAY}
    await town.do("sla", "POST", "/v1/calendars/always/versions", body)
    await town.later(seconds=1)
    clock = await case.clock("response")
    assert clock["due_at"] == at(TUESDAY + HOUR)
    assert (await ended.clock("response"))["due_at"] == at(START + HOUR)
    await town.until(TUESDAY + timedelta(minutes=61))
    assert (await case.clock("response"))["state"] == "breached"


async def test_a_published_plan_retargets_running_clocks(town: Town):
    case = await town.open()
    await town.later(minutes=10)
    text = files("sla").joinpath("data/plans/reference.yaml").read_text(encoding="utf-8")
    text = text.replace("target: {minutes: 30}", "target: {minutes: 15}")
    plan = await town.do("sla", "GET", "/v1/plans/reference")
    headers = {"Content-Type": "application/yaml", "If-Match": f'"{plan["version"]}"'}
    answer = await town.houses["sla"].http.put(
        "/v1/plans/reference/draft", content=text.encode(), headers=headers | town.bearer()
    )
    assert answer.is_success, answer.text
    await town.do("sla", "POST", "/v1/plans/reference:publish")
    await town.later(seconds=1)
    assert (await case.clock("response"))["due_at"] == at(START + timedelta(minutes=15))
    await town.later(minutes=6)
    assert (await case.clock("response"))["state"] == "breached"


async def test_the_complaint_desk_counts_a_make_up_weekend(town: Town):
    """§1.2.1.2: Friday 17:00 and eight open hours end on the make-up Saturday at 16:00."""
    body = {"calendar": "complaint-desk", "start": "2026-10-09T17:00:00+08:00", "target": {"hours": 8}}
    told = await town.do("sla", "POST", "/v1/deadlines:compute", body)
    assert datetime.fromisoformat(told["due_at"]) == datetime(2026, 10, 10, 8, 0, tzinfo=UTC)
    assert sum(window["counted_seconds"] for window in told["windows"]) == 8 * 3600
