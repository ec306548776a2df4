"""What each fact does to a clock, rule by rule."""

from datetime import timedelta
from uuid import UUID

import pytest

from sla.domain.clocks import (
    Agreement,
    CalendarRevision,
    Cause,
    ClockState,
    PlanRevision,
    breached_at,
    clock_id,
    replay,
    state_at,
    timing_at,
)

from .story import CUSTOMER, LONG_AGO, SUBJECT, Story, after, calendar, commitment, plan_of, reference, world

HOUR = timedelta(hours=1)


def test_no_facts_no_clocks():
    assert replay(SUBJECT, [], world()) == ()


def test_a_clock_runs_from_the_event_to_its_target():
    story = Story()
    opened = story.opened()
    clock = story.clock("response")
    assert (clock.state, clock.started_at, clock.due_at) == (ClockState.RUNNING, after(0), after(30))
    assert (clock.plan_id, clock.plan_revision, clock.calendar_id, clock.calendar_revision) == (
        "reference",
        1,
        "always",
        1,
    )
    assert clock.id == clock_id(SUBJECT, "response", opened.event_id)
    assert clock.customer_id == CUSTOMER
    assert clock.moved_by == (opened.event_id,)


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(10, ClockState.MET), (30, ClockState.MET), (30.0001, ClockState.MET_LATE), (90, ClockState.MET_LATE)],
)
def test_t8_met_when_the_stop_is_not_after_due(minutes, state):
    story = Story()
    story.opened()
    stop = story.tell("ticket.acknowledged", minutes)
    clock = story.clock("response")
    assert (clock.state, clock.stopped_at, clock.stopped_by) == (state, after(minutes), stop.event_id)
    assert clock.breached_at == (after(30) if state is ClockState.MET_LATE else None)
    assert clock.moved_by[-1] == stop.event_id


def test_breached_is_told_by_the_moment():
    story = Story()
    story.opened()
    clock = story.clock("response")
    assert state_at(clock, after(30)) is ClockState.RUNNING
    assert state_at(clock, after(31)) is ClockState.BREACHED
    assert breached_at(clock, after(30)) is None
    assert breached_at(clock, after(31)) == after(30)
    timing = timing_at(clock, after(10))
    assert (timing.elapsed_seconds, timing.remaining_seconds) == (600, 1200)
    assert timing_at(clock, after(-5)) == clock.timing


@pytest.mark.parametrize(
    "event",
    [
        "ticket.started",
        "ticket.comment_added",
        "ticket.assigned",
        "support_session.started",
        "ticket.restored",
    ],
)
def test_nothing_but_the_stop_event_stops_a_response(event):
    story = Story()
    story.opened()
    story.tell(event, 5)
    assert story.clock("response").state is ClockState.RUNNING


@pytest.mark.parametrize("event", ["ticket.cancelled", "ticket.merged"])
def test_cancelling(event):
    story = Story()
    story.opened()
    story.tell(event, 5)
    clock = story.clock("response")
    assert (clock.state, clock.stopped_at, clock.breached_at) == (ClockState.CANCELLED, after(5), None)
    assert state_at(clock, after(500)) is ClockState.CANCELLED


def test_a_cancelled_clock_remembers_that_it_was_late():
    story = Story()
    story.opened()
    story.tell("ticket.cancelled", 45)
    assert story.clock("response").breached_at == after(30)


@pytest.mark.parametrize("reason", ["customer", "site_access"])
def test_t5_waiting_for_the_customer_is_given_back(reason):
    story = Story(locality="local")
    story.opened()
    story.onsite()
    pause = story.waiting(30, reason)
    waiting = story.clock("onsite")
    assert (waiting.state, waiting.due_at) == (ClockState.PAUSED, None)
    assert state_at(waiting, after(5000)) is ClockState.PAUSED
    resume = story.resumed(50)
    clock = story.clock("onsite")
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, after(140))
    (one,) = clock.pauses
    assert (one.started_at, one.ended_at, one.reason, one.actor) == (
        after(30),
        after(50),
        reason,
        pause.actor,
    )
    assert (one.paused_by, one.resumed_by) == (pause.event_id, resume.event_id)


@pytest.mark.parametrize("reason", ["parts", "third_party"])
def test_waiting_for_the_vendor_is_not(reason):
    story = Story(locality="local")
    story.opened()
    story.onsite()
    story.waiting(30, reason)
    assert story.clock("onsite").state is ClockState.RUNNING


