"""Warnings, breaches and escalations: when they are crossed, and that each is decided once."""

import pytest

from sla.domain.business_time.instants import microseconds
from sla.domain.clocks import PlanRevision
from sla.domain.crossings import (
    Decided,
    Kind,
    Outcome,
    decide_announcements,
    schedule,
    settle,
    thresholds,
)

from .story import LONG_AGO, Story, after, commitment, plan_of, reference, world


def told(clock):
    return [(one.percent, one.crosses_at) for one in schedule(clock)]


def upcoming(clock, instant):
    return decide_announcements(clock, (), instant).next_at


def onsite(severity=3):
    """Four hours for levels 3 and 4, two for 1 and 2."""
    story = Story(severity=severity, locality="local")
    story.opened()
    story.onsite()
    return story


class Ledger:
    """The rows a service would store, and everything it announced."""

    def __init__(self):
        self.rows = {}
        self.announced = []

    def sweep(self, clock, up_to):
        return self._take(decide_announcements(clock, self.rows.values(), up_to))

    def hear(self, clock, up_to):
        return self._take(settle(clock, self.rows.values(), up_to))

    def _take(self, decision):
        if decision.announcement:
            crossing = decision.announcement.crossing
            self.announced.append((decision.announcement.kind, *crossing.key))
            self._store(crossing, Outcome.ANNOUNCED)
        for crossing in decision.superseded:
            self._store(crossing, Outcome.SUPERSEDED)
        for crossing in decision.moot:
            self._store(crossing, Outcome.MOOT)
        for row in decision.withdrawn:
            self.rows[row.percent, row.due_revision] = Decided(
                row.percent, row.due_revision, row.outcome, is_withdrawn=True
            )
        return decision

    def _store(self, crossing, outcome):
        self.rows[crossing.key] = Decided(*crossing.key, outcome)


def test_one_threshold_per_percentage_and_the_due_time_is_always_one():
    (one,) = plan_of(
        commitment(
            warn_at=["50%", "80%"], escalate=[{"at": "80%", "to": "lead"}, {"at": "150%", "to": "board"}]
        )
    ).commitments
    assert [(t.percent, t.is_warning, t.is_breach, t.escalate_to) for t in thresholds(one)] == [
        (50, True, False, None),
        (80, True, False, "lead"),
        (100, False, True, None),
        (150, False, False, "board"),
    ]


def test_thresholds_are_shares_of_the_open_time():
    assert told(onsite().clock("onsite")) == [
        (50, after(120)),
        (80, after(192)),
        (100, after(240)),
        (150, after(360)),
    ]


def test_day_targets_too():
    by = world(plan_of(commitment(target={"working_days": 1}, calendar="complaint-desk", warn_at=["50%"])))
    story = Story()
    story.opened()
    clock = story.clock("response", by)
    # Six open hours are left on Monday and nine on Tuesday: half of them end at 10:30 on Tuesday.
    assert [one.crosses_at.isoformat() for one in schedule(clock)] == [
        "2026-03-03T02:30:00+00:00",
        "2026-03-03T10:00:00+00:00",
    ]


def test_t5_a_waiting_clock_crosses_nothing():
    story = onsite()
    story.waiting(60)
    clock = story.clock("onsite")
    assert (told(clock), upcoming(clock, after(0))) == ([], None)


def test_what_was_crossed_before_waiting_is_not_crossed_again():
    story = onsite()
    story.waiting(150)
    story.resumed(170)
    assert told(story.clock("onsite")) == [
        (50, after(120)),
        (80, after(212)),
        (100, after(260)),
        (150, after(380)),
    ]


def test_nothing_is_crossed_after_the_end():
    story = onsite()
    story.tell("visit.arrived", 192)
    assert told(story.clock("onsite")) == [(50, after(120))]


def test_a_breach_of_the_new_due_time_is_stamped_with_the_change():
    story = onsite(severity=3)
    story.tell("ticket.severity_changed", 180, severity=1)
    clock = story.clock("onsite")
    assert [(c.percent, c.crosses_at, c.is_current) for c in schedule(clock)] == [
        (50, after(120), False),
        (50, after(180), True),
        (80, after(180), True),
        (100, after(180), True),
        (150, after(180), True),
    ]
    assert {c.due_revision for c in schedule(clock) if c.is_current} == {microseconds(after(120))}


def test_a_plan_revision_with_the_same_due_time_crosses_nothing_twice():
    before, later = commitment(warn_at=["50%", "80%"]), commitment(warn_at=["50%", "70%"])
    by = world(PlanRevision(plan_of(before), 1, LONG_AGO), PlanRevision(plan_of(later), 2, after(45)))
    story = Story()
    story.opened()
    assert told(story.clock("response", by)) == [(50, after(30)), (70, after(45)), (100, after(60))]


def test_a_clock_attached_late_crosses_at_the_attachment():
    story = Story()
    story.opened()
    story.tell("ticket.major_flagged", 26 * 60, is_major=True)
    assert {at for percent, at in told(story.clock("onsite_major")) if percent <= 100} == {after(26 * 60)}


def test_a_clock_attached_when_it_had_ended_crosses_nothing():
    story = Story()
    story.opened()
    story.tell("visit.arrived", 25 * 60)
    story.tell("ticket.major_flagged", 26 * 60, is_major=True)
    assert told(story.clock("onsite_major")) == []


def test_crossings_are_those_reached():
    clock = onsite().clock("onsite")
    assert [one.percent for one in schedule(clock) if one.crosses_at <= after(192)] == [50, 80]
    assert upcoming(clock, after(0)) == after(120)
    assert upcoming(clock, after(120)) == after(192)
    assert upcoming(clock, after(360)) is None


