"""The day of an inspection, and what its request is called."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.inspections import InspectionState, Notice, title

NOTICE = Notice(
    inspection_id=UUID(int=1),
    version=1,
    event="warranty.inspection.due",
    number="MP-2026-000001-01",
    customer_id=UUID(int=2),
    site_id=UUID(int=3),
    asset_id=None,
    state="due",
    due_on=date(2026, 3, 29),
    due_at=None,
    time_zone=None,
    occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("zone", "due_at", "begins", "ends"),
    [
        ("Asia/Shanghai", "2026-03-29T16:00", "2026-03-28T16:00", "2026-03-29T16:00"),
        ("Europe/Berlin", "2026-03-29T22:00", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Berlin", None, "2026-03-28T23:00", "2026-03-29T22:00"),
        (None, "2026-03-29T16:00", "2026-03-28T16:00", "2026-03-29T16:00"),
        (None, None, "2026-03-29T00:00", "2026-03-30T00:00"),
    ],
)
def test_somebody_is_to_come_on_the_day_where_the_customer_is(
    zone: str | None, due_at: str | None, begins: str, ends: str
) -> None:
    told = replace(NOTICE, time_zone=zone, due_at=due_at and datetime.fromisoformat(f"{due_at}Z"))
    assert told.window.planned_at == datetime.fromisoformat(f"{begins}Z")
    assert told.window.due_at == datetime.fromisoformat(f"{ends}Z")


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from([None, "UTC", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo"]),
)
def test_a_day_is_a_day_long(day: date, zone: str | None) -> None:
    window = replace(NOTICE, due_on=day, time_zone=zone).window
    assert timedelta(hours=22) < window.due_at - window.planned_at < timedelta(hours=26)


def test_the_request_is_called_by_the_inspections_number() -> None:
    assert title(NOTICE) == "定期巡检 / Routine inspection: MP-2026-000001-01"
    assert title(replace(NOTICE, number=None)) == "定期巡检 / Routine inspection"


def test_when_nobody_has_to_go() -> None:
    over = {state for state in InspectionState if replace(NOTICE, state=state).is_over}
    assert over == {InspectionState.COMPLETED, InspectionState.CANCELLED}