def test_waiting_for_the_vendor_ends_waiting_for_the_customer():
    story = Story(locality="local")
    story.opened()
    story.onsite()
    story.waiting(30, "customer")
    story.waiting(40, "parts")
    assert story.clock("onsite").due_at == after(130)


def test_a_clock_whose_pause_condition_already_holds_starts_paused():
    story = Story(locality="local")
    story.opened()
    pause = story.waiting(10)
    story.onsite(20)
    clock = story.clock("onsite")
    assert (clock.state, clock.due_at, clock.started_at) == (ClockState.PAUSED, None, after(20))
    assert clock.pauses[0].paused_by == pause.event_id
    story.resumed(50)
    assert story.clock("onsite").due_at == after(50) + 2 * HOUR


def test_a_pause_that_ended_before_the_start_means_nothing():
    story = Story(locality="local")
    story.opened()
    story.waiting(10)
    story.resumed(15)
    story.onsite(20)
    clock = story.clock("onsite")
    assert (clock.state, clock.pauses) == (ClockState.RUNNING, ())


def test_a_second_pause_and_a_second_resume_do_nothing():
    story = Story(locality="local")
    story.opened()
    story.onsite()
    story.waiting(30)
    story.waiting(40, "site_access")
    story.resumed(50)
    story.resumed(60)
    clock = story.clock("onsite")
    assert (clock.due_at, len(clock.pauses)) == (after(140), 1)


def test_stopping_while_paused():
    story = Story(locality="local")
    story.opened()
    story.onsite()
    story.waiting(30)
    story.tell("visit.arrived", 500)
    clock = story.clock("onsite")
    assert (clock.state, clock.due_at, clock.timing.elapsed_seconds) == (ClockState.MET, None, 1800)
    assert clock.pauses[0].ended_at == after(500)


def test_t7_a_changed_severity_keeps_the_start():
    story = Story(severity=3, locality="local")
    story.opened()
    story.onsite()
    change = story.tell("ticket.severity_changed", 60, severity=1)
    clock = story.clock("onsite")
    assert (clock.started_at, clock.due_at) == (after(0), after(120))
    (one,) = clock.retargets
    assert (one.before, one.after) == ("onsite-l3-l4-local", "onsite-l1-l2-local")
    assert (one.cause, one.event_id, one.policy) == (Cause.FACT, change.event_id, "from_start")
    assert one.changed == ("severity=1",)
    assert change.event_id in clock.moved_by


def test_t7_a_due_time_already_past_breaches_at_the_change():
    story = Story(severity=3, locality="local")
    story.opened()
    story.onsite()
    story.tell("ticket.severity_changed", 180, severity=1)
    clock = story.clock("onsite")
    assert clock.due_at == after(120)
    assert breached_at(clock, after(181)) == after(180)


def test_t7_a_breach_is_withdrawn_when_the_new_due_time_lies_ahead():
    story = Story(severity=1, locality="local")
    story.opened()
    story.onsite()
    assert state_at(story.clock("onsite"), after(130)) is ClockState.BREACHED
    story.tell("ticket.severity_changed", 130, severity=3)
    clock = story.clock("onsite")
    assert (clock.due_at, state_at(clock, after(131))) == (after(240), ClockState.RUNNING)


def test_a_locality_learnt_late_ends_the_assumption():
    story = Story()
    story.opened()
    story.onsite()
    assert story.clock("onsite").assumed == ("locality",)
    story.tell("ticket.details_changed", 20, locality="out_of_town")
    clock = story.clock("onsite")
    assert (clock.assumed, clock.started_at, clock.due_at) == ((), after(0), after(360))


def test_any_event_that_brings_a_decisive_fact_retargets():
    story = Story(kind="service_request")
    story.opened()
    story.onsite()
    story.tell("ticket.assigned", 20, distance_km="1000")
    assert story.clock("onsite").due_at == after(720)


def test_a_fact_that_decides_nothing_moves_nothing():
    story = Story()
    story.opened()
    story.tell("ticket.route_changed", 5, route="remote", coverage="covered")
    clock = story.clock("response")
    assert (clock.retargets, len(clock.moved_by)) == ((), 1)


