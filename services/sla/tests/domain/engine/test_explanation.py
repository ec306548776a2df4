"""Why a clock is due when it is: for a person, and for a court."""

import json
from uuid import UUID

import pytest

from sla.domain.clocks import Agreement, ClockState, PlanRevision
from sla.domain.explanation import document_of, explain, sentences
from sla.domain.explanation.words import EN, ZH

from .story import CUSTOMER, LONG_AGO, Story, after, commitment, plan_of, world


def explained(story, metric, minutes, by=None):
    return explain(story.clock(metric, by), story.facts, after(minutes))


def text(explanation, language="en"):
    return "\n".join(sentences(explanation, language))


def counted(explanation):
    return sum(window.counted_seconds for window in explanation.windows)


def onsite():
    story = Story(locality="local", severity=3)
    story.opened()
    story.onsite()
    return story


def test_it_names_the_promise_the_winner_and_why_the_others_lost():
    explanation = explained(onsite(), "onsite", 10)
    said = text(explanation)
    assert "§1.2.4 of plan reference, revision 1: “On site, L3 and L4, local”" in said
    assert "Chosen at Mon 2026-03-02 12:00: onsite-l3-l4-local" in said
    assert "severity is one of 3, 4" in said
    assert "asked that locality is out_of_town, but found local" in said
    assert "It is due at Mon 2026-03-02 16:00." in said


def test_while_it_runs_the_windows_add_up_to_the_target():
    explanation = explained(onsite(), "onsite", 60)
    assert counted(explanation) == explanation.counted_seconds == 4 * 3600
    assert explanation.elapsed_seconds + explanation.remaining_seconds == counted(explanation)
    assert "add up to 4 h, which is the time allowed (1 h used, 3 h left)" in text(explanation)


def test_once_stopped_they_add_up_to_the_time_used():
    story = onsite()
    story.waiting(30)
    story.resumed(50)
    story.tell("visit.arrived", 90)
    explanation = explained(story, "onsite", 500)
    assert counted(explanation) == explanation.elapsed_seconds == 70 * 60
    said = text(explanation)
    assert "12:00–12:30 = 30 min" in said
    assert "12:50–13:30 = 40 min" in said
    assert "(customer; by agent-3, event" in said
    assert "20 min given back" in said
    assert "Done at Mon 2026-03-02 13:30, not after the due time Mon 2026-03-02 16:20: met." in said


def test_while_it_waits_it_has_no_due_time():
    story = onsite()
    story.waiting(30)
    explanation = explained(story, "onsite", 500)
    assert (explanation.state, explanation.due_at, counted(explanation)) == (ClockState.PAUSED, None, 1800)
    assert "3 h 30 min are left" in text(explanation)


def test_a_late_one_says_since_when():
    said = text(explained(onsite(), "onsite", 300))
    assert "It was due at Mon 2026-03-02 16:00, is late since Mon 2026-03-02 16:00 and still open." in said
    assert "(5 h used, 1 h over)" in said


def test_met_late_cancelled_and_stopped_while_waiting():
    late, cancelled, waiting = onsite(), onsite(), onsite()
    late.tell("visit.arrived", 250)
    cancelled.tell("ticket.cancelled", 250)
    waiting.waiting(10)
    waiting.tell("visit.arrived", 20)
    assert "met late." in text(explained(late, "onsite", 300))
    assert "Before that it was late since" in text(explained(cancelled, "onsite", 300))
    assert "while it waited" in text(explained(waiting, "onsite", 300))


def test_retargets_assumptions_and_attachments_are_told():
    story = Story()
    story.opened()
    story.onsite()
    assert "Not known: locality. The stricter case is assumed." in text(explained(story, "onsite", 5))
    story.tell("ticket.details_changed", 20, locality="out_of_town")
    said = text(explained(story, "onsite", 30))
    assert (
        "onsite-l1-l2-unknown gave way to onsite-l1-l2-out-of-town (facts changed: locality=out_of_town)"
        in said
    )
    story.tell("ticket.major_flagged", 40, is_major=True)
    assert "became known to apply at Mon 2026-03-02 12:40" in text(explained(story, "onsite_major", 50))


def test_reopenings_are_told():
    story = onsite()
    story.tell("ticket.resolved", 30)
    story.tell("ticket.reopened", 90)
    said = text(explained(story, "onsite", 100))
    assert "was reopened at Mon 2026-03-02 13:30; the time between does not count, 1 h given back" in said


