"""The statutory schedule and the reference calendars that are shipped."""

import os
import subprocess
import sys
from datetime import date
from importlib.resources import files

import pytest

from sla import schedule_check
from sla.data import chinese_schedule, reference_calendars
from sla.domain.business_time.zones import zone


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, count):
    assert chinese_schedule().working_days(year) == count


def test_make_up_workdays_of_2026():
    told = sorted(f"{on:%m-%d}" for on in chinese_schedule().workdays if on.year == 2026)
    assert told == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


@pytest.mark.parametrize(
    ("on", "is_workday"), [((2005, 12, 31), True), ((2024, 2, 9), True), ((2026, 2, 16), False)]
)
def test_dates_that_were_in_doubt(on, is_workday):
    assert chinese_schedule().is_workday(date(*on)) is is_workday


def test_both_packages_and_our_data_agree():
    shipped = files("sla.data").joinpath("chinese_schedule.yaml").read_text(encoding="utf-8")
    assert schedule_check.check() == []
    assert shipped == schedule_check.build()


def test_building_fails_where_the_packages_disagree(monkeypatch):
    monkeypatch.setattr(schedule_check, "CORRECTIONS", {})
    with pytest.raises(schedule_check.SchedulesDisagree, match="2005-12-31"):
        schedule_check.build()


def test_reference_calendars_are_named_in_both_languages():
    assert {c.id for c in reference_calendars()} == {"always", "complaint-desk", "working-days"}
    assert all(set(c.names) == {"zh-CN", "en"} for c in reference_calendars())


def test_the_complaint_desk_is_open_on_make_up_workdays_and_known_through_2026(desk):
    assert desk.definition.day(date(2026, 10, 10)).hours == desk.definition.day(date(2026, 10, 9)).hours
    assert desk.definition.published_through == date(2026, 12, 31)


def test_t10_zones_come_from_the_pinned_package(tmp_path):
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia/Shanghai").write_bytes(files("tzdata.zoneinfo").joinpath("UTC").read_bytes())
    code = (
        "import datetime, zoneinfo; from sla.domain.business_time.zones import zone\n"
        "print(*(datetime.datetime(2026, 1, 1, tzinfo=z('Asia/Shanghai')).utcoffset().seconds // 3600"
        " for z in (zoneinfo.ZoneInfo, zone)))"
    )
    env = os.environ | {"PYTHONTZPATH": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["0", "8"]


@pytest.mark.parametrize("name", ["../zones", "/etc/localtime", "", "asia/shanghai"])
def test_only_zones_of_the_list_are_opened(name):
    with pytest.raises(KeyError):
        zone(name)


def test_counting_does_not_need_numpy():
    code = "import sys, sla.domain.timing, sla.data; print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
