"""A plan that cannot work is refused, with the place and the reason."""

import pytest

from sla.catalogue import catalogue_of, subject_of
from sla.domain.messages import issue_text
from sla.domain.plans import node_of, read_plan
from sla.domain.plans.checking import check_plan
from sla.plan_files import read_text

from .story import commitment, plan_of

OPENED = "ticketing.ticket.opened"
CATALOGUE = catalogue_of(["always", "complaint-desk"])


def found(*commitments):
    issues = check_plan(plan_of(*commitments), CATALOGUE)
    for issue in issues:
        assert "{" not in issue_text(issue, "en")
        assert "{" not in issue_text(issue, "zh-CN")
    return [(issue.code, issue.pointer) for issue in issues]


def when(**conditions):
    return {"event": OPENED, "when": conditions}


def test_a_sound_plan_has_no_issues():
    assert found(commitment()) == []


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"calendar": "nowhere"}, "plan-unknown-calendar", "/commitments/0/calendar"),
        ({"subject": "planet"}, "plan-unknown-subject", "/commitments/0/subject"),
        (
            {"start": {"event": "ticketing.ticket.exploded"}},
            "plan-unknown-event",
            "/commitments/0/start/event",
        ),
        (
            {"stop": [{"event": "ticketing.ticket.acknowledged"}, {"event": "nothing"}]},
            "plan-unknown-event",
            "/commitments/0/stop/1/event",
        ),
        ({"start": when(colour="red")}, "plan-unknown-field", "/commitments/0/start/when/colour"),
        ({"start": when(severity=7)}, "plan-impossible-value", "/commitments/0/start/when/severity"),
        ({"start": when(severity="2")}, "plan-impossible-value", "/commitments/0/start/when/severity"),
        (
            {"start": when(kind=["incident", "party"])},
            "plan-impossible-value",
            "/commitments/0/start/when/kind",
        ),
        ({"start": when(is_major=1)}, "plan-impossible-value", "/commitments/0/start/when/is_major"),
        (
            {"start": when(distance_km="far")},
            "plan-impossible-value",
            "/commitments/0/start/when/distance_km",
        ),
        (
            {"pause": {"event": "ticketing.ticket.waiting"}},
            "plan-pause-without-resume",
            "/commitments/0/pause",
        ),
        ({"target": {"at": "severity"}}, "plan-not-an-instant", "/commitments/0/target"),
        ({"target": {"at": "nothing"}}, "plan-not-an-instant", "/commitments/0/target"),
        ({"assumes": ["locality"]}, "plan-assumes-known", "/commitments/0/assumes"),
    ],
)
def test_names_and_values_that_do_not_exist(changes, code, pointer):
    assert (code, pointer) in found(commitment(**changes))


def test_a_due_time_carried_by_the_event_is_accepted():
    assert found(commitment(target={"at": "reported_at"})) == []


def test_two_commitments_of_one_name():
    assert found(commitment(), commitment(metric="other")) == [("plan-duplicate-id", "/commitments/1/id")]


def test_equal_specificity_and_priority_is_a_tie():
    by_kind = commitment(id="by-kind", start=when(kind="incident"))
    by_level = commitment(id="by-level", start=when(severity=[1, 2]))
    assert ("plan-tie", "/commitments/2") in found(commitment(), by_kind, by_level)
    assert found(commitment(), by_kind, by_level | {"priority": 1}) == []


def test_commitments_that_exclude_each_other_do_not_tie():
    near = commitment(id="near", start=when(distance_km={"lt": 1000}))
    far = commitment(id="far", start=when(distance_km={"gte": 1000}))
    assert found(commitment(), near, far) == []
    overlapping = commitment(id="far", start=when(distance_km={"gte": 999}))
    assert ("plan-tie", "/commitments/1") in found(commitment(), near, overlapping) or (
        "plan-tie",
        "/commitments/2",
    ) in found(commitment(), near, overlapping)


def test_a_ticket_without_a_response_is_a_gap():
    assert found(commitment(start=when(severity=[1, 2, 3]))) == [("plan-gap", "/commitments/0")]
    assert found(commitment(metric="onsite")) == [("plan-gap", "/commitments")]


def test_kinds_that_nobody_promised_a_response_leave_no_gap():
    assert found(commitment(start=when(kind=["incident", "service_request"]))) == []


def test_unknown_facts_can_be_a_gap_too():
    known = commitment(start=when(locality=["local", "out_of_town"]))
    unknown = commitment(id="second", start=when(locality={"exists": False}), assumes=["locality"])
    assert found(known) == [("plan-gap", "/commitments/0")]
    assert found(known, unknown) == []


def test_a_commitment_that_never_wins_is_told():
    hidden = commitment(id="hidden", priority=-1)
    assert found(commitment(), hidden) == [("plan-unreachable", "/commitments/1")]
    impossible = commitment(id="impossible", start=when(distance_km={"lt": 10, "gt": 20}))
    assert found(commitment(), impossible) == [("plan-unreachable", "/commitments/1")]


def test_too_many_combinations_are_not_tried():
    fields = ("customer_id", "site_id", "asset_id", "engineer_id", "number")
    many = {field: [str(n) for n in range(15)] for field in fields}
    assert ("plan-too-many-combinations", "/commitments") in found(
        commitment(), commitment(id="many", start=when(**many))
    )


def test_issues_of_content_name_their_line_in_the_text():
    text = """id: mine
title: {zh-CN: 方案, en: Plan}
commitments:
- id: first
  clause: "§1.2.4"
  title: {zh-CN: 响应, en: Response}
  subject: ticket
  metric: response
  start:
    event: ticketing.ticket.opened
    when:
      colour: red
  stop: [{event: ticketing.ticket.acknowledged}]
  target: {hours: 1}
  calendar: nowhere
"""
    issues = check_plan(read_text(text).plan, CATALOGUE)
    assert [(issue.code, issue.line) for issue in issues] == [
        ("plan-unknown-calendar", 15),
        ("plan-unknown-field", 12),
    ]


def test_an_event_of_another_subject_is_refused():
    plan = read_plan(
        node_of({"id": "a", "title": {"zh-CN": "a", "en": "a"}, "commitments": [commitment(subject="asset")]})
    ).plan
    codes = {issue.code for issue in check_plan(plan, CATALOGUE)}
    assert codes >= {"plan-unknown-subject", "plan-other-subject"}


def test_only_declared_collections_have_clocks():
    assert subject_of("tickets") == "ticket"
    assert subject_of("clocks") is None
