"""Every promise of §1.2.4 and §1.2.5 that a ticket's events start, and that no two of them ever tie."""

from itertools import product

import pytest

from sla.catalogue import catalogue_of
from sla.domain.matching import Index, hold
from sla.domain.plans.checking import check_plan

from .story import Story, reference

KINDS = ("incident", "service_request")
CHANNELS = ("hotline", "email", "fax", "portal", "monitoring", "inspection", "visit")
DISTANCES = (None, "0", "999.999", "1000", "1000.001", "20000")


def test_the_reference_plan_may_be_published():
    assert check_plan(reference(), catalogue_of(["always"])) == ()


def every_ticket():
    for kind, channel, severity, case, locality, distance, major in product(
        KINDS,
        CHANNELS,
        (1, 2, 3, 4),
        ("normal", "special"),
        (None, "local", "out_of_town"),
        DISTANCES,
        (True, False),
    ):
        yield Story(
            kind=kind,
            channel=channel,
            severity=severity,
            response_case=case,
            locality=locality,
            distance_km=distance,
            is_major=major,
        ).data


def test_no_ticket_makes_two_commitments_tie_and_none_is_without_a_promise():
    index = Index.of(reference())
    unpromised, ties = [], []
    for known in every_ticket():
        for (_, event), metrics in index.starts.items():
            for metric, contenders in metrics.items():
                ranks = [one.rank for one in contenders if hold(one.tests, known)]
                if not ranks and metric != "onsite_major":
                    unpromised.append((event, metric, known))
                if ranks.count(max(ranks, default=None)) > 1:
                    ties.append((event, metric, known))
    assert unpromised == []
    assert ties == []


def test_a_request_of_the_vendors_own_for_an_inspection_owes_no_response_and_no_arrival():
    index = Index.of(reference())
    for known in every_ticket():
        if known["kind"] == "service_request" and known["channel"] == "inspection" and not known["is_major"]:
            own = {**known, "response_case": "normal", "routine_inspection_id": "an inspection"}
            for event in ("ticketing.ticket.opened", "ticketing.ticket.onsite_required"):
                for contenders in index.starts["ticket", event].values():
                    assert not any(hold(one.tests, own) for one in contenders)


MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        *[({"kind": kind, "channel": "hotline"}, 30 * MINUTE) for kind in KINDS],
        *[({"kind": kind, "channel": "hotline", "response_case": "special"}, HOUR) for kind in KINDS],
        *[({"kind": k, "channel": c}, HOUR) for k in KINDS for c in CHANNELS if c != "hotline"],
        *[({"channel": "hotline", "severity": level}, 30 * MINUTE) for level in (1, 2, 3, 4)],
        *[({"channel": "portal", "severity": level}, HOUR) for level in (1, 2, 3, 4)],
    ],
)
def test_response(facts, seconds):
    story = Story(**facts)
    story.opened()
    clock = story.clock("response")
    assert (clock.due_at - clock.started_at).total_seconds() == seconds
    assert clock.commitment.clause == "§1.2.4"


@pytest.mark.parametrize(
    ("facts", "hours", "assumed"),
    [
        ({"severity": 1, "locality": "local"}, 2, ()),
        ({"severity": 2, "locality": "local"}, 2, ()),
        ({"severity": 1, "locality": "out_of_town"}, 6, ()),
        ({"severity": 2, "locality": "out_of_town"}, 6, ()),
        ({"severity": 3, "locality": "local"}, 4, ()),
        ({"severity": 4, "locality": "local"}, 4, ()),
        ({"severity": 3, "locality": "out_of_town"}, 6, ()),
        ({"severity": 4, "locality": "out_of_town"}, 6, ()),
        ({"severity": 2}, 2, ("locality",)),
        ({"severity": 4}, 4, ("locality",)),
        ({"kind": "service_request", "distance_km": "999.9"}, 8, ()),
        ({"kind": "service_request", "distance_km": "1000"}, 12, ()),
        ({"kind": "service_request", "distance_km": "1000.0"}, 12, ()),
        ({"kind": "service_request", "distance_km": "3000"}, 12, ()),
        ({"kind": "service_request"}, 8, ("distance_km",)),
    ],
)
def test_on_site(facts, hours, assumed):
    story = Story(**facts)
    story.opened()
    story.onsite(30)
    clock = story.clock("onsite")
    assert (clock.due_at - clock.started_at).total_seconds() == hours * HOUR
    assert clock.assumed == assumed


@pytest.mark.parametrize("event", ["visit.left_unresolved", "visit.dissatisfaction_recorded"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("distance", "hours", "assumed"),
    [("12", 8, ()), ("1000", 12, ()), ("1000.5", 12, ()), (None, 8, ("distance_km",))],
)
def test_second_dispatch(event, kind, distance, hours, assumed):
    story = Story(kind=kind, distance_km=distance)
    story.opened()
    story.tell(event, 200)
    clock = story.clock("redispatch")
    assert (clock.due_at - clock.started_at).total_seconds() == hours * HOUR
    assert clock.assumed == assumed


def test_a_major_fault_has_its_own_day_from_the_notice():
    story = Story(is_major=True)
    story.opened()
    clock = story.clock("onsite_major")
    assert (clock.due_at - clock.started_at).total_seconds() == 24 * HOUR
    assert clock.commitment.clause == "§1.2.5"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_commitment_has_titles_warnings_and_a_ladder(language):
    for one in reference().commitments:
        assert one.titles[language]
        assert one.warn_at == (50, 80)
        assert [(step.at, step.to) for step in one.escalate] == [
            (80, "team_lead"),
            (100, "service_manager"),
            (150, "steering_group"),
        ]
