"""Warranty terms, and decisions on what is free of charge."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class CoverageEvent(Event):
    """The decision after the event.

    ``coverage`` is free, chargeable, goodwill or undetermined; ``parts``, ``labour`` and ``travel`` are
    decided one by one. ``rules`` are those that were asked: ``rule`` (its code), ``clause`` (what it rests
    on) and ``holds`` (whether it speaks for free of charge, null where that is open); ``reasons`` are their
    codes and ``clauses`` their clauses alone.
    """

    topic: ClassVar[str] = "warranty.coverage.v1"
    collection: ClassVar[str] = "coverage-decisions"

    decision_id: UUID
    customer_id: UUID
    asset_id: UUID
    component_id: UUID | None = None
    ticket_id: UUID | None = None
    claim_id: UUID | None = None
    coverage: str
    parts: str
    labour: str
    travel: str
    reasons: list[str]
    clauses: list[str]
    cause: str | None = None
    decided_for: datetime
    decided_at: datetime
    is_overridden: bool = False
    rules: list[dict[str, Any]] = []


class CoverageDecided(CoverageEvent):
    """It was decided who pays."""

    type: ClassVar[str] = "warranty.coverage.decided"


class CoverageOverridden(CoverageEvent):
    """A manager decided otherwise; the decision before is kept."""

    type: ClassVar[str] = "warranty.coverage.overridden"


class TermEvent(Event):
    """A warranty term of an asset or one of its components; the last day is null while provisional."""

    topic: ClassVar[str] = "warranty.term.v1"
    collection: ClassVar[str] = "warranty-terms"

    term_id: UUID
    customer_id: UUID
    asset_id: UUID
    component_id: UUID | None = None
    scopes: list[str]
    source: str
    starts_on: date
    ends_on: date | None = None
    is_provisional: bool = False


class WarrantyStarted(TermEvent):
    """A term began."""

    type: ClassVar[str] = "warranty.warranty.started"


class WarrantyRestarted(TermEvent):
    """A term began anew because the asset or a key part was replaced (§1.2.3.1(3))."""

    type: ClassVar[str] = "warranty.warranty.restarted"

    replaced_term_id: UUID


class WarrantyChanged(TermEvent):
    """A term was extended, or stood still while the vendor held the device."""

    type: ClassVar[str] = "warranty.warranty.changed"

    replaced_term_id: UUID


class WarrantyExpiring(TermEvent):
    """A term ends in so many days."""

    type: ClassVar[str] = "warranty.warranty.expiring"

    days_left: int