def test_a_special_case_gets_the_hour():
    story = Story()
    story.opened()
    story.tell("ticket.response_case_set", 10, response_case="special")
    clock = story.clock("response")
    assert (clock.commitment.id, clock.due_at) == ("response-special", after(60))


def test_a_ticket_flagged_major_later_counts_from_the_notice():
    story = Story()
    story.opened()
    assert "onsite_major" not in story.clocks()
    flagged = story.tell("ticket.major_flagged", 120, is_major=True)
    clock = story.clock("onsite_major")
    assert (clock.started_at, clock.due_at, clock.attached_at) == (after(0), after(24 * 60), after(120))
    assert clock.start_event_id == story.facts[0].event_id
    assert flagged.event_id in clock.moved_by


def test_a_clock_attached_too_late_breaches_at_the_attachment():
    story = Story()
    story.opened()
    story.tell("ticket.major_flagged", 25 * 60, is_major=True)
    clock = story.clock("onsite_major")
    assert breached_at(clock, after(25 * 60 + 1)) == after(25 * 60)


def test_what_happened_before_the_attachment_counts():
    story = Story()
    story.opened()
    story.waiting(60)
    story.resumed(90)
    story.tell("visit.arrived", 100)
    story.tell("ticket.major_flagged", 120, is_major=True)
    clock = story.clock("onsite_major")
    assert (clock.state, clock.stopped_at, clock.timing.elapsed_seconds) == (
        ClockState.MET,
        after(100),
        70 * 60,
    )


def test_a_clock_attached_while_waiting_starts_paused_with_what_was_used():
    story = Story()
    story.opened()
    story.waiting(60)
    story.tell("ticket.major_flagged", 120, is_major=True)
    clock = story.clock("onsite_major")
    assert (clock.state, clock.timing.elapsed_seconds) == (ClockState.PAUSED, 3600)


def test_what_ended_before_the_attachment_is_ended():
    story = Story()
    story.opened()
    story.tell("ticket.resolved", 60)
    story.tell("ticket.major_flagged", 120, is_major=True)
    assert story.clock("onsite_major").state is ClockState.CANCELLED
    story.tell("ticket.reopened", 180)
    assert story.clock("onsite_major").due_at == after(24 * 60 + 120)


def test_reopened_before_the_attachment():
    story = Story()
    story.opened()
    story.tell("ticket.resolved", 60)
    story.tell("ticket.reopened", 80)
    story.tell("ticket.major_flagged", 120, is_major=True)
    assert story.clock("onsite_major").due_at == after(24 * 60 + 20)


def test_one_running_clock_per_metric():
    story = Story(locality="local")
    story.opened()
    first = story.onsite(0)
    second = story.onsite(30)
    clocks = [one for one in replay(SUBJECT, story.facts, world()) if one.metric == "onsite"]
    assert [one.start_event_id for one in clocks] == [first.event_id]
    assert clocks[0].absorbed == (second.event_id,)


def test_a_start_after_the_end_begins_another_clock():
    story = Story(locality="local")
    story.opened()
    story.onsite(0)
    story.tell("visit.arrived", 30)
    story.onsite(60)
    clocks = [one for one in replay(SUBJECT, story.facts, world()) if one.metric == "onsite"]
    assert [(one.state, one.started_at) for one in clocks] == [
        (ClockState.MET, after(0)),
        (ClockState.RUNNING, after(60)),
    ]


def test_reopening_goes_on_without_the_time_between():
    story = Story(locality="local")
    story.opened()
    story.onsite(0)
    resolved = story.tell("ticket.resolved", 30)
    reopened = story.tell("ticket.reopened", 90)
    clock = story.clock("onsite")
    assert (clock.state, clock.due_at, clock.stopped_at) == (ClockState.RUNNING, after(180), None)
    (one,) = clock.reopenings
    assert (one.ended_at, one.at, one.ended_by, one.event_id) == (
        after(30),
        after(90),
        resolved.event_id,
        reopened.event_id,
    )


def test_reopening_does_not_undo_an_arrival():
    story = Story(locality="local")
    story.opened()
    story.onsite(0)
    story.tell("visit.arrived", 30)
    story.tell("ticket.resolved", 60)
    story.tell("ticket.reopened", 90)
    assert story.clock("onsite").state is ClockState.MET


