"""The table of deadlines worked out by hand, and the worked examples of the rules."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from sla.domain.timing import (
    CalendarChanged,
    OpenSeconds,
    Paused,
    Resumed,
    Retargeted,
    Stopped,
    WorkingDays,
    fold,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))["cases"]
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
KINDS = {"pause": Paused, "resume": Resumed, "stop": Stopped}


def target_of(document):
    if "working_days" in document:
        return WorkingDays(document["working_days"], document["day_end"])
    ((unit, count),) = document.items()
    return OpenSeconds(count * UNITS[unit])


def fact_of(document, moment, calendar_of):
    at, kind = moment(document["at"]), document["kind"]
    if kind == "retarget":
        calendar = calendar_of(document["calendar"]) if "calendar" in document else None
        return Retargeted(at, target_of(document["target"]), document["policy"], calendar)
    if kind == "calendar":
        return CalendarChanged(at, calendar_of(document["calendar"]))
    return KINDS[kind](at)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_deadline_worked_out_by_hand(case, calendar_of):
    calendar = calendar_of(case["calendar"])

    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)

    facts = [fact_of(fact, moment, calendar_of) for fact in case.get("facts", [])]
    timing = fold(moment(case["start"]), target_of(case["target"]), calendar, facts)

    expected = dict(case["expect"])
    due = expected.pop("due")
    assert timing.due_at == (due and moment(due)), case["title"]
    assert {name: getattr(timing, name) for name in expected} == expected, case["title"]


def test_every_case_is_there_once():
    assert len({case["id"] for case in CASES}) == len(CASES) == 67


@pytest.mark.parametrize(
    ("start", "target", "due"),
    [
        ("2026-10-09 17:00", OpenSeconds(8 * 3600), "2026-10-10 16:00"),  # T9: a make-up Saturday
        ("2026-09-18 17:30", OpenSeconds(8 * 3600), "2026-09-20 16:30"),  # T9: a make-up Sunday
        ("2026-03-06 16:00", OpenSeconds(2 * 3600), "2026-03-06 18:00"),  # T2
        ("2026-03-07 10:00", WorkingDays(5), "2026-03-13 18:00"),  # T4
        ("2025-12-31 10:00", WorkingDays(5), "2026-01-08 18:00"),  # T4 over New Year
    ],
)
def test_complaint_desk_examples(start, target, due, desk):
    told = fold(datetime.fromisoformat(start).replace(tzinfo=desk.zone), target, desk)
    assert told.due_at == datetime.fromisoformat(due).replace(tzinfo=desk.zone)


@pytest.mark.parametrize(("is_paused", "due"), [(True, "2026-03-09 15:00"), (False, "2026-03-09 13:00")])
def test_a_pause_over_the_weekend_gives_two_open_hours_back(is_paused, due, desk):
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=desk.zone)

    facts = [Paused(moment("2026-03-06 17:00")), Resumed(moment("2026-03-09 10:00"))]
    timing = fold(moment("2026-03-02 10:00"), OpenSeconds(48 * 3600), desk, facts if is_paused else [])
    assert timing.due_at == moment(due)
