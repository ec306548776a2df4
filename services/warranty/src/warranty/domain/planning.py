"""How much of a part to keep: base stock against Poisson demand.

The model. Installed parts fail one by one and independently, so that demand at a warehouse is a Poisson
process with rate

    λ = installed base x annual failure rate / 365.25   [pieces a day].

A piece that is ordered arrives after the lead time L. By Palm's theorem the number of pieces on order at any
moment is then Poisson with mean λ·L, whatever the lead time's distribution (Feeney and Sherbrooke, "The
(S-1, S) inventory policy under compound Poisson demand", Management Science 12(5), 1966, pages 391-411;
it is the single-echelon step of METRIC: Sherbrooke, "METRIC: a multi-echelon technique for recoverable item
control", Operations Research 16(1), 1968, pages 122-141). A demand is served from the shelf when fewer than S
pieces are on order, so the share of demands served at once (the fill rate) with S pieces is

    fill(S, μ) = P(Poisson(μ) <= S - 1).

The levels.

- ``min``, the reorder point: the smallest s with fill(s, λ·L) >= service level;
- ``target``, the level to order up to: the smallest S with fill(S, λ·(L + R)) >= service level, where R is
  the review period: what is not ordered at this review waits for the next one (periodic review, (s, S)).

Every warehouse is planned by itself; how central and regional stock could share a risk (the multi-echelon
part of METRIC) is not modelled, which errs on the side of holding more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, floor, inf, lgamma, log, sqrt
from types import MappingProxyType
from uuid import UUID

from common.errors import Invalid
from common.lifecycle import NOBODY, Lifecycle, step
from warranty.domain.directory import Position, distance_km

DAYS_A_YEAR = 365.25
HIGHEST_SERVICE_LEVEL = 0.9999
"""Nothing higher is planned for: beyond it a rate of failures that was estimated says nothing."""


class StockStanding(StrEnum):
    """How a warehouse stands with a part."""

    ENOUGH = "enough"
    LOW = "low"
    OUT = "out"


class ProposalKind(StrEnum):
    """Where pieces would come from."""

    PURCHASE = "purchase"
    TRANSFER = "transfer"


class ProposalState(StrEnum):
    """Where a reorder proposal stands."""

    PROPOSED = "proposed"
    ORDERED = "ordered"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


LIFECYCLE = Lifecycle(
    "reorder_proposal_state",
    ProposalState.PROPOSED,
    MappingProxyType(
        {
            "order": step("proposed", "ordered", "warranty.reorder_proposal.ordered"),
            "dismiss": step("proposed", "dismissed", "warranty.reorder_proposal.dismissed", "reason"),
            "cancel": step("ordered", "cancelled", "warranty.reorder_proposal.cancelled", "reason"),
            "lapse": step("proposed", "lapsed", "warranty.reorder_proposal.lapsed", "no shortage any more"),
            "receive": step("ordered", "received", "warranty.reorder_proposal.received", "all pieces"),
        }
    ),
    roles=MappingProxyType({"lapse": NOBODY, "receive": NOBODY}),
)


def mean_demand(installed: int, annual_failure_rate: float, days: float) -> float:
    """Expected number of failures among ``installed`` pieces in ``days``."""
    return installed * annual_failure_rate * days / DAYS_A_YEAR


def base_stock(mean: float, service_level: float) -> int:
    """The smallest S with P(Poisson(mean) <= S - 1) >= service level; 0 where there is no demand.

    Summed upwards, each term from the one before; what lies more than twelve standard deviations below the
    mean is less than 1e-30 and is left out, so that large demands take no longer than their spread.

    Raises:
        ValueError: a mean below 0, or a service level outside (0, 0.9999].
    """
    if not (0 <= mean < inf and 0 < service_level <= HIGHEST_SERVICE_LEVEL):
        raise ValueError
    if mean == 0:
        return 0
    count = max(0, floor(mean - 12 * sqrt(mean)))
    term = exp(count * log(mean) - mean - lgamma(count + 1))
    at_most = term
    while at_most < service_level:
        count += 1
        term *= mean / count
        at_most += term
    return count + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What levels are computed from.

    Args:
        installed: pieces at work that this warehouse serves.
        annual_failure_rate: failures a piece and year.
        lead_time_days: from order to arrival.
        review_days: between two looks.
        service_level: share of demands to be served from the shelf.
    """

    installed: int
    annual_failure_rate: float
    lead_time_days: int
    review_days: int
    service_level: float

    @property
    def lead_demand(self) -> float:
        """Expected demand during the lead time."""
        return mean_demand(self.installed, self.annual_failure_rate, self.lead_time_days)

    @property
    def min_level(self) -> int:
        """The reorder point."""
        return base_stock(self.lead_demand, self.service_level)

    @property
    def target_level(self) -> int:
        """The level to order up to; never below the reorder point."""
        days = self.lead_time_days + self.review_days
        mean = mean_demand(self.installed, self.annual_failure_rate, days)
        return max(self.min_level, base_stock(mean, self.service_level))