RESOLUTION = {
    "id": "resolution",
    "metric": "resolution",
    "stop": {"event": "ticketing.ticket.resolved"},
    "target": {"hours": 2},
}


def resolution(policy):
    return world(
        plan_of(commitment(**RESOLUTION, reopen={"event": "ticketing.ticket.reopened", "policy": policy}))
    )


def reopened_story():
    story = Story()
    story.opened()
    story.tell("ticket.resolved", 60)
    story.tell("ticket.closed", 70)
    story.tell("ticket.reopened", 100)
    return story


def test_t7_reopen_continue_revives_what_the_stop_had_ended():
    clock = reopened_story().clock("resolution", resolution("continue"))
    assert (clock.state, clock.started_at, clock.due_at) == (ClockState.RUNNING, after(0), after(160))


def test_t7_reopen_restart_counts_anew():
    clock = reopened_story().clock("resolution", resolution("restart"))
    assert (clock.state, clock.started_at, clock.due_at) == (ClockState.RUNNING, after(100), after(220))


def test_t7_reopen_new_clock_leaves_the_first_one_ended():
    story = reopened_story()
    first, second = replay(SUBJECT, story.facts, resolution("new_clock"))
    assert (first.state, first.stopped_at) == (ClockState.MET, after(60))
    assert (second.state, second.start_event_id, second.due_at) == (
        ClockState.RUNNING,
        story.facts[-1].event_id,
        after(220),
    )


def test_what_changed_while_it_was_ended_applies_at_the_reopening():
    story = Story(locality="local")
    story.opened()
    story.onsite(0)
    story.tell("ticket.resolved", 30)
    story.tell("ticket.details_changed", 60, locality="out_of_town")
    story.tell("ticket.reopened", 90)
    clock = story.clock("onsite")
    assert (clock.commitment.id, clock.due_at) == ("onsite-l1-l2-out-of-town", after(420))
    assert clock.retargets[0].cause is Cause.REOPENING


def test_late_news_of_the_stop_decides():
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 5, told=40)
    assert story.clock("response").state is ClockState.MET


def test_a_fact_told_late_does_not_predate_what_changed_meanwhile():
    """The late event carries the severity of its writing down; the change stays where it was."""
    story = Story(severity=3, locality="local")
    story.opened()
    story.onsite(0)
    story.tell("ticket.severity_changed", 60, severity=1)
    story.waiting(10, told=70)
    story.resumed(20, told=71)
    clock = story.clock("onsite")
    assert [one.at for one in clock.retargets] == [after(60)]
    assert clock.due_at == after(130)


POLICY_WORLD = {
    "start": {"event": "ticketing.ticket.opened", "when": {"severity": 3}},
    "target": {"hours": 4},
}


@pytest.mark.parametrize(
    ("policy", "hours", "due", "kept"),
    [
        ("from_start", 2, 120, False),
        ("from_start", 6, 360, False),
        ("from_change", 2, 180, False),
        ("better_for_customer", 2, 120, False),
        ("better_for_customer", 6, 240, True),
    ],
)
def test_t7_policies(policy, hours, due, kept):
    change = {"event": "ticketing.ticket.severity_changed", "policy": policy}
    start = {"event": "ticketing.ticket.opened", "when": {"severity": 1}}
    by = world(
        plan_of(
            commitment(id="before", **POLICY_WORLD, retarget=change),
            commitment(id="after", start=start, target={"hours": hours}, retarget=change),
        )
    )
    story = Story(severity=3)
    story.opened()
    story.tell("ticket.severity_changed", 60, severity=1)
    clock = story.clock("response", by)
    assert clock.due_at == after(due)
    assert clock.commitment.id == ("before" if kept else "after")
    assert clock.retargets[0].is_kept is kept


def test_a_clock_no_promise_applies_to_any_more_is_cancelled_and_revived():
    major = {"event": "ticketing.ticket.opened", "when": {"coverage": "covered"}}
    by = world(plan_of(commitment(start=major)))
    story = Story(coverage="covered")
    story.opened()
    story.tell("ticket.details_changed", 10, coverage="chargeable")
    gone = story.clock("response", by)
    assert (gone.state, gone.is_withdrawn, gone.stopped_at) == (ClockState.CANCELLED, True, after(10))
    story.tell("ticket.details_changed", 20, coverage="covered")
    back = story.clock("response", by)
    assert (back.state, back.id, back.due_at) == (ClockState.RUNNING, gone.id, after(70))