def test_a_restart_is_told():
    reopen = {"event": "ticketing.ticket.reopened", "policy": "restart"}
    by = world(plan_of(commitment(reopen=reopen)))
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 30)
    story.tell("ticket.reopened", 90)
    assert "counts anew from there" in text(explained(story, "response", 100, by))


def test_events_have_ids_times_and_authors_and_late_ones_say_so():
    story = Story()
    opened = story.opened()
    stop = story.tell("ticket.acknowledged", 5, told=40)
    explanation = explained(story, "response", 50)
    assert [(one.event_id, one.is_told_late) for one in explanation.events] == [
        (opened.event_id, False),
        (stop.event_id, True),
    ]
    assert (
        "happened at Mon 2026-03-02 12:05, recorded at Mon 2026-03-02 12:40 (told afterwards), by agent-2"
        in text(explanation)
    )


def test_further_starts_are_told():
    story = onsite()
    story.onsite(10)
    assert "1 further start events found it running" in text(explained(story, "onsite", 20))


def test_a_publication_and_a_dropped_promise_are_told():
    first, second = plan_of(commitment()), plan_of(commitment(target={"hours": 2}))
    gone = plan_of(commitment(metric="other"))
    story = Story()
    story.opened()
    revisions = [PlanRevision(first, 1, LONG_AGO), PlanRevision(second, 2, after(5))]
    assert "a plan or agreement came in force" in text(explained(story, "response", 20, world(*revisions)))
    by = world(*revisions, PlanRevision(gone, 3, after(9)))
    assert "no commitment of the plan applies any more" in text(explained(story, "response", 20, by))


def agreed(recorded):
    return Agreement(UUID(int=1), CUSTOMER, "gold", LONG_AGO, None, after(recorded))


@pytest.mark.parametrize(
    ("recorded", "field", "said"),
    [
        (-5, "agreement", "puts the customer on plan gold from"),
        (5, "later_agreement", "covers the start of the clock, but was recorded at Mon 2026-03-02 12:05"),
    ],
)
def test_the_agreement_is_told(recorded, field, said):
    story = Story()
    story.opened()
    story.tell("ticket.acknowledged", 1)
    gold = plan_of(commitment(), plan_id="gold")
    explanation = explained(
        story, "response", 10, world(plan_of(commitment()), gold, agreements=(agreed(recorded),))
    )
    assert said in text(explanation)
    told = document_of(explanation)
    assert [name for name in ("agreement", "later_agreement") if told[name]] == [field]
    assert (told[field]["plan_id"], told[field]["ends_at"]) == ("gold", None)
    assert all("{" not in one for one in sentences(explanation, "zh-CN"))


def test_day_targets_are_dated_days():
    by = world(plan_of(commitment(target={"working_days": 5}, calendar="complaint-desk")))
    story = Story()
    story.opened()
    explanation = explained(story, "response", 10, by)
    assert [window.opens_at.astimezone(explanation.zone).date().day for window in explanation.windows] == [
        3,
        4,
        5,
        6,
        9,
    ]
    said = text(explanation)
    assert "Day 5: Mon 2026-03-09" in said
    assert "Sat 2026-03-07: not a working day, nothing counts." in said


def test_time_given_back_after_the_days_is_told():
    pausing = commitment(
        target={"working_days": 2},
        calendar="complaint-desk",
        pause={"event": "ticketing.ticket.waiting"},
        resume={"event": "ticketing.ticket.resumed"},
    )
    story = Story()
    story.opened(-240)
    story.waiting(-60)
    story.resumed(0)
    explanation = explained(story, "response", 10, world(plan_of(pausing)))
    assert [window.is_given_back for window in explanation.windows] == [False, False, True]
    said = text(explanation)
    assert "Thu 2026-03-05 09:00–10:00 = 1 h (given back)" in said
    assert "These are 2 working days, and 1 h given back for waits" in said


def test_the_document_is_plain_json():
    story = onsite()
    story.waiting(30)
    document = document_of(explained(story, "onsite", 60))
    again = json.loads(json.dumps(document))
    assert again == document
    assert document["target"] == {"hours": 4}
    assert document["rounds"][0]["candidates"][0]["verdict"] == "won"
    assert document["waits"][0]["reason"] == "customer"


def test_both_languages_say_the_same_things():
    assert ZH.keys() == EN.keys()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("minutes", [1, 300])
def test_every_sentence_is_filled_in(language, minutes):
    story = onsite()
    story.waiting(10)
    story.resumed(20)
    story.tell("ticket.severity_changed", 30, severity=1)
    for metric in story.clocks():
        said = sentences(explained(story, metric, minutes), language)
        assert len(said) > 5
        assert not [one for one in said if "{" in one]
