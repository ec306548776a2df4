"""Random calendars and histories against an oracle that asks "open now?" every quarter of an hour."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla.domain.business_time import CompiledCalendar, definition_of, instant, microseconds
from sla.domain.business_time.bulk import BulkCalendar
from sla.domain.timing import (
    CalendarChanged,
    OpenSeconds,
    Paused,
    Resumed,
    Retargeted,
    Stopped,
    TimingState,
    WorkingDays,
    fold,
)

QUARTER = 15 * 60 * 1_000_000
FIRST_DAY = date(2026, 3, 2)
DAYS = 40
BEGIN = microseconds(datetime(2026, 3, 3, tzinfo=UTC))
END = microseconds(datetime(2026, 4, 1, tzinfo=UTC))
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe")


class Oracle:
    """The same questions answered by looking at the wall clock of every quarter of an hour."""

    def __init__(self, document):
        self.document = document
        self.zone = ZoneInfo(document["time_zone"])
        self.known = {}

    def hours(self, on):
        override = self.document["overrides"].get(str(on))
        if override is not None:
            return override
        if str(on) in self.document["holidays"]:
            return []
        if str(on) in self.document["workdays"]:
            return self.document["workday_hours"]
        return self.document["weekly"].get(NAMES[on.weekday()], [])

    def windows(self, on):
        """The hours of a date as instants, in order."""
        midnight = datetime.combine(on, datetime.min.time(), self.zone)
        spans = sorted(
            (minutes(o), minutes(c) + (1440 if minutes(c) <= minutes(o) else 0)) for o, c in self.hours(on)
        )
        return [tuple(microseconds(midnight + timedelta(minutes=m)) for m in span) for span in spans]

    def is_open(self, at):
        quarter = at // QUARTER
        if quarter not in self.known:
            self.known[quarter] = self._is_open(instant(quarter * QUARTER).astimezone(self.zone))
        return self.known[quarter]

    def _is_open(self, local):
        wall = local.hour * 60 + local.minute
        for back in (0, 1):
            for opens, closes in self.hours(local.date() - timedelta(days=back)):
                first, last = minutes(opens), minutes(closes)
                last += 1440 if last <= first else 0
                if first <= wall + back * 1440 < last:
                    return True
        return False

    def pieces(self, since, until, cuts=()):
        edges = sorted({since, until, *(cut for cut in cuts if since < cut < until)})
        quarter = since - since % QUARTER + QUARTER
        edges = sorted({*edges, *range(quarter, until, QUARTER)})
        yield from pairwise(edges)

    def elapsed(self, since, until, pauses=()):
        cuts = [edge for pause in pauses for edge in pause]
        return sum(
            b - a
            for a, b in self.pieces(since, until, cuts)
            if self.is_open(a) and not any(p <= a < r for p, r in pauses)
        )

    def due(self, since, budget, pauses=()):
        cuts = [edge for pause in pauses for edge in pause]
        for a, b in self.pieces(since, since + 90 * 96 * QUARTER, cuts):
            if self.is_open(a) and not any(p <= a < r for p, r in pauses):
                if budget <= b - a:
                    return a + budget
                budget -= b - a
        return None


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def clock(quarter):
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def day_hours(draw):
    """Up to three windows between 06:00 and 24:00, the last perhaps until 03:00 to 05:00 of the next day."""
    edges = sorted(draw(st.sets(st.integers(24, 95), max_size=6)))
    windows = [[clock(a), clock(b)] for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if windows and draw(st.integers(0, 3)) == 0:
        windows[-1][1] = draw(st.sampled_from(["24:00", "00:00", "03:15", "04:45"]))
    return windows


@st.composite
def documents(draw):
    weekly = {name: draw(day_hours()) for name in NAMES}
    assume(sum(map(bool, weekly.values())) >= 2)
    dates = st.integers(-3, DAYS).map(lambda day: str(FIRST_DAY + timedelta(days=day)))
    holidays = draw(st.sets(dates, max_size=5))
    workday_hours = draw(day_hours())
    return {
        "time_zone": draw(st.sampled_from(ZONES)),
        "weekly": weekly,
        "holidays": sorted(holidays),
        "workdays": sorted(draw(st.sets(dates, max_size=4)) - holidays) if workday_hours else [],
        "workday_hours": workday_hours,
        "overrides": draw(st.dictionaries(dates, day_hours(), max_size=3)),
    }


def compiled(document, name="random"):
    return CompiledCalendar(definition_of(document, around=FIRST_DAY), name)


instants = st.integers(BEGIN, END)
budgets = st.one_of(st.integers(1, 40 * 3600), st.sampled_from([900, 3600, 8 * 3600]))
quick = settings(max_examples=60, deadline=None)


@quick
@given(documents(), instants, instants, budgets)
def test_counting_agrees_with_the_oracle(document, one, other, budget):
    calendar, oracle = compiled(document), Oracle(document)
    since, until = sorted((one, other))
    expected = oracle.elapsed(since, until)
    assert calendar.elapsed(since, until) == expected
    assert calendar.elapsed(until, since) == -expected
    assert calendar.is_open(since) == oracle.is_open(since)
    assert sum(s.closes - s.opens for s in calendar.segments(since, until)) == expected
    due = oracle.due(since, budget * 1_000_000)
    assume(due is not None)
    assert calendar.add(since, budget * 1_000_000) == due
    assert calendar.elapsed(since, due) == budget * 1_000_000
    assert calendar.elapsed(since, due - 1) < budget * 1_000_000


@quick
@given(documents(), instants, st.integers(1, 8))
def test_working_days_agree_with_the_oracle(document, since, days):
    calendar, oracle = compiled(document), Oracle(document)
    on, left = instant(since).astimezone(oracle.zone).date(), days
    while left:
        on += timedelta(days=1)
        left -= bool(oracle.hours(on))
    close = max(minutes(c) + (1440 if minutes(c) <= minutes(o) else 0) for o, c in oracle.hours(on))
    midnight = datetime.combine(on, datetime.min.time(), oracle.zone)
    timing = fold(instant(since), WorkingDays(days), calendar)
    assert timing.due_at == midnight + timedelta(minutes=close)
    assert timing.target_us == oracle.elapsed(since, microseconds(timing.due_at))
    windows = timing.windows()
    assert len(windows) == days
    assert windows[-1].closes_at == timing.due_at
    assert [w.opens_at for w in windows] == sorted({w.opens_at for w in windows})


@quick
@given(documents(), instants, st.integers(1, 8))
def test_the_same_time_agrees_with_the_oracle(document, since, days):
    oracle = Oracle(document)
    opening = next((a for a, _ in oracle.pieces(since, since + 30 * 96 * QUARTER) if oracle.is_open(a)), None)
    assume(opening is not None)
    local = instant(opening).astimezone(oracle.zone)
    on, left = local.date(), days
    if not any(opens <= opening < closes for opens, closes in oracle.windows(on)):
        on -= timedelta(days=1)
    wall = local.replace(tzinfo=None) - datetime.combine(on, datetime.min.time())
    while left:
        on += timedelta(days=1)
        left -= bool(oracle.hours(on))
    same_time = microseconds(datetime.combine(on, datetime.min.time(), oracle.zone) + wall)
    windows = oracle.windows(on)
    past = [min(same_time, closes) for opens, closes in windows if opens <= same_time]
    due = past[-1] if past else windows[0][0]
    timing = fold(instant(since), WorkingDays(days, "same_time"), compiled(document))
    assert microseconds(timing.due_at) == due
    assert oracle.is_open(due) or oracle.is_open(due - 1)
    bulk = BulkCalendar(compiled(document)).working_days_due([since], days, "same_time")
    assert bulk.tolist() == [due]


steps = st.one_of(
    st.sampled_from(["pause", "resume", "pause", "resume", "stop", "calendar"]),
    st.tuples(st.sampled_from(["from_start", "from_change"]), budgets),
)
histories = st.lists(st.tuples(instants, steps), max_size=7).map(
    lambda told: sorted(told, key=lambda t: t[0])
)


def fact_of(at, step, other):
    moment = instant(at)
    match step:
        case "pause":
            return Paused(moment)
        case "resume":
            return Resumed(moment)
        case "stop":
            return Stopped(moment)
        case "calendar":
            return CalendarChanged(moment, other)
        case (policy, budget):
            return Retargeted(moment, OpenSeconds(budget), policy)


def told_by_oracle(oracles, start, budget, history, as_of):
    """State, due time and elapsed time by walking, from the raw history."""
    oracle, origin, pauses, open_pause, stop = oracles[0], start, [], None, None
    for at, step in history:
        if stop is not None:
            break
        if step == "pause" and open_pause is None:
            open_pause = at
        elif step == "resume" and open_pause is not None:
            pauses, open_pause = [*pauses, (open_pause, at)], None
        elif step == "stop":
            stop = at
        elif step == "calendar":
            oracle = oracles[1]
        elif isinstance(step, tuple):
            origin, budget = (start if step[0] == "from_start" else at), step[1] * 1_000_000
    pauses = [(max(p, origin), r) for p, r in pauses if r > origin]
    due = oracle.due(origin, budget, pauses)
    assume(due is not None)
    held = open_pause is not None and max(open_pause, origin) < due
    end = max(open_pause, origin) if held else as_of if stop is None else stop
    elapsed = oracle.elapsed(origin, max(end, origin), [(p, r) for p, r in pauses if p < due])
    if stop is not None:
        state = TimingState.MET_LATE if not held and stop > due else TimingState.MET
    elif held:
        state = TimingState.PAUSED
    else:
        state = TimingState.BREACHED if as_of > due else TimingState.RUNNING
    return state, None if held else instant(due), elapsed, budget


@settings(max_examples=120, deadline=None)
@given(st.tuples(documents(), documents()), instants, budgets, histories, st.integers(0, 5 * 96 * QUARTER))
def test_histories_agree_with_the_oracle(versions, start, budget, history, later):
    document, edited = versions
    history = [(max(at, start), step) for at, step in history]
    as_of = (history[-1][0] if history else start) + later
    calendar, other = compiled(document), compiled(edited)
    facts = [fact_of(at, step, other) for at, step in history]
    oracles = Oracle(document), Oracle(edited)
    expected = told_by_oracle(oracles, start, budget * 1_000_000, history, as_of)

    timing = fold(instant(start), OpenSeconds(budget), calendar, facts, instant(as_of))

    assert (timing.state, timing.due_at, timing.elapsed_us, timing.target_us) == expected
    counted = sum((w.closes_at - w.opens_at for w in timing.windows()), timedelta())
    is_running = timing.state in {TimingState.RUNNING, TimingState.BREACHED}
    assert counted / timedelta(microseconds=1) == (timing.target_us if is_running else timing.elapsed_us)
    assert (timing.breached_at is not None) == (timing.state in {TimingState.BREACHED, TimingState.MET_LATE})


@quick
@given(documents(), instants, budgets, histories, st.integers(0, 7))
def test_the_future_does_not_matter(document, start, budget, history, known):
    calendar = compiled(document)
    facts = [fact_of(max(at, start), step, calendar) for at, step in history]
    as_of = facts[min(known, len(facts) - 1)].at if facts else instant(start)
    upto = [fact for fact in facts if fact.at <= as_of]
    args = instant(start), OpenSeconds(budget), calendar
    assert fold(*args, facts, as_of) == fold(*args, upto, as_of)


@quick
@given(documents(), instants, budgets, histories)
def test_thresholds_are_crossed_once_for_a_due_time_and_in_order(document, start, budget, history):
    calendar = compiled(document)
    facts = [fact_of(max(at, start), step, calendar) for at, step in history]
    timing = fold(instant(start), OpenSeconds(budget), calendar, facts)
    for span, following in pairwise(timing.spans):
        assert span.effective_until is not None
        assert span.effective_until <= following.effective_from
        is_another = following.cause != "resumed" or span.due_at != following.due_at
        assert following.revision - span.revision == is_another
    for revision in {span.revision for span in timing.spans}:
        spans = [span for span in timing.spans if span.revision == revision]
        for percent in (0, 50, 100, 150):
            crossed = [c for span in spans if (c := span.crossing(percent)) is not None]
            assert len(crossed) <= 1
        assert all(s.crossing(100) in {None, s.due_at, s.effective_from} for s in spans)


@quick
@given(documents(), instants, budgets, st.integers(1, 100), st.tuples(st.integers(0, 20), st.integers(1, 5)))
def test_a_percentage_is_reached_when_it_is_used(document, start, budget, percent, paused):
    pause, length = paused
    calendar, oracle = compiled(document), Oracle(document)
    pauses = [(start + pause * 4 * QUARTER, start + (pause + length) * 4 * QUARTER)]
    facts = [Paused(instant(pauses[0][0])), Resumed(instant(pauses[0][1]))]
    timing = fold(instant(start), OpenSeconds(budget), calendar, facts)
    assume(timing.due_at is not None)
    reached = timing.course.instant_of(percent)
    used = -(-timing.target_us * percent // 100)
    effective = [p for p in pauses if p[0] < microseconds(timing.due_at)]
    assert oracle.elapsed(start, reached, effective) == used
    assert oracle.elapsed(start, reached - 1, effective) < used


@pytest.mark.parametrize("percent", [150, 200])
def test_above_a_hundred_percent_goes_on_in_open_time(percent, desk):
    start = datetime(2026, 3, 6, 16, tzinfo=desk.zone)
    timing = fold(start, OpenSeconds(7200), desk)
    monday = datetime(2026, 3, 9, 9, tzinfo=desk.zone)
    assert instant(timing.course.instant_of(percent)) == monday + timedelta(hours=2) * (percent - 100) / 100
