"""Claims from the customer's notice to the end: lifecycle, and what may be asked for and given (§1.2.5)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, MANAGERS, STAFF, Lifecycle, step
from warranty.domain.coverage import Coverage
from warranty.domain.past import check_moment


class ClaimState(StrEnum):
    """Where a claim stands."""

    OPENED = "opened"
    ASSESSED = "assessed"
    APPEALED = "appealed"
    APPROVED = "approved"
    REJECTED = "rejected"
    PARTS_RESERVED = "parts_reserved"
    IN_REPAIR = "in_repair"
    SHIPPED = "shipped"
    FULFILLED = "fulfilled"
    RETURNED = "returned"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Ground(StrEnum):
    """What the customer found: equipment that has a defect, fails, or falls short of the bid (§1.2.5)."""

    DEFECT = "defect"
    FAULT = "fault"
    BELOW_BID_FIGURES = "below_bid_figures"


class Demand(StrEnum):
    """What the customer asks for."""

    INSPECTION = "inspection"
    REPAIR = "repair"
    REPLACE_PART = "replace_part"
    REPLACE_UNIT = "replace_unit"
    REFUND = "refund"


class Remedy(StrEnum):
    """What the vendor does."""

    REPAIR = "repair"
    REPLACE = "replace"
    REFUND = "refund"


class Rejection(StrEnum):
    """Why the vendor rejects a claim."""

    NO_FAULT_FOUND = "no_fault_found"
    FIGURES_MET = "figures_met"
    EXCLUDED_CAUSE = "excluded_cause"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_DELIVERED_BY_US = "not_delivered_by_us"
    EVIDENCE_MISSING = "evidence_missing"


WORKERS = STAFF | {"admin"}
HANDLERS = WORKERS | {"stock"}

_LOOKED_AT = "opened assessed appealed"
_AGREED = "approved parts_reserved"
_UNDER_WAY = f"{_LOOKED_AT} {_AGREED} in_repair shipped"

LIFECYCLE = Lifecycle(
    "claim_state",
    ClaimState.OPENED,
    MappingProxyType(
        {
            "linkTicket": step(
                f"{_UNDER_WAY} rejected", None, "warranty.claim.ticket_linked", "ticket_id", "no ticket yet"
            ),
            "reportOutOfOperation": step(_UNDER_WAY, None, "warranty.claim.loaner_offered"),
            "answerLoanerOffer": step(
                _UNDER_WAY, None, "warranty.claim.loaner_answered", "is_accepted", "a loaner was offered"
            ),
            "assess": step(_LOOKED_AT, "assessed", "warranty.claim.assessed", "finding", "evidence"),
            "approve": step(
                "assessed", "approved", "warranty.claim.approved", "remedy", "decided who pays", "level"
            ),
            "reject": step("assessed", "rejected", "warranty.claim.rejected", "rejection", "reason", "level"),
            "acceptRejection": step("rejected", "closed", "warranty.claim.rejection_accepted"),
            "appeal": step("rejected", "appealed", "warranty.claim.appealed", "reason"),
            "escalateDispute": step(
                "assessed appealed rejected",
                None,
                "warranty.claim.dispute_escalated",
                "reason",
                "an open dispute below its last step",
            ),
            "settleDispute": step(
                "rejected", "closed", "warranty.claim.dispute_settled", "reason", "the last step"
            ),
            "reserveParts": step(
                _AGREED, "parts_reserved", "warranty.claim.parts_reserved", "parts", "available stock"
            ),
            "addParts": step(
                f"{_AGREED} in_repair", None, "warranty.claim.parts_added", "parts", "available stock"
            ),
            "startRepair": step(
                _AGREED, "in_repair", "warranty.claim.repair_started", "a repair", "free or agreed quote"
            ),
            "ship": step(
                _AGREED, "shipped", "warranty.claim.shipped", "a replacement", "free or agreed quote"
            ),
            "refund": step("approved", "fulfilled", "warranty.claim.refunded", "a refund", "reference"),
            "fulfil": step(
                "in_repair shipped",
                "fulfilled",
                "warranty.claim.fulfilled",
                "every figure measured within its range",
                "what was replaced",
            ),
            "receiveReturn": step(
                "fulfilled", "returned", "warranty.claim.return_received", "everything replaced"
            ),
            "close": step(
                "fulfilled returned", "closed", "warranty.claim.closed", "no loaner out", "no return open"
            ),
            "withdraw": step(
                f"{_LOOKED_AT} rejected {_AGREED}", "withdrawn", "warranty.claim.withdrawn", "reason"
            ),
            "cancel": step(
                f"opened assessed {_AGREED} in_repair shipped",
                "cancelled",
                "warranty.claim.cancelled",
                "reason",
                "no open dispute",
            ),
        }
    ),
    roles=MappingProxyType(
        {
            "linkTicket": WORKERS,
            "assess": WORKERS,
            "approve": LEADS,
            "reject": LEADS,
            "settleDispute": MANAGERS,
            "reserveParts": HANDLERS,
            "addParts": HANDLERS,
            "startRepair": WORKERS,
            "ship": HANDLERS,
            "refund": MANAGERS,
            "fulfil": WORKERS,
            "receiveReturn": HANDLERS,
            "close": WORKERS,
            "cancel": LEADS,
        }
    ),
    customer_may=frozenset(
        {
            "reportOutOfOperation",
            "answerLoanerOffer",
            "acceptRejection",
            "appeal",
            "escalateDispute",
            "withdraw",
        }
    ),
)

OVER = frozenset({"closed", "withdrawn", "cancelled"})
"""States in which nothing more happens."""


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim as it is told; texts as typed.

    Args:
        asset_id: what it is about.
        component_id: the component, where the customer knows it.
        ticket_id: the ticket it came from.
        ground: what the customer found.
        demand: what the customer asks for.
        finding: what the customer found, in its own words.
        evidence: references of what shows it.
        figures: figures of the bid that are missed, each with what was measured.
        failed_at: when it failed; left out: at the notice.
        is_out_of_operation: whether the device does not work at all.
        external_reference: the client's own number, unique for it and the customer.
    """

    asset_id: UUID
    component_id: UUID | None
    ticket_id: UUID | None
    ground: Ground
    demand: Demand
    finding: str
    evidence: tuple[str, ...]
    figures: tuple[Mapping[str, Any], ...]
    failed_at: datetime | None
    is_out_of_operation: bool
    external_reference: str | None


