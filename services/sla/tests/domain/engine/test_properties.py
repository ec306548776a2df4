"""For every history: order of arrival does not matter, explanations add up, crossings are decided once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.domain.clocks import ClockState, replay, timing_at
from sla.domain.crossings import Decided, Kind, Outcome, decide_announcements, schedule, settle
from sla.domain.differences import ChangeKind, differences
from sla.domain.explanation import document_of, explain, sentences

from .story import NOON, SUBJECT, Story, after, commitment, plan_of, world

EVENTS = (
    "ticket.acknowledged",
    "ticket.waiting",
    "ticket.resumed",
    "ticket.severity_changed",
    "ticket.response_case_set",
    "ticket.details_changed",
    "ticket.major_flagged",
    "ticket.onsite_required",
    "ticket.resolved",
    "ticket.reopened",
    "ticket.cancelled",
    "ticket.comment_added",
    "visit.arrived",
    "visit.left_unresolved",
)
REASONS = ("customer", "site_access", "parts")
DESK = world(
    plan_of(
        commitment(
            target={"hours": 9},
            calendar="complaint-desk",
            warn_at=["50%"],
            pause={"event": "ticketing.ticket.waiting"},
            resume={"event": "ticketing.ticket.resumed"},
            reopen={"event": "ticketing.ticket.reopened"},
        ),
        commitment(
            id="days",
            metric="days",
            target={"working_days": 3},
            calendar="complaint-desk",
            warn_at=["50%", "80%"],
            pause={"event": "ticketing.ticket.waiting"},
            resume={"event": "ticketing.ticket.resumed"},
            cancel={"event": "ticketing.ticket.resolved"},
            reopen={"event": "ticketing.ticket.reopened"},
        ),
    )
)
WORLDS = {"reference": world(), "desk": DESK}
by_world = pytest.mark.parametrize("by", WORLDS.values(), ids=WORLDS.keys())


@st.composite
def histories(draw):
    """A ticket's life, with some of it told late."""
    story = Story(severity=draw(st.integers(1, 4)), channel=draw(st.sampled_from(["hotline", "email"])))
    story.opened()
    minutes, written = 0, 0
    for _ in range(draw(st.integers(0, 9))):
        event = draw(st.sampled_from(EVENTS))
        written += draw(st.integers(0, 400))
        is_late = draw(st.integers(0, 4)) == 0
        minutes = draw(st.integers(0, written)) if is_late else written
        changes = {
            "ticket.severity_changed": {"severity": draw(st.integers(1, 4))},
            "ticket.response_case_set": {"response_case": draw(st.sampled_from(["normal", "special"]))},
            "ticket.details_changed": {
                "locality": draw(st.sampled_from([None, "local", "out_of_town"])),
                "distance_km": draw(st.sampled_from([None, "10", "1000"])),
            },
            "ticket.major_flagged": {"is_major": True},
        }.get(event, {})
        own = {"reason": draw(st.sampled_from(REASONS))} if event == "ticket.waiting" else None
        story.tell(event, minutes, told=written, own=own, **changes)
    return story


@by_world
@given(story=histories(), data=st.data())
def test_order_and_doubles_do_not_matter(by, story, data):
    shuffled = data.draw(st.permutations([*story.facts, *data.draw(st.lists(st.sampled_from(story.facts)))]))
    assert document(replay(SUBJECT, shuffled, by), story) == document(replay(SUBJECT, story.facts, by), story)


def document(clocks, story):
    at = after(100_000)
    return [
        (clock.id, clock.state, clock.due_at, document_of(explain(clock, story.facts, at)))
        for clock in clocks
    ]


@by_world
@given(story=histories(), minutes=st.integers(0, 6000))
def test_the_windows_of_an_explanation_add_up(by, story, minutes):
    last = max(fact.occurred_at for fact in story.facts)
    now = last + timedelta(minutes=minutes)
    for clock in replay(SUBJECT, story.facts, by):
        told = explain(clock, story.facts, now)
        assert told.elapsed_seconds + told.remaining_seconds == pytest.approx(told.target_seconds)
        if told.is_in_days:
            assert sum(not window.is_given_back for window in told.windows) == 3
            back = sum(window.counted_seconds for window in told.windows if window.is_given_back)
            assert back == pytest.approx(sum(wait.given_back_seconds or 0 for wait in told.waits))
            assert told.due_at in {None, told.windows[-1].closes_at}
            continue
        assert sum(window.counted_seconds for window in told.windows) == pytest.approx(told.counted_seconds)
        is_standing = told.state in {
            ClockState.MET,
            ClockState.MET_LATE,
            ClockState.CANCELLED,
            ClockState.PAUSED,
        }
        assert told.counted_seconds == (told.elapsed_seconds if is_standing else told.target_seconds)


@settings(max_examples=30)
@given(story=histories())
def test_every_history_can_be_told(story):
    for clock in replay(SUBJECT, story.facts, WORLDS["reference"]):
        for language in ("zh-CN", "en"):
            assert all(sentences(explain(clock, story.facts, after(9000)), language))


@by_world
@given(story=histories())
def test_one_clock_of_a_metric_at_a_time(by, story):
    clocks = replay(SUBJECT, story.facts, by)
    assert len({clock.id for clock in clocks}) == len(clocks)
    for metric in {clock.metric for clock in clocks}:
        assert sum(clock.is_open for clock in clocks if clock.metric == metric) <= 1