def check_levels(min_level: int, target_level: int) -> None:
    """The target is not below the minimum.

    Raises:
        Invalid: ``target-below-min``.
    """
    if target_level < min_level:
        raise Invalid("target-below-min", pointer="#/target_override", min=min_level, target=target_level)


def standing(available: int, min_level: int) -> StockStanding:
    """Out with nothing available where something should be, low below the minimum."""
    if available >= min_level:
        return StockStanding.ENOUGH
    return StockStanding.OUT if available <= 0 else StockStanding.LOW


def crossing(told: StockStanding, available: int, min_level: int) -> StockStanding | None:
    """The standing that is to be told now; ``None`` where what was told last still holds.

    Low and out are told once each on the way down; on the way up only that there is enough again.
    """
    now = standing(available, min_level)
    is_up_in_part = told is StockStanding.OUT and now is StockStanding.LOW
    return None if now is told or is_up_in_part else now


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse that is planned for."""

    id: UUID
    code: str
    is_central: bool
    position: Position | None


def serving(site: Position | None, places: Sequence[Place]) -> UUID | None:
    """The warehouse that serves a site.

    The nearest one where positions are known; otherwise the first central one by code, or the first at all:
    what has no region counts overall.
    """
    if not places:
        return None
    near = [(distance_km(site, p.position), p.code, p.id) for p in places if site and p.position]
    if near:
        return min(near, key=lambda one: one[:2])[2]
    return min(places, key=lambda one: (not one.is_central, one.code)).id


@dataclass(frozen=True, slots=True)
class Shelf:
    """One part in one warehouse, as proposals see it; ``coming`` is on order or in transit."""

    warehouse_id: UUID
    available: int
    coming: int
    min_level: int
    target_level: int

    @property
    def position(self) -> int:
        """What is there and what will be."""
        return self.available + self.coming

    @property
    def missing(self) -> int:
        """Pieces up to the target, where what is there and coming lies below the minimum."""
        return self.target_level - self.position if self.position < self.min_level else 0

    @property
    def surplus(self) -> int:
        """Pieces above the target."""
        return max(0, self.available - self.target_level)


@dataclass(frozen=True, slots=True)
class Need:
    """So many pieces for a warehouse, from another one's surplus or bought."""

    warehouse_id: UUID
    quantity: int
    from_warehouse_id: UUID | None = None


def needs(shelves: Iterable[Shelf]) -> list[Need]:
    """What should be moved and bought of one part: surplus above target elsewhere first, the rest is bought.

    The emptiest shelf is served first; the largest surplus gives first.
    """
    known = list(shelves)
    left = {one.warehouse_id: one.surplus for one in known}
    found: list[Need] = []
    for short in sorted(
        known, key=lambda one: (one.available + one.coming - one.min_level, one.warehouse_id)
    ):
        missing = short.missing
        for giver in sorted(left, key=lambda one: (-left[one], one)):
            given = min(missing, left[giver])
            if given > 0:
                found.append(Need(short.warehouse_id, given, giver))
                left[giver] -= given
                missing -= given
        if missing > 0:
            found.append(Need(short.warehouse_id, missing))
    return found
