"""Charge lines: what a visit or repair cost, who pays it, and until when that may change (§1.2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, Lifecycle, step

CENT = Decimal("0.01")


class ChargeKind(StrEnum):
    """What was spent; the scopes that coverage is decided for."""

    TRAVEL = "travel"
    LABOUR = "labour"
    PARTS = "parts"


class ChargeState(StrEnum):
    """Where a charge line stands."""

    OPEN = "open"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Payer(StrEnum):
    """Who pays."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    UNDETERMINED = "undetermined"


class PayerReason(StrEnum):
    """Why they pay."""

    COVERED = "covered"
    GOODWILL = "goodwill"
    NOT_COVERED = "not_covered"
    REDISPATCH = "redispatch_at_actual_cost"
    ENGINEER_REPLACED = "engineer_replaced"
    DECISION_OPEN = "decision_open"
    STATED = "stated"


LIFECYCLE = Lifecycle(
    "charge_state",
    ChargeState.OPEN,
    MappingProxyType(
        {
            "statePayer": step("open", None, "ticketing.charge.payer_changed", "payer", "reason", "a lead"),
            "settle": step(
                "open", "settled", "ticketing.charge.settled", "a payer", "the receipt of an actual cost"
            ),
            "withdraw": step("open", "withdrawn", "ticketing.charge.withdrawn", "reason"),
        }
    ),
    roles=MappingProxyType({"statePayer": LEADS, "settle": LEADS}),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What decides who pays a line.

    Args:
        kind: what was spent.
        is_redispatch: spent on a second dispatch (§1.2.4).
        is_engineer_replaced: the customer had the engineer replaced whose cost it is (§1.2.2).
        has_asset: the ticket names an asset, so that a decision on coverage is to be expected.
    """

    kind: ChargeKind
    is_redispatch: bool
    is_engineer_replaced: bool
    has_asset: bool


def payer_of(line: Line, by_scope: Mapping[str, str] | None) -> tuple[Payer, PayerReason]:
    """Who pays a line, and why.

    The vendor bears what a replaced engineer cost (§1.2.2) and what warranty makes free (§1.2.3.1(3),
    §1.2.5). Travel and labour of a second dispatch are otherwise the customer's at actual cost (§1.2.4), the
    rest follows the decision on the line's own scope; without one it is open.

    Args:
        line: what it is for.
        by_scope: coverage of ``parts``, ``labour`` and ``travel``; ``None`` while nothing is decided.
    """
    if line.is_engineer_replaced:
        return Payer.VENDOR, PayerReason.ENGINEER_REPLACED
    at_cost = line.is_redispatch and line.kind is not ChargeKind.PARTS
    if by_scope is None:
        if at_cost and not line.has_asset:
            return Payer.CUSTOMER, PayerReason.REDISPATCH
        return Payer.UNDETERMINED, PayerReason.DECISION_OPEN
    outcome = by_scope.get(line.kind, "undetermined")
    if outcome == "chargeable" and at_cost:
        return Payer.CUSTOMER, PayerReason.REDISPATCH
    return _PAYERS[outcome]


_PAYERS: Mapping[str, tuple[Payer, PayerReason]] = MappingProxyType(
    {
        "free": (Payer.VENDOR, PayerReason.COVERED),
        "goodwill": (Payer.VENDOR, PayerReason.GOODWILL),
        "chargeable": (Payer.CUSTOMER, PayerReason.NOT_COVERED),
        "undetermined": (Payer.UNDETERMINED, PayerReason.DECISION_OPEN),
    }
)


def amount_of(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price, rounded half up to a hundredth of the currency."""
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)


def check_currency(currency: str, contracts: str | None) -> None:
    """A line is told in the contract's money.

    Raises:
        Invalid: ``charge-currency`` with the contract's currency.
    """
    if contracts is not None and currency != contracts:
        raise Invalid("charge-currency", pointer="#/unit_price/currency", currency=contracts)


def check_part(kind: str, part_id: object) -> None:
    """Only a line for parts names a part.

    Raises:
        Invalid: ``charge-part``.
    """
    if part_id is not None and kind != ChargeKind.PARTS:
        raise Invalid("charge-part", pointer="#/part_id")


def check_correctable(state: str) -> None:
    """A line may be corrected until it is settled or withdrawn.

    Raises:
        Conflict: ``charge-settled``.
    """
    if state != ChargeState.OPEN:
        raise Conflict("charge-settled", current_state=state)


def check_settlement(payer: str, reason: str, receipt: str | None) -> None:
    """A line is settled once it is known who pays; an actual cost with its receipt (§1.2.4).

    Raises:
        Conflict: ``payer-undetermined`` or ``receipt-missing``.
    """
    if payer == Payer.UNDETERMINED:
        raise Conflict("payer-undetermined")
    if reason == PayerReason.REDISPATCH and not receipt:
        raise Conflict("receipt-missing")
