"""What the reference plan owes for a history, counted by hand: nothing of sla's engine is used here.

Every promise of the plan runs around the clock, so that a due time is a start, a target and what was waited.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
THRESHOLDS = (50, 80, 100, 150)
STEPS = {50: None, 80: "team_lead", 100: "service_manager", 150: "steering_group"}
WAITS_FOR_CUSTOMER = {"customer", "site_access"}


@dataclass
class Fact:
    """Something that happened to a ticket, in the words of the test."""

    kind: str
    at: datetime
    told: dict[str, object] = field(default_factory=dict)


@dataclass
class Wait:
    """A time in which nothing counted; it lasts while it has no end."""

    began: datetime
    ended: datetime | None = None


@dataclass
class Owed:
    """A clock that should be there."""

    metric: str
    started_at: datetime
    target: timedelta
    waits: list[Wait] = field(default_factory=list)
    state: str = "running"
    stopped_at: datetime | None = None
    attached_at: datetime | None = None
    is_final: bool = False

    def due(self, share: float = 1.0) -> datetime:
        """When this share of the target has passed; a wait after it or after the due time moves nothing."""
        at = self.started_at + self.target * min(share, 1.0)
        for wait in self.waits:
            if wait.began < at and wait.ended is not None:
                at += wait.ended - wait.began
        return at + self.target * max(share - 1.0, 0.0)

    @property
    def is_waiting(self) -> bool:
        """It waits, and began to before its time was over."""
        return bool(self.waits) and self.waits[-1].ended is None and self.waits[-1].began < self.due()

    def wait(self, at: datetime) -> None:
        if not self.waits or self.waits[-1].ended is not None:
            self.waits.append(Wait(at))

    def go_on(self, at: datetime) -> None:
        if self.waits and self.waits[-1].ended is None:
            self.waits[-1].ended = at

    def crossed(self, percent: int, by: datetime) -> bool:
        """Whether it crossed a threshold by then, its due time being what it is in the end."""
        at = self.due(percent / 100)
        for wait in self.waits:
            if wait.ended is None and wait.began < min(at, self.due()):
                return False
        return at <= (by if self.stopped_at is None else min(by, self.stopped_at))


class Reckoner:
    """Goes through the facts of one ticket in the order in which they happened."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = sorted(facts, key=lambda fact: fact.at)
        self.known: dict[str, Any] = {}
        self.clocks: list[Owed] = []
        self.is_held = False

    def run(self) -> list[Owed]:
        for fact in self.facts:
            getattr(self, f"_{fact.kind}")(fact)
        return self.clocks

    def _live(self, *metrics: str) -> list[Owed]:
        return [c for c in self.clocks if c.state == "running" and (not metrics or c.metric in metrics)]

    def _target(self, metric: str) -> timedelta:
        is_near = (self.known.get("distance_km") or 0) < 1000
        if metric == "response":
            is_quick = self.known["channel"] == "hotline" and self.known["response_case"] == "normal"
            return HOUR / 2 if is_quick else HOUR
        if metric == "onsite_major":
            return 24 * HOUR
        if metric == "redispatch" or self.known["kind"] == "service_request":
            return (8 if is_near else 12) * HOUR
        if self.known.get("locality") == "out_of_town":
            return 6 * HOUR
        return (2 if self.known["severity"] <= 2 else 4) * HOUR

    def _begin(self, metric: str, at: datetime) -> None:
        if self._live(metric):
            return
        clock = Owed(metric, at, self._target(metric))
        if self.is_held and metric != "response":
            clock.wait(at)
        self.clocks.append(clock)

    def _again(self, *metrics: str) -> None:
        for clock in self._live(*metrics):
            clock.target = self._target(clock.metric)

    def _stop(self, at: datetime, *metrics: str) -> None:
        for clock in self._live(*metrics):
            due, waited = clock.due(), clock.is_waiting
            clock.state = "met" if waited or at <= due else "met_late"
            clock.stopped_at = at
            clock.go_on(at)

    def _cancel(self, at: datetime, *metrics: str) -> None:
        for clock in self.clocks:
            if clock.metric in metrics and clock.state in ("met", "met_late"):
                clock.is_final = True
        for clock in self._live(*metrics):
            clock.state, clock.stopped_at = "cancelled", at
            clock.go_on(at)

    def _opened(self, fact: Fact) -> None:
        self.known = {"response_case": "normal", **fact.told}
        self._begin("response", fact.at)
        if fact.told.get("is_major"):
            self._begin("onsite_major", fact.at)

    def _acknowledged(self, fact: Fact) -> None:
        self._stop(fact.at, "response")

    def _response_case_set(self, fact: Fact) -> None:
        self.known |= fact.told
        self._again("response")

    def _changed(self, fact: Fact) -> None:
        self.known |= fact.told
        self._again("onsite", "redispatch")

    def _major(self, fact: Fact) -> None:
        opened = self.facts[0].at
        clock = Owed("onsite_major", opened, 24 * HOUR, attached_at=fact.at)
        waiting: datetime | None = None
        for past in self.facts:
            if past.at > fact.at:
                break
            if past.kind == "waiting" and past.told["reason"] in WAITS_FOR_CUSTOMER:
                clock.wait(past.at)
                waiting = past.at
            elif past.kind in ("waiting", "resumed", "resolved", "reopened") and waiting:
                clock.go_on(past.at)
        self.clocks.append(clock)

    def _waiting(self, fact: Fact) -> None:
        self.is_held = fact.told["reason"] in WAITS_FOR_CUSTOMER
        for clock in self._live("onsite", "onsite_major", "redispatch"):
            (clock.wait if self.is_held else clock.go_on)(fact.at)

    def _resumed(self, fact: Fact) -> None:
        self.is_held = False
        for clock in self._live("onsite", "onsite_major", "redispatch"):
            clock.go_on(fact.at)

    def _onsite_required(self, fact: Fact) -> None:
        self._begin("onsite", fact.at)

    def _arrived(self, fact: Fact) -> None:
        self._stop(fact.at, "onsite", "onsite_major", "redispatch")

    def _left_unresolved(self, fact: Fact) -> None:
        self._begin("redispatch", fact.at)

    def _resolved(self, fact: Fact) -> None:
        self.is_held = False
        self._cancel(fact.at, "onsite", "onsite_major", "redispatch")

    def _reopened(self, fact: Fact) -> None:
        for clock in self.clocks:
            is_over = clock.state == "cancelled" and not self._live(clock.metric)
            if is_over and clock.stopped_at is not None and clock.metric != "response":
                clock.waits.append(Wait(clock.stopped_at, fact.at))
                clock.state, clock.stopped_at = "running", None

    def _ended(self, fact: Fact) -> None:
        """Cancelled, or merged into another."""
        self._cancel(fact.at, "response", "onsite", "onsite_major", "redispatch")