def test_a_commitment_that_pauses_otherwise_does_so_from_the_change():
    waits = {"pause": {"event": "ticketing.ticket.waiting"}, "resume": {"event": "ticketing.ticket.resumed"}}
    strict = commitment(id="strict", start={"event": "ticketing.ticket.opened", "when": {"severity": 1}})
    lenient = commitment(
        id="lenient", start={"event": "ticketing.ticket.opened", "when": {"severity": 3}}, **waits
    )
    story = Story(severity=1)
    story.opened()
    story.waiting(10)
    story.tell("ticket.severity_changed", 20, severity=3)
    by = world(plan_of(strict, lenient))
    assert story.clock("response", by).pauses[0].started_at == after(20)
    story.tell("ticket.severity_changed", 40, severity=1)
    clock = story.clock("response", by)
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, after(80))


def test_a_due_time_that_the_event_carries():
    by = world(plan_of(commitment(target={"at": "failed_at"})))
    story = Story(failed_at=after(45).isoformat())
    story.opened()
    assert story.clock("response", by).due_at == after(45)


def test_t4_working_days_in_the_desks_calendar():
    by = world(plan_of(commitment(target={"working_days": 5}, calendar="complaint-desk")))
    story = Story()
    story.opened()
    due = story.clock("response", by).due_at
    assert due.isoformat() == "2026-03-09T10:00:00+00:00"


def revised(hours=2, at=10):
    plan = plan_of(commitment(target={"hours": hours}))
    return [PlanRevision(plan_of(commitment()), 1, LONG_AGO), PlanRevision(plan, 2, after(at))]


def test_a_published_plan_retargets_running_clocks():
    story = Story()
    story.opened()
    clock = story.clock("response", world(*revised()))
    assert (clock.plan_revision, clock.due_at, clock.started_at) == (2, after(120), after(0))
    (one,) = clock.retargets
    assert (one.cause, one.event_id, one.at, one.plan_before, one.plan_after) == (
        Cause.PUBLICATION,
        None,
        after(10),
        "reference@1",
        "reference@2",
    )


def test_a_published_plan_leaves_ended_clocks_alone():
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 5)
    clock = story.clock("response", world(*revised()))
    assert (clock.plan_revision, clock.due_at) == (1, after(60))


def test_the_first_revision_judges_what_came_before_it():
    story = Story()
    story.opened()
    clock = story.clock("response", world(PlanRevision(reference(), 1, after(600))))
    assert (clock.plan_revision, clock.due_at) == (1, after(30))


def test_a_plan_that_drops_the_promise_ends_its_clocks():
    other = plan_of(commitment(metric="other"))
    story = Story()
    story.opened()
    by = world(PlanRevision(plan_of(commitment()), 1, LONG_AGO), PlanRevision(other, 2, after(10)))
    clock = story.clock("response", by)
    assert (clock.state, clock.is_withdrawn, clock.stopped_by) == (ClockState.CANCELLED, True, None)


def agreement(plan_id="gold", recorded=-10, starts=-100, ends=None, number=1):
    return Agreement(
        UUID(int=number),
        CUSTOMER,
        plan_id,
        after(starts),
        None if ends is None else after(ends),
        after(recorded),
    )


GOLD = plan_of(commitment(target={"minutes": 10}), plan_id="gold")


@pytest.mark.parametrize(
    ("agreements", "plan"),
    [
        ([], "reference"),
        ([agreement()], "gold"),
        ([agreement(starts=1)], "reference"),
        ([agreement(ends=0)], "reference"),
        ([agreement(ends=1)], "gold"),
        ([agreement(), agreement("reference", recorded=-5, number=2)], "reference"),
        ([agreement(), agreement(recorded=-5, ends=-1)], "reference"),
        ([agreement("unheard-of")], "reference"),
    ],
)
def test_the_agreement_at_the_start_chooses_the_plan(agreements, plan):
    story = Story()
    story.opened()
    by = world(reference(), GOLD, agreements=tuple(agreements))
    assert story.clock("response", by).plan_id == plan


def test_an_agreement_recorded_later_retargets_what_it_covers():
    story = Story()
    story.opened()
    by = world(reference(), GOLD, agreements=(agreement(recorded=5),))
    clock = story.clock("response", by)
    assert (clock.plan_id, clock.due_at, clock.retargets[0].at) == ("gold", after(10), after(5))


