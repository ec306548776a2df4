"""Promises whose due time comes with warranty's events: a defect's deadline (§1.2.2), inspections (§1.2.4)."""

from itertools import permutations
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts import REGISTRY
from sla.catalogue import catalogue_of, fact_names, subject_of
from sla.domain.clocks import Clock, ClockState, Fact, Subject, replay
from sla.domain.explanation import explain, sentences
from sla.domain.matching import Index, hold
from sla.domain.plans.checking import check_plan

from .story import CUSTOMER, after, commitment, plan_of, reference, world

_IDS = UUID(int=98)


class Told:
    """A thing of warranty's and what happened to it."""

    def __init__(self, subject: str, **facts: object) -> None:
        self.subject = Subject(subject, UUID(int=5))
        self.data: dict[str, object] = {"customer_id": CUSTOMER, **facts}
        self.facts: list[Fact] = []

    def tell(self, event: str, minutes: float, **facts: object) -> None:
        self.data |= facts
        number = len(self.facts) + 1
        at = after(minutes)
        kept = (number, dict(self.data), "urn:aftercare:warranty", "clerk-1")
        self.facts.append(Fact(uuid5(_IDS, str(number)), f"warranty.{event}", at, at, *kept))

    def clocks(self) -> tuple[Clock, ...]:
        return replay(self.subject, self.facts, world())


def iso(minutes: float) -> str:
    return after(minutes).isoformat()


def defect(due: float | None = 600) -> Told:
    told = Told("defect", kind="quality", is_blocking=True, due_at=None if due is None else iso(due))
    told.tell("defect.recorded", 0)
    return told


def test_a_defect_is_due_when_the_customer_says():
    [clock] = defect().clocks()
    assert (clock.metric, clock.due_at, clock.state) == ("resolution", after(600), ClockState.RUNNING)
    assert (clock.commitment.clause, clock.subject.type) == ("§1.2.2", "defect")


@pytest.mark.parametrize(("minutes", "state"), [(599, ClockState.MET), (601, ClockState.MET_LATE)])
def test_resolved_it_is_met_or_met_late(minutes, state):
    told = defect()
    told.tell("defect.resolved", minutes)
    assert told.clocks()[0].state is state


def test_another_deadline_moves_the_due_time_either_way():
    for due in (300, 900):
        told = defect()
        told.tell("defect.deadline_changed", 60, due_at=iso(due))
        [clock] = told.clocks()
        assert (clock.started_at, clock.due_at) == (after(0), after(due))
        [change] = clock.retargets
        assert change.at == after(60)


def test_no_deadline_no_clock_until_the_customer_sets_one():
    told = defect(None)
    assert told.clocks() == ()
    told.tell("defect.deadline_changed", 60, due_at=iso(600))
    [clock] = told.clocks()
    assert (clock.started_at, clock.attached_at, clock.due_at) == (after(0), after(60), after(600))


def test_an_inspection_is_due_by_the_end_of_its_day():
    told = Told("inspection", due_at=iso(20_000))
    told.tell("inspection.due", 0)
    told.tell("inspection.rescheduled", 10, due_at=iso(30_000))
    told.tell("inspection.started", 29_000)
    [clock] = told.clocks()
    assert (clock.metric, clock.due_at, clock.state) == ("inspection", after(30_000), ClockState.RUNNING)
    told.tell("inspection.completed", 29_500)
    told.tell("inspection.anomaly", 29_500)
    assert [one.state for one in told.clocks()] == [ClockState.MET]


def test_a_cancelled_inspection_owes_nothing():
    told = Told("inspection", due_at=iso(600))
    told.tell("inspection.due", 0)
    told.tell("inspection.cancelled", 10)
    assert told.clocks()[0].state is ClockState.CANCELLED


def owed(due: float = 20_000) -> Told:
    told = Told("inspection_obligation", due_at=iso(due), state="open")
    told.tell("inspection_obligation.opened", 0)
    return told


@pytest.mark.parametrize(("minutes", "state"), [(19_999, ClockState.MET), (20_001, ClockState.MET_LATE)])
def test_an_inspection_promised_by_the_year_is_kept_by_a_visit(minutes, state):
    told = owed()
    told.tell("inspection_obligation.kept", minutes, state="kept", inspection_id=str(UUID(int=3)))
    [clock] = told.clocks()
    assert (clock.metric, clock.commitment.clause, clock.due_at) == ("inspection", "§1.2.4", after(20_000))
    assert clock.state is state