@by_world
@given(story=histories())
def test_met_is_decided_by_the_due_time(by, story):
    for clock in replay(SUBJECT, story.facts, by):
        if clock.state is ClockState.MET and clock.due_at:
            assert clock.stopped_at <= clock.due_at
        if clock.state is ClockState.MET_LATE:
            assert clock.stopped_at > clock.due_at


class Shell:
    """A service in small: it stores decisions and counts what it announces."""

    def __init__(self, by):
        self.by = by
        self.clocks = ()
        self.rows = {}
        self.announced = []
        self.withdrawn = []
        self.changes = []

    def hear(self, facts, now):
        new = replay(SUBJECT, facts, self.by)
        withdrawn = {
            clock.id for clock in new if self._apply(clock, settle(clock, self._rows(clock), now)).withdrawn
        }
        self.changes += differences(self.clocks, new, withdrawn)
        self.clocks = new

    def sweep(self, now):
        for clock in self.clocks:
            self._apply(clock, decide_announcements(clock, self._rows(clock), now))

    def _rows(self, clock):
        return self.rows.setdefault(clock.id, {}).values()

    def _apply(self, clock, decision):
        rows = self.rows.setdefault(clock.id, {})
        for row in decision.withdrawn:
            self.withdrawn.append((clock.id, row.percent, row.due_revision))
            rows[row.percent, row.due_revision] = Decided(
                row.percent, row.due_revision, row.outcome, is_withdrawn=True
            )
        for crossing in decision.moot:
            rows[crossing.key] = Decided(*crossing.key, Outcome.MOOT)
        for crossing in decision.superseded:
            rows[crossing.key] = Decided(*crossing.key, Outcome.SUPERSEDED)
        if decision.announcement:
            crossing = decision.announcement.crossing
            assert crossing.crosses_at <= clock.timing.as_of or clock.is_open
            self.announced.append((clock.id, *crossing.key, decision.announcement.kind))
            rows[crossing.key] = Decided(*crossing.key, Outcome.ANNOUNCED)
        return decision


def lived(by, story, sweeps):
    """Facts are heard when they were written down, and sweeps come in between as they like."""
    shell, heard = Shell(by), []
    moments = [(fact.recorded_at, 0, fact) for fact in story.facts] + [(after(m), 1, None) for m in sweeps]
    for now, _, fact in sorted(moments, key=lambda one: one[:2]):
        if fact is None:
            shell.sweep(now)
        else:
            heard.append(fact)
            shell.hear(heard, now)
    return shell


sweep_times = st.lists(st.integers(0, 8000), max_size=12)


@by_world
@given(story=histories(), sweeps=sweep_times)
def test_nothing_is_announced_twice_unless_it_was_withdrawn_between(by, story, sweeps):
    shell = lived(by, story, sweeps)
    for key in {one[:3] for one in shell.announced}:
        times = sum(one[:3] == key for one in shell.announced)
        assert times <= 1 + shell.withdrawn.count(key)


@by_world
@given(story=histories(), sweeps=sweep_times)
def test_every_crossing_ends_decided(by, story, sweeps):
    shell = lived(by, story, sweeps)
    end = after(100_000)
    shell.hear(story.facts, end)
    shell.sweep(end)
    for clock in shell.clocks:
        decided = shell.rows[clock.id]
        assert {crossing.key for crossing in schedule(clock) if crossing.crosses_at <= end} <= decided.keys()
    before = list(shell.announced)
    shell.sweep(end)
    assert shell.announced == before


@by_world
@given(story=histories(), sweeps=sweep_times)
def test_a_breach_stands_announced_exactly_where_the_facts_show_an_open_one(by, story, sweeps):
    shell = lived(by, story, sweeps)
    end = after(100_000)
    shell.hear(story.facts, end)
    shell.sweep(end)
    for clock in shell.clocks:
        standing = [
            row
            for row in shell.rows[clock.id].values()
            if row.outcome is Outcome.ANNOUNCED and row.percent >= 100 and not row.is_withdrawn
        ]
        is_late = timing_at(clock, end).breached_at is not None
        if clock.is_open:
            assert bool(standing) == is_late
        else:
            assert is_late or not standing


@by_world
@given(story=histories(), sweeps=sweep_times)
def test_the_published_changes_lead_to_the_final_states(by, story, sweeps):
    shell = lived(by, story, sweeps)
    latest = {change.clock.id: change.clock for change in shell.changes}
    for clock in shell.clocks:
        assert latest[clock.id].state is clock.state
        assert latest[clock.id].commitment.id == clock.commitment.id
    gone = latest.keys() - {clock.id for clock in shell.clocks}
    assert all(latest[one].state is ClockState.CANCELLED for one in gone)
    assert sum(change.kind is ChangeKind.STARTED for change in shell.changes) >= len(shell.clocks)


@given(sweeps=sweep_times.filter(bool))
def test_a_quiet_clock_breaches_once_whenever_the_sweeps_come(sweeps):
    story = Story()
    story.opened()
    shell = lived(WORLDS["reference"], story, sweeps)
    breaches = [one for one in shell.announced if one[3] is Kind.BREACHED]
    assert len(breaches) == (after(max(sweeps)) >= NOON + timedelta(minutes=30))