def test_what_is_told_after_an_agreement_was_recorded_is_judged_by_it_from_its_start():
    story = Story()
    story.tell("ticket.opened", 0, told=6)
    story.tell("ticket.acknowledged", 1, told=6)
    by = world(reference(), GOLD, agreements=(agreement(recorded=5),))
    clock = story.clock("response", by)
    assert (clock.plan_id, clock.due_at, clock.retargets) == ("gold", after(10), ())
    assert (clock.agreed.id, clock.agreed_since) == (UUID(int=1), None)


def test_what_is_told_after_an_agreement_ended_is_not_judged_by_it():
    story = Story()
    story.tell("ticket.opened", 0, told=6)
    by = world(reference(), GOLD, agreements=(agreement(), agreement(recorded=5, ends=-1)))
    assert story.clock("response", by).plan_id == "reference"


def test_a_start_told_after_the_agreement_counts_by_itself():
    """Whatever else of the ticket was told before."""
    both = plan_of(
        commitment(target={"minutes": 10}),
        commitment(id="second", metric="onsite", start={"event": "ticketing.ticket.onsite_required"}),
        plan_id="gold",
    )
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 1)
    story.tell("ticket.onsite_required", 2, told=6)
    clocks = story.clocks(world(reference(), both, agreements=(agreement(recorded=5),)))
    assert (clocks["response"].plan_id, clocks["onsite"].plan_id) == ("reference", "gold")
    assert clocks["onsite"].retargets == ()


def test_what_had_ended_when_an_agreement_was_recorded_stays_as_it_was_judged():
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 1)
    by = world(reference(), GOLD, agreements=(agreement(recorded=5),))
    clock = story.clock("response", by)
    assert (clock.plan_id, clock.agreed) == ("reference", None)
    assert (clock.agreed_since.plan_id, clock.agreed_since.recorded_at) == ("gold", after(5))


def test_an_agreement_that_ended_after_the_clock_is_not_told_as_a_later_one():
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 1)
    by = world(reference(), GOLD, agreements=(agreement(), agreement(recorded=5, ends=5)))
    clock = story.clock("response", by)
    assert (clock.plan_id, clock.agreed.ends_at, clock.agreed_since) == ("gold", None, None)


def test_an_agreement_of_somebody_else_changes_nothing():
    story = Story(customer_id=str(UUID(int=8)))
    story.opened()
    by = world(reference(), GOLD, agreements=(agreement(recorded=5),))
    assert story.clock("response", by).plan_id == "reference"


def closed_on_tuesday(at):
    desk = calendar("complaint-desk", holidays=("2026-03-03",))
    return CalendarRevision("complaint-desk", 2, after(at), desk)


def test_t11_a_published_calendar_counts_again_for_running_clocks():
    by_plan = plan_of(commitment(target={"hours": 8}, calendar="complaint-desk"))
    story = Story()
    story.opened()
    before = story.clock("response", world(by_plan))
    after_it = story.clock("response", world(by_plan, calendars=(closed_on_tuesday(60),)))
    assert (before.due_at.isoformat(), before.calendar_revision) == ("2026-03-03T03:00:00+00:00", 1)
    assert (after_it.due_at.isoformat(), after_it.calendar_revision) == ("2026-03-04T03:00:00+00:00", 2)


def test_t11_ended_clocks_keep_their_calendar():
    by_plan = plan_of(commitment(target={"hours": 8}, calendar="complaint-desk"))
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 30)
    clock = story.clock("response", world(by_plan, calendars=(closed_on_tuesday(60),)))
    assert (clock.due_at.isoformat(), clock.calendar_revision) == ("2026-03-03T03:00:00+00:00", 1)


def test_a_world_without_plans_has_no_clocks():
    story = Story()
    story.opened()
    story.tell("ticket.severity_changed", 5, severity=1)
    by = world(plan_of(commitment(), plan_id="other"))
    assert story.clocks(by) == {}


def test_facts_of_an_unknown_subject_have_no_clocks():
    story = Story()
    story.opened()
    elsewhere = type(SUBJECT)("asset", SUBJECT.id)
    assert replay(elsewhere, story.facts, world()) == ()
