"""Which events lead from one replay to the next."""

import pytest

from sla.domain.clocks import CalendarRevision, ClockState, PlanRevision, replay
from sla.domain.differences import ChangeKind, Reason, differences

from .story import LONG_AGO, SUBJECT, Story, after, calendar, commitment, plan_of, world


def clocks(story, by=None):
    return replay(SUBJECT, story.facts, by or world())


def kinds(old, new, withdrawn=()):
    return [change.kind.value for change in differences(old, new, withdrawn)]


def step(story, *moves):
    """What the last of ``moves`` changes."""
    for move in moves[:-1]:
        move(story)
    old = clocks(story)
    moves[-1](story)
    return differences(old, clocks(story))


OPENED = lambda s: s.opened()  # noqa: E731
ONSITE = lambda s: s.onsite(5)  # noqa: E731
WAIT = lambda s: s.waiting(10)  # noqa: E731
RESUME = lambda s: s.resumed(20)  # noqa: E731
RESOLVE = lambda s: s.tell("ticket.resolved", 30)  # noqa: E731
REOPEN = lambda s: s.tell("ticket.reopened", 40)  # noqa: E731


@pytest.mark.parametrize(
    ("moves", "kind", "minutes"),
    [
        ([OPENED], "started", 0),
        ([OPENED, lambda s: s.tell("ticket.acknowledged", 5)], "met", 5),
        ([OPENED, lambda s: s.tell("ticket.acknowledged", 35)], "met_late", 35),
        ([OPENED, lambda s: s.tell("ticket.cancelled", 5)], "cancelled", 5),
        ([OPENED, ONSITE], "started", 5),
        ([OPENED, ONSITE, WAIT], "paused", 10),
        ([OPENED, ONSITE, WAIT, RESUME], "resumed", 20),
        ([OPENED, ONSITE, RESOLVE], "cancelled", 30),
        ([OPENED, ONSITE, RESOLVE, REOPEN], "reopened", 40),
        (
            [OPENED, ONSITE, lambda s: s.tell("ticket.details_changed", 9, locality="out_of_town")],
            "due_changed",
            9,
        ),
        ([OPENED, lambda s: s.tell("ticket.major_flagged", 9, is_major=True)], "started", 9),
    ],
)
def test_each_fact_publishes_what_it_does(moves, kind, minutes):
    (change,) = step(Story(), *moves)
    assert (change.kind.value, change.at) == (kind, after(minutes))


@pytest.mark.parametrize("event", ["ticket.started", "ticket.comment_added", "ticket.assigned"])
def test_a_fact_that_moves_no_clock_publishes_nothing(event):
    assert step(Story(), OPENED, lambda s: s.tell(event, 5)) == ()


def test_several_facts_at_once_publish_the_whole_story():
    story = Story()
    for move in (OPENED, ONSITE, WAIT, RESUME, RESOLVE, REOPEN):
        move(story)
    story.tell("visit.arrived", 60)
    changes = [one.kind.value for one in differences((), clocks(story)) if one.clock.metric == "onsite"]
    assert changes == ["started", "paused", "resumed", "met"]


def test_a_retarget_while_waiting_changes_the_due_time_to_come():
    (change,) = step(
        Story(), OPENED, ONSITE, WAIT, lambda s: s.tell("ticket.severity_changed", 15, severity=3)
    )
    assert (change.kind, change.clock.due_at, change.reason) == (ChangeKind.DUE_CHANGED, None, Reason.FACTS)


def test_late_news_corrects_a_decided_outcome():
    changes = step(
        Story(),
        OPENED,
        lambda s: s.tell("ticket.acknowledged", 40),
        lambda s: s.tell("ticket.acknowledged", 10, told=50),
    )
    assert [change.kind.value for change in changes] == ["corrected", "met"]
    assert (changes[0].at, changes[0].reason, changes[0].withdraws_breach) == (None, Reason.RETOLD, False)


def test_late_news_that_leaves_an_outcome_says_by_what_it_was_judged():
    (change,) = step(
        Story(),
        OPENED,
        ONSITE,
        lambda s: s.tell("visit.arrived", 40),
        lambda s: s.tell("ticket.details_changed", 20, told=50, locality="out_of_town"),
    )
    assert (change.kind, change.reason) == (ChangeKind.CORRECTED, Reason.FACTS)
    assert change.clock.state is ClockState.MET
    assert change.clock.commitment.id != change.previous.commitment.id


