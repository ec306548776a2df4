"""Due times per second of computing, beside `businesstimedelta` on the same cases."""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock_time

import businesstimedelta
import numpy as np
import pytz  # type: ignore[import-untyped]

from sla.domain.business_time import CompiledCalendar, definition_of, microseconds
from sla.domain.business_time.bulk import BulkCalendar
from tests.bench.figures import Figure, at_least

ZONE = "Asia/Shanghai"
HOLIDAYS = [date(2026, 1, 1), date(2026, 2, 17), date(2026, 5, 1), date(2026, 6, 19), date(2026, 10, 1)]
HOLIDAYS += [date(2028, 1, 3)]  # the other one fails where no holiday follows
CASES = 20_000
CASES_OF_OTHERS = 150
BULK = 1_000_000
HOUR = 3600 * 1_000_000


def measure() -> list[Figure]:
    """A week of office hours with holidays; up to a month's hours from instants all over a year."""
    calendar = CompiledCalendar(definition_of(_document(), around=date(2026, 1, 1)), "bench")
    chance = random.Random(5)
    begin, end = (microseconds(datetime(2026, month, 1, tzinfo=UTC)) for month in (1, 12))
    cases = [(chance.randint(begin, end), chance.randint(1, 180) * HOUR) for _ in range(CASES)]
    _require_same(calendar, cases[:20])
    scalar = _each(lambda: [calendar.add(*case) for case in cases], CASES)
    others = _each(lambda: [_other(*case) for case in cases[:CASES_OF_OTHERS]], CASES_OF_OTHERS, rounds=1)
    since, wanted = (np.resize(np.array(column), BULK) for column in zip(*cases, strict=True))
    bulk_calendar = BulkCalendar(calendar)
    bulk = _each(lambda: bulk_calendar.add(since, wanted), BULK)
    return [
        _told("due time, one by one", scalar, others),
        _told("due times, a million at once", bulk, others),
    ]


def _told(what: str, ours: float, others: float) -> Figure:
    return Figure(what, f"{ours:.3f} µs", f"{others:,.0f} µs", *at_least(1000, others / ours))


def _document() -> dict[str, object]:
    hours = [["09:00", "18:00"]]
    weekly = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours)
    return {"time_zone": ZONE, "weekly": weekly, "holidays": [day.isoformat() for day in HOLIDAYS]}


_RULES = businesstimedelta.Rules(
    [
        businesstimedelta.WorkDayRule(
            start_time=clock_time(9), end_time=clock_time(18), working_days=range(5), tz=pytz.timezone(ZONE)
        ),
        businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=pytz.timezone(ZONE)),
    ]
)


def _other(since: int, wanted: int) -> datetime:
    begin = datetime.fromtimestamp(since / 1_000_000, UTC)
    due: datetime = begin + businesstimedelta.BusinessTimeDelta(_RULES, hours=wanted // HOUR)
    return due


def _require_same(calendar: CompiledCalendar, cases: list[tuple[int, int]]) -> None:
    """Both count the same, but for the fractions of a second that the other one drops."""
    for since, wanted in cases:
        begin = since // 1_000_000 * 1_000_000
        told, other = calendar.add(begin, wanted), microseconds(_other(begin, wanted))
        if told != other:
            raise AssertionError(f"{begin} + {wanted}: {told}, businesstimedelta says {other}")


def _each(act: Callable[[], object], count: int, rounds: int = 3) -> float:
    """Microseconds of one, in the best round."""
    act()
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best / count * 1_000_000