def check_times(failed_at: datetime, noticed_at: datetime, now: datetime) -> None:
    """A notice lies in the past, the failure before it.

    Raises:
        Invalid: ``occurred-in-future`` or ``failed-after-notice``.
    """
    check_moment(noticed_at, "#/occurred_at", now)
    if failed_at > noticed_at:
        raise Invalid("failed-after-notice", pointer="#/failed_at", noticed_at=noticed_at.isoformat())


def check_shipped(failed_at: datetime, shipped_on: date | None, zone: tzinfo) -> None:
    """Nothing fails before the day, in ``zone``, on which it was shipped.

    Raises:
        Invalid: ``failed-before-shipped``.
    """
    if shipped_on is not None and failed_at.astimezone(zone).date() < shipped_on:
        raise Invalid("failed-before-shipped", pointer="#/failed_at", shipped_on=shipped_on.isoformat())


def check_figures(ground: str, told: Iterable[Mapping[str, Any]], bid: Iterable[Mapping[str, Any]]) -> None:
    """Who claims less than the bid's figures names which of them; the bid has to have them.

    Raises:
        Invalid: ``bid-figures-unknown``, ``bid-figures-missing`` or ``bid-figure-unknown``.
    """
    promised, named = {one["item"] for one in bid}, [one["item"] for one in told]
    if ground == Ground.BELOW_BID_FIGURES and not promised:
        raise Invalid("bid-figures-unknown", pointer="#/ground")
    if ground == Ground.BELOW_BID_FIGURES and not named:
        raise Invalid("bid-figures-missing", pointer="#/figures", items=sorted(promised))
    for number, item in enumerate(named):
        if item not in promised:
            raise Invalid(
                "bid-figure-unknown", pointer=f"#/figures/{number}/item", item=item, items=sorted(promised)
            )


def is_in_term(reasons: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a decision rests on a term that covers the fault, or on the time before acceptance."""
    return any(one["rule"] in {"in_term", "not_accepted_yet"} and one["holds"] is True for one in reasons)


def needs_visit(coverage: str, *, in_term: bool) -> bool:
    """In warranty the vendor hurries to the site at notice, unless it already seems chargeable (§1.2.5)."""
    return in_term and coverage != Coverage.CHARGEABLE


def check_decided(coverage: str) -> None:
    """Nothing is promised before it is decided who pays.

    Raises:
        Conflict: ``coverage-open``.
    """
    if coverage == Coverage.UNDETERMINED:
        raise Conflict("coverage-open")


def check_refund(remedy: str, amount: Decimal | None, coverage: str) -> None:
    """A refund has an amount, nothing else has; what the customer pays for anyway is not refunded.

    Raises:
        Invalid: ``refund-amount-missing`` or ``refund-amount-unfit``.
        Conflict: ``refund-not-covered``.
    """
    if remedy == Remedy.REFUND and not amount:
        raise Invalid("refund-amount-missing", pointer="#/refund")
    if remedy != Remedy.REFUND and amount is not None:
        raise Invalid("refund-amount-unfit", pointer="#/refund")
    if remedy == Remedy.REFUND and coverage == Coverage.CHARGEABLE:
        raise Conflict("refund-not-covered")


def check_remedy(remedy: str | None, fitting: Collection[str]) -> None:
    """An action belongs to the remedy that was approved.

    Raises:
        Conflict: ``remedy-differs``.
    """
    if remedy not in fitting:
        raise Conflict("remedy-differs", remedy=remedy, fitting=sorted(fitting))


def check_agreed(coverage: str, *, is_quote_accepted: bool) -> None:
    """Work that the customer pays begins once it has accepted a quote (§1.2.5).

    Raises:
        Conflict: ``coverage-open`` or ``quote-not-accepted``.
    """
    check_decided(coverage)
    if coverage == Coverage.CHARGEABLE and not is_quote_accepted:
        raise Conflict("quote-not-accepted")


def check_refunded(amount: Decimal, currency: str, approved: Decimal | None, in_currency: str | None) -> None:
    """What is paid back is what was approved.

    Raises:
        Invalid: ``refund-differs``.
    """
    if (amount, currency) != (approved, in_currency):
        raise Invalid("refund-differs", pointer="#/amount", approved=f"{approved} {in_currency}")


def check_closable(*, is_return_open: bool, waiver: str | None, loaners_out: int) -> None:
    """A claim is closed with its loaners back, and what was replaced returned or waived.

    Raises:
        Conflict: ``return-open`` or ``loaners-out``.
    """
    if loaners_out:
        raise Conflict("loaners-out", count=loaners_out)
    if is_return_open and waiver is None:
        raise Conflict("return-open")