def test_a_wait_of_which_nothing_is_left_is_told_to_be_over():
    begin_waiting = (OPENED, lambda s: s.waiting(2), lambda s: s.onsite(5))
    (change,) = step(Story(), *begin_waiting, lambda s: s.resumed(5, told=30))
    assert (change.kind, change.clock.state, change.at) == (ChangeKind.RESUMED, ClockState.RUNNING, None)


def test_a_withdrawn_breach_is_corrected_with_the_reason():
    story = Story()
    story.opened()
    old = clocks(story)
    story.tell("ticket.acknowledged", 10, told=50)
    corrected, met = differences(old, clocks(story), {old[0].id})
    assert (corrected.kind, corrected.withdraws_breach, corrected.reason) == (
        ChangeKind.CORRECTED,
        True,
        Reason.STOPPED,
    )
    assert met.kind is ChangeKind.MET


@pytest.mark.parametrize(
    ("tell", "reason"),
    [
        (lambda s: s.tell("ticket.cancelled", 10, told=50), Reason.CANCELLED),
        (lambda s: s.tell("ticket.response_case_set", 35, response_case="special"), Reason.FACTS),
    ],
)
def test_why_a_breach_is_withdrawn(tell, reason):
    story = Story()
    story.opened()
    old = clocks(story)
    tell(story)
    assert differences(old, clocks(story), {old[0].id})[0].reason is reason


def test_late_waiting_withdraws_and_tells_the_wait():
    story = Story()
    story.opened()
    story.onsite(0)
    old = clocks(story)
    story.waiting(10, told=200)
    story.resumed(100, told=200)
    new = clocks(story)
    onsite = next(one for one in new if one.metric == "onsite")
    changes = differences(old, new, {onsite.id})
    assert [one.kind.value for one in changes] == ["corrected", "paused", "resumed"]
    assert changes[0].reason is Reason.WAITED


def test_a_clock_the_facts_no_longer_know_is_cancelled():
    story = Story()
    story.opened()
    old = clocks(story)
    (change,) = differences(old, ())
    assert (change.kind, change.clock.state, change.reason) == (
        ChangeKind.CANCELLED,
        ClockState.CANCELLED,
        Reason.NO_LONGER,
    )
    assert change.clock.is_withdrawn


def test_a_published_plan_announces_the_due_time_it_moves():
    story = Story()
    story.opened()
    first, second = (plan_of(commitment(target={"hours": n})) for n in (1, 2))
    old = clocks(story, world(first))
    new = clocks(story, world(PlanRevision(first, 1, LONG_AGO), PlanRevision(second, 2, after(5))))
    (change,) = differences(old, new)
    assert (change.kind, change.reason, change.at) == (ChangeKind.DUE_CHANGED, Reason.PLAN, after(5))


def test_a_published_plan_that_moves_nothing_says_nothing():
    story = Story()
    story.opened()
    plan = plan_of(commitment())
    new = clocks(story, world(PlanRevision(plan, 1, LONG_AGO), PlanRevision(plan, 2, after(5))))
    assert new[0].plan_revision == 2
    assert differences(clocks(story, world(plan)), new) == ()


def test_a_published_calendar_announces_the_due_time_it_moves():
    story = Story()
    story.opened()
    plan = plan_of(commitment(target={"hours": 8}, calendar="complaint-desk"))
    closed = CalendarRevision(
        "complaint-desk", 2, after(5), calendar("complaint-desk", holidays=("2026-03-03",))
    )
    (change,) = differences(clocks(story, world(plan)), clocks(story, world(plan, calendars=(closed,))))
    assert (change.kind, change.reason) == (ChangeKind.DUE_CHANGED, Reason.CALENDAR)


def test_a_wait_after_the_due_time_is_no_pause():
    changes = step(Story(locality="local"), OPENED, ONSITE, lambda s: s.waiting(500))
    assert changes == ()


def test_equal_replays_publish_nothing():
    story = Story()
    story.opened()
    assert kinds(clocks(story), clocks(story)) == []