def test_sweeps_in_time_announce_each_step():
    clock, ledger = onsite().clock("onsite"), Ledger()
    steps = [ledger.sweep(clock, after(minutes)) for minutes in (119, 120, 192, 240, 360)]
    assert [one.announcement and one.announcement.kind for one in steps] == [
        None,
        Kind.WARNED,
        Kind.WARNED,
        Kind.BREACHED,
        Kind.ESCALATED,
    ]
    assert [one.announcement.escalate_to for one in steps[1:]] == [
        None,
        "team_lead",
        "service_manager",
        "steering_group",
    ]
    assert [one.next_at for one in steps] == [after(120), after(192), after(240), after(360), None]


def test_after_downtime_only_the_highest_is_announced_with_its_highest_step():
    clock, ledger = onsite().clock("onsite"), Ledger()
    decision = ledger.sweep(clock, after(300))
    assert (decision.announcement.kind, decision.announcement.crossing.percent) == (Kind.BREACHED, 100)
    assert decision.announcement.escalate_to == "service_manager"
    assert [one.percent for one in decision.superseded] == [50, 80]
    assert ledger.sweep(clock, after(300)).announcement is None


def test_far_beyond_due_the_breach_is_announced_once_with_the_top_step():
    clock, ledger = onsite().clock("onsite"), Ledger()
    announcement = ledger.sweep(clock, after(5000)).announcement
    assert (announcement.kind, announcement.crossing.percent, announcement.escalate_to) == (
        Kind.BREACHED,
        150,
        "steering_group",
    )


def test_a_clock_that_ended_meanwhile_makes_them_moot():
    story, ledger = onsite(), Ledger()
    story.tell("visit.arrived", 250)
    decision = ledger.hear(story.clock("onsite"), after(260))
    assert decision.announcement is None
    assert {key[0]: row.outcome for key, row in ledger.rows.items()} == dict.fromkeys(
        (50, 80, 100), Outcome.MOOT
    )
    assert ledger.sweep(story.clock("onsite"), after(9000)).announcement is None


def test_late_news_withdraws_an_announced_breach():
    story, ledger = onsite(), Ledger()
    ledger.sweep(story.clock("onsite"), after(241))
    story.tell("visit.arrived", 200, told=250)
    withdrawn = ledger.hear(story.clock("onsite"), after(250)).withdrawn
    assert [row.percent for row in withdrawn] == [100]
    assert ledger.hear(story.clock("onsite"), after(251)).withdrawn == ()


def test_a_late_pause_withdraws_the_breach_and_the_new_due_time_breaches_again():
    story, ledger = onsite(), Ledger()
    ledger.sweep(story.clock("onsite"), after(241))
    story.waiting(200, told=250)
    story.resumed(230, told=250)
    clock = story.clock("onsite")
    assert [row.percent for row in ledger.hear(clock, after(250)).withdrawn] == [100]
    assert ledger.sweep(clock, after(269)).announcement is None
    assert ledger.sweep(clock, after(270)).announcement.kind is Kind.BREACHED


def test_t7_a_later_due_time_withdraws_and_may_cross_again():
    story, ledger = onsite(severity=1), Ledger()
    ledger.sweep(story.clock("onsite"), after(121))
    story.tell("ticket.severity_changed", 125, severity=3)
    clock = story.clock("onsite")
    assert [row.percent for row in ledger.hear(clock, after(125)).withdrawn] == [100]
    assert ledger.sweep(clock, after(125)).announcement.kind is Kind.WARNED
    assert ledger.sweep(clock, after(240)).announcement.kind is Kind.BREACHED


def test_an_earlier_due_time_breaches_anew_without_withdrawing():
    story, ledger = onsite(severity=3), Ledger()
    ledger.sweep(story.clock("onsite"), after(241))
    story.tell("ticket.severity_changed", 250, severity=1)
    clock = story.clock("onsite")
    assert ledger.hear(clock, after(250)).withdrawn == ()
    assert ledger.sweep(clock, after(250)).announcement.kind is Kind.BREACHED


def test_a_due_time_that_returns_is_breached_again():
    story, ledger = onsite(severity=1), Ledger()
    ledger.sweep(story.clock("onsite"), after(130))
    story.tell("ticket.severity_changed", 135, severity=3)
    ledger.hear(story.clock("onsite"), after(135))
    story.tell("ticket.severity_changed", 140, severity=1)
    ledger.hear(story.clock("onsite"), after(140))
    assert ledger.sweep(story.clock("onsite"), after(140)).announcement.kind is Kind.BREACHED


def test_a_warning_learnt_of_after_the_breach_is_not_announced():
    before, later = commitment(warn_at=["50%"]), commitment(warn_at=["50%", "70%"])
    story, ledger = Story(), Ledger()
    story.opened()
    ledger.sweep(story.clock("response", world(plan_of(before))), after(60))
    by = world(PlanRevision(plan_of(before), 1, LONG_AGO), PlanRevision(plan_of(later), 2, after(65)))
    decision = ledger.sweep(story.clock("response", by), after(70))
    assert (decision.announcement, [one.percent for one in decision.superseded]) == (None, [70])


@pytest.mark.parametrize("minutes", [0, 119, 120, 300, 5000])
def test_settling_says_when_to_look_and_announces_nothing(minutes):
    decision = settle(onsite().clock("onsite"), [], after(minutes))
    assert (decision.announcement, decision.next_at) == (None, after(120))


def test_the_reference_plan_calls_the_ladder():
    assert {step.to for one in reference().commitments for step in one.escalate} == {
        "team_lead",
        "service_manager",
        "steering_group",
    }
