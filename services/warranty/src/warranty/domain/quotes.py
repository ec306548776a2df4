"""Quotes: what work out of warranty would cost, and whether the customer wants it (§1.2.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from common.errors import Conflict, Invalid
from common.lifecycle import NOBODY, STAFF, Lifecycle, step
from warranty.domain.coverage import Coverage

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")


class QuoteState(StrEnum):
    """Where a quote stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class LineKind(StrEnum):
    """What a line of a quote is for."""

    PART = "part"
    LABOUR = "labour"
    TRAVEL = "travel"
    VISIT = "visit"


SCOPE_OF: Mapping[LineKind, str] = MappingProxyType(
    {
        LineKind.PART: "parts",
        LineKind.LABOUR: "labour",
        LineKind.TRAVEL: "travel",
        LineKind.VISIT: "travel",
    }
)
"""The scope of a coverage decision that says whether a line is free."""

RATE_OF: Mapping[LineKind, str] = MappingProxyType(
    {LineKind.LABOUR: "labour_hour", LineKind.TRAVEL: "travel_km", LineKind.VISIT: "visit"}
)
"""The rate of a contract that a line is charged by."""

DESK = STAFF | {"admin"}

LIFECYCLE = Lifecycle(
    "quote_state",
    QuoteState.DRAFT,
    MappingProxyType(
        {
            "offer": step("draft", "offered", "warranty.quote.offered", "valid_until", "a claim under way"),
            "accept": step(
                "offered expired", "accepted", "warranty.quote.accepted", "in time", "accepted_by"
            ),
            "decline": step("offered", "declined", "warranty.quote.declined"),
            "withdraw": step("draft offered", "withdrawn", "warranty.quote.withdrawn", "reason"),
            "expire": step("offered", "expired", "warranty.quote.expired", "valid_until has passed"),
        }
    ),
    roles=MappingProxyType({"offer": DESK, "withdraw": DESK, "expire": NOBODY}),
    customer_may=frozenset({"accept", "decline"}),
)


@dataclass(frozen=True, slots=True)
class Item:
    """What would be done or delivered.

    Args:
        kind: of the line.
        quantity: pieces, hours, kilometres or visits.
        unit_price: what one costs; ``None`` where nobody knows.
        currency: of the price.
        label: what it is called where people look for it: a part's number, a rate's name.
        pointer: where the request names it.
        part_id: of a part.
    """

    kind: LineKind
    quantity: Decimal
    unit_price: Decimal | None
    currency: str | None
    label: str
    pointer: str
    part_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quote; ``amount`` is 0 where warranty makes it free."""

    item: Item
    coverage: str
    amount: Decimal


def priced(items: Iterable[Item], by_scope: Mapping[str, str], currency: str) -> list[Line]:
    """The lines with their amounts; what is covered costs nothing.

    Args:
        items: what would be done or delivered.
        by_scope: who pays for parts, labour and travel.
        currency: of the quote.

    Raises:
        Conflict: ``coverage-open``, ``price-missing`` or ``currency-differs``.
        Invalid: ``amount-too-large``, with the place of the largest line.
    """
    lines = [_line(one, by_scope.get(SCOPE_OF[one.kind], Coverage.CHARGEABLE), currency) for one in items]
    if total(lines) > LARGEST:
        largest = max(lines, key=lambda one: one.amount)
        raise Invalid("amount-too-large", pointer=largest.item.pointer, largest=str(LARGEST))
    return lines


def _line(item: Item, coverage: str, currency: str) -> Line:
    if coverage == Coverage.UNDETERMINED:
        raise Conflict("coverage-open", pointer=item.pointer)
    if coverage != Coverage.CHARGEABLE:
        return Line(item, coverage, Decimal(0))
    if item.unit_price is None:
        raise Conflict("price-missing", pointer=item.pointer, item=item.label)
    if item.currency != currency:
        raise Conflict(
            "currency-differs",
            pointer=item.pointer,
            item=item.label,
            item_currency=item.currency,
            currency=currency,
        )
    amount = (item.quantity * item.unit_price).quantize(CENT, ROUND_HALF_UP)
    return Line(item, coverage, amount)


def total(lines: Sequence[Line]) -> Decimal:
    """The sum of the lines, to the cent."""
    return sum((one.amount for one in lines), Decimal(0)).quantize(CENT)


def check_valid(valid_until: datetime, at: datetime) -> None:
    """A quote is valid for some time after it is drafted, and when it is offered.

    Raises:
        Invalid: ``expiry-passed``.
    """
    if valid_until <= at:
        raise Invalid("expiry-passed", pointer="#/valid_until", now=at.isoformat())


def check_in_time(valid_until: datetime, answered_at: datetime) -> None:
    """A quote is accepted while it is valid.

    Raises:
        Conflict: ``quote-expired``.
    """
    if answered_at > valid_until:
        raise Conflict("quote-expired", valid_until=valid_until.isoformat())
