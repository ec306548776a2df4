"""The vendor's own claims against makers and carriers, and what came back of them (§1.2.2, §1.2.4)."""

from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict, Invalid
from common.lifecycle import LEADS, Lifecycle, step


class UpstreamState(StrEnum):
    """Where a claim upstream stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECOVERED = "recovered"
    CLOSED = "closed"


class Against(StrEnum):
    """Against whom the vendor claims."""

    MANUFACTURER = "manufacturer"
    CARRIER = "carrier"
    SUPPLIER = "supplier"


LIFECYCLE = Lifecycle(
    "upstream_claim_state",
    UpstreamState.DRAFT,
    MappingProxyType(
        {
            "submit": step("draft rejected", "submitted", "warranty.upstream_claim.submitted", "reference"),
            "accept": step("submitted", "accepted", "warranty.upstream_claim.accepted", "amount"),
            "reject": step("submitted", "rejected", "warranty.upstream_claim.rejected", "reason"),
            "recover": step(
                "accepted recovered", "recovered", "warranty.upstream_claim.recovered", "amount", "reference"
            ),
            "close": step(
                "draft rejected accepted recovered", "closed", "warranty.upstream_claim.closed", "reason"
            ),
        }
    ),
    roles=MappingProxyType({"close": LEADS}),
)


def check_origin(*, claim: bool, defect: bool) -> None:
    """A claim upstream comes from one customer's claim, or from one defect of a delivery.

    Raises:
        Invalid: ``upstream-origin``.
    """
    if claim == defect:
        raise Invalid("upstream-origin", pointer="#/claim_id")


def check_positive(amount: Decimal, pointer: str) -> None:
    """An amount that is claimed, accepted or paid is more than nothing.

    Raises:
        Invalid: ``amount-zero``.
    """
    if amount <= 0:
        raise Invalid("amount-zero", pointer=pointer)


def check_currency(told: str, known: str) -> None:
    """Amounts of one claim are in one currency.

    Raises:
        Invalid: ``upstream-currency``.
    """
    if told != known:
        raise Invalid("upstream-currency", pointer="#/amount/currency", currency=known)


def check_accepted(amount: Decimal, claimed: Decimal) -> None:
    """No more is accepted than was claimed, and more than nothing.

    Raises:
        Invalid: ``amount-zero`` or ``accepted-too-much``.
    """
    check_positive(amount, "#/amount/amount")
    if amount > claimed:
        raise Invalid("accepted-too-much", pointer="#/amount/amount", claimed=str(claimed))


def check_recovered(amount: Decimal, so_far: Decimal, accepted: Decimal | None) -> None:
    """No more comes in than was accepted, and more than nothing.

    Raises:
        Invalid: ``amount-zero``.
        Conflict: ``recovered-too-much``.
    """
    check_positive(amount, "#/amount/amount")
    if accepted is None or so_far + amount > accepted:
        left = Decimal(0) if accepted is None else accepted - so_far
        raise Conflict("recovered-too-much", pointer="#/amount/amount", left=str(left))
