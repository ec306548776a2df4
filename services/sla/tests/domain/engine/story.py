"""A ticket told as facts, and the world it is judged by."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid5

from sla.catalogue import fact_names
from sla.domain.business_time import CompiledCalendar, definition_of
from sla.domain.clocks import (
    Agreement,
    CalendarRevision,
    Clock,
    Fact,
    PlanRevision,
    Subject,
    World,
    replay,
)
from sla.domain.plans import Plan
from sla.plan_files import read_document, read_text, reference_text

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""Monday 12:00 in Shanghai."""
LONG_AGO = NOON - timedelta(days=300)
SUBJECT = Subject("ticket", UUID(int=1))
CUSTOMER = str(UUID(int=7))
_IDS = UUID(int=99)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@cache
def calendar(name: str = "always", **changes: tuple[str, ...]) -> CompiledCalendar:
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    if name == "always":
        document: dict[str, object] = {
            "time_zone": "Asia/Shanghai",
            "weekly": {day: [["00:00", "24:00"]] for day in week},
        }
    else:
        document = {
            "time_zone": "Asia/Shanghai",
            "weekly": {day: [["09:00", "18:00"]] for day in week[:5]},
            "holidays": list(changes.get("holidays", ())),
        }
    return CompiledCalendar(definition_of(document, around=NOON.date()), name)


@cache
def reference() -> Plan:
    plan = read_text(reference_text()).plan
    assert plan is not None
    return plan


def commitment(**changes: object) -> dict[str, object]:
    """A commitment as a document, small and sound."""
    document: dict[str, object] = {
        "id": "first",
        "clause": "§1.2.4",
        "title": {"zh-CN": "响应", "en": "Response"},
        "subject": "ticket",
        "metric": "response",
        "start": {"event": "ticketing.ticket.opened"},
        "stop": {"event": "ticketing.ticket.acknowledged"},
        "target": {"hours": 1},
        "calendar": "always",
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def plan_of(*commitments: dict[str, object], plan_id: str = "reference") -> Plan:
    title = {"zh-CN": "方案", "en": "Plan"}
    reading = read_document({"id": plan_id, "title": title, "commitments": list(commitments)})
    assert reading.plan is not None, reading.issues
    return reading.plan


def world(
    *plans: PlanRevision | Plan,
    calendars: tuple[CalendarRevision, ...] = (),
    agreements: tuple[Agreement, ...] = (),
) -> World:
    revisions = [one if isinstance(one, PlanRevision) else PlanRevision(one, 1, LONG_AGO) for one in plans]
    basic = [CalendarRevision(name, 1, LONG_AGO, calendar(name)) for name in ("always", "complaint-desk")]
    return World.of(
        revisions or [PlanRevision(reference(), 1, LONG_AGO)],
        [*basic, *calendars],
        agreements,
        fact_names(),
    )


class Story:
    """Tells what happened to one ticket; every event carries the ticket's facts as they then stood."""

    def __init__(self, **facts: object) -> None:
        self.data: dict[str, object] = {
            "kind": "incident",
            "state": "new",
            "severity": 2,
            "channel": "hotline",
            "response_case": "normal",
            "route": "hotline",
            "is_major": False,
            "customer_id": CUSTOMER,
            "site_id": None,
            "asset_id": None,
            "locality": None,
            "distance_km": None,
            "coverage": None,
        } | facts
        self.facts: list[Fact] = []

    def tell(
        self,
        event: str,
        minutes: float,
        *,
        told: float | None = None,
        own: dict[str, object] | None = None,
        **facts: object,
    ) -> Fact:
        """``event`` happened ``minutes`` after noon and was written down then, or ``told`` minutes after."""
        self.data |= facts
        number = len(self.facts) + 1
        fact = Fact(
            uuid5(_IDS, str(number)),
            f"ticketing.{event}",
            after(minutes),
            after(minutes if told is None else told),
            number,
            {**self.data, **(own or {})},
            "urn:aftercare:ticketing",
            f"agent-{number}",
        )
        self.facts.append(fact)
        return fact

    def opened(self, minutes: float = 0, **facts: object) -> Fact:
        return self.tell("ticket.opened", minutes, **facts)

    def onsite(self, minutes: float = 0) -> Fact:
        return self.tell("ticket.onsite_required", minutes)

    def waiting(self, minutes: float, reason: str = "customer", told: float | None = None) -> Fact:
        return self.tell("ticket.waiting", minutes, told=told, own={"reason": reason})

    def resumed(self, minutes: float, told: float | None = None) -> Fact:
        return self.tell("ticket.resumed", minutes, told=told)

    def clocks(self, by: World | None = None) -> dict[str, Clock]:
        """The latest clock of each metric."""
        return {clock.metric: clock for clock in replay(SUBJECT, self.facts, by or world())}

    def clock(self, metric: str, by: World | None = None) -> Clock:
        return self.clocks(by)[metric]