def test_a_visit_of_the_period_told_late_takes_a_late_ones_place():
    told = owed()
    told.tell("inspection_obligation.kept", 30_000)
    assert told.clocks()[0].state is ClockState.MET_LATE
    told.tell("inspection_obligation.kept", 10_000)
    assert told.clocks()[0].state is ClockState.MET


def test_a_contract_that_changes_moves_or_takes_back_what_it_owes():
    told = owed()
    told.tell("inspection_obligation.period_changed", 100, due_at=iso(10_000))
    [clock] = told.clocks()
    assert (clock.started_at, clock.due_at) == (after(0), after(10_000))
    told.tell("inspection_obligation.withdrawn", 200, state="withdrawn")
    assert told.clocks()[0].state is ClockState.CANCELLED


def test_one_kept_ahead_of_its_time_is_met_as_it_begins():
    told = owed()
    told.tell("inspection_obligation.kept", 0, state="kept")
    assert told.clocks()[0].state is ClockState.MET


def test_order_of_arrival_and_doubles_do_not_matter():
    told = defect()
    told.tell("defect.deadline_changed", 60, due_at=iso(900))
    told.tell("defect.resolved", 700)
    by = world()
    expected = replay(told.subject, told.facts, by)
    for shuffled in permutations([*told.facts, told.facts[1]]):
        assert replay(told.subject, shuffled, by) == expected


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=6), st.integers(0, 6_000))
def test_the_last_deadline_decides(deadlines, resolved):
    told = defect(deadlines[0])
    for number, due in enumerate(deadlines[1:], start=1):
        told.tell("defect.deadline_changed", number / 10, due_at=iso(due))
    told.tell("defect.resolved", 1 + resolved)
    [clock] = told.clocks()
    assert clock.due_at == after(deadlines[-1])
    assert clock.state is (ClockState.MET if 1 + resolved <= deadlines[-1] else ClockState.MET_LATE)


@pytest.mark.parametrize(("language", "words"), [("en", "§1.2.2 of plan reference"), ("zh-CN", "§1.2.2")])
def test_a_due_time_from_the_event_is_explained(language, words):
    told = defect()
    told.tell("defect.deadline_changed", 60, due_at=iso(900))
    [clock] = told.clocks()
    explanation = explain(clock, told.facts, after(100))
    counted = sum(window.counted_seconds for window in explanation.windows)
    assert counted == explanation.target_seconds == 900 * 60
    assert explanation.elapsed_seconds + explanation.remaining_seconds == counted
    said = "\n".join(sentences(explanation, language))
    assert words in said
    assert "due_at" in said
    assert "{" not in said
    assert clock.commitment.titles[language] in said


EVENTS = {kind.type: kind for kind in REGISTRY.values() if kind.service() == "warranty"}


@pytest.mark.parametrize("subject", ["defect", "inspection", "inspection_obligation", "claim"])
def test_the_facts_of_a_subject_are_fields_of_all_its_events(subject):
    kinds = [kind for kind in EVENTS.values() if subject_of(kind.collection) == subject]
    assert kinds
    for kind in kinds:
        assert fact_names()[subject] <= set(kind.model_fields), kind.type


def test_no_two_promises_of_warranty_tie_and_none_is_missed():
    index = Index.of(reference())
    for key in (
        ("defect", "warranty.defect.recorded"),
        ("inspection", "warranty.inspection.due"),
        ("inspection_obligation", "warranty.inspection_obligation.opened"),
    ):
        for contenders in index.starts[key].values():
            ranks = [one.rank for one in contenders if hold(one.tests, {"due_at": iso(1)})]
            assert ranks.count(max(ranks)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": {"at": "is_blocking"}}, "plan-not-an-instant"),
        ({"start": {"event": "ticketing.ticket.opened"}}, "plan-other-subject"),
        ({"start": {"event": "warranty.defect.recorded", "when": {"kind": "rust"}}}, "plan-impossible-value"),
        ({"start": {"event": "warranty.defect.recorded", "when": {"colour": "red"}}}, "plan-unknown-field"),
        ({"stop": {"event": "warranty.defect.forgotten"}}, "plan-unknown-event"),
    ],
)
def test_a_plan_that_speaks_wrongly_of_defects_is_refused(changes, code):
    sound = {
        "subject": "defect",
        "metric": "resolution",
        "start": {"event": "warranty.defect.recorded"},
        "stop": {"event": "warranty.defect.resolved"},
        "target": {"at": "due_at"},
    }
    found = check_plan(plan_of(commitment(**{**sound, **changes})), catalogue_of(["always"]))
    assert code in {issue.code for issue in found}
