"""Inspections promised by the year: which are owed by when, and which visit keeps which of them (§1.2.4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID

from common.lifecycle import NOBODY, Lifecycle, step
from warranty.domain.maintenance import MONTHS_PER_YEAR
from warranty.domain.terms.civil import plus_months

ONE_DAY = timedelta(days=1)


class ObligationState(StrEnum):
    """Where an inspection that is owed stands."""

    OPEN = "open"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    """Why an inspection is no longer owed."""

    CONTRACT_CHANGED = "contract_changed"
    CONTRACT_ENDED = "contract_ended"


LIFECYCLE = Lifecycle(
    "inspection_obligation_state",
    ObligationState.OPEN,
    MappingProxyType(
        {
            "keep": step(
                "open kept", "kept", "warranty.inspection_obligation.kept", "a completed inspection"
            ),
            "changePeriod": step(
                "open kept", None, "warranty.inspection_obligation.period_changed", "another last day"
            ),
            "withdraw": step("open", "withdrawn", "warranty.inspection_obligation.withdrawn", "reason"),
        }
    ),
    roles=MappingProxyType(dict.fromkeys(("keep", "changePeriod", "withdraw"), NOBODY)),
)


@dataclass(frozen=True, slots=True)
class Period:
    """One inspection is owed in it.

    Args:
        contract_year: which year of the contract it belongs to, from 1.
        number: which period of that year it is, from 1.
        from_on: its first day.
        to_on: its last day, included.
    """

    contract_year: int
    number: int
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Promise:
    """So many inspections in each year of a contract.

    Args:
        per_year: how many.
        starts_on: the contract's first day, from which its years are counted.
        ends_on: its last day, included; ``None`` where none is agreed.
    """

    per_year: int
    starts_on: date
    ends_on: date | None = None

    def first(self, *, open_on: date, from_on: date = date.min) -> Period | None:
        """The first period owed that ends on ``open_on`` or later, and begins on ``from_on`` or later."""
        found = self._periods(max(open_on, from_on))
        return next((one for one in found if one.to_on >= open_on and one.from_on >= from_on), None)

    def _periods(self, day: date) -> Iterator[Period]:
        """The periods owed, from one that certainly begins before ``day`` on or is the first of all."""
        if self.per_year < 1:
            return
        months = (day.year - self.starts_on.year) * MONTHS_PER_YEAR + day.month - self.starts_on.month
        year = max(0, months // MONTHS_PER_YEAR - 1)
        while self._first_of(year) < self._first_of(year + 1):
            if self.ends_on is not None and self._first_of(year) > self.ends_on:
                return
            yield from self._owed_in(year)
            year += 1

    def _owed_in(self, year: int) -> Iterator[Period]:
        for number, (first, after) in enumerate(pairwise(self._bounds(year)), start=1):
            last = after - ONE_DAY
            covered = last if self.ends_on is None else min(last, self.ends_on)
            if first <= last and 2 * ((covered - first).days + 1) >= (last - first).days + 1:
                yield Period(year + 1, number, first, covered)

    def _bounds(self, year: int) -> Sequence[date]:
        """The first days of a year's periods, and of the next year: whole months where they come out even."""
        months, rest = divmod(MONTHS_PER_YEAR, self.per_year)
        if not rest:
            whole = range(0, MONTHS_PER_YEAR + 1, months)
            return [plus_months(self.starts_on, year * MONTHS_PER_YEAR + one) for one in whole]
        first, days = self._first_of(year), (self._first_of(year + 1) - self._first_of(year)).days
        return [first + timedelta(days=days * one // self.per_year) for one in range(self.per_year + 1)]

    def _first_of(self, year: int) -> date:
        return plus_months(self.starts_on, year * MONTHS_PER_YEAR)


@dataclass(frozen=True, slots=True)
class Owed:
    """An inspection that is owed, as far as it decides which visit keeps it.

    Args:
        id: which.
        period: its period.
        kept_on: day of the visit that keeps it; ``None`` while none does.
    """

    id: UUID
    period: Period
    kept_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in its period."""
        return self.period.from_on <= day <= self.period.to_on


def kept_by(day: date, contract_year: int, owed: Iterable[Owed]) -> Owed | None:
    """What a visit on ``day`` keeps; ``None`` where it is one more than was promised.

    A visit counts for the period it took place in, and there before one from outside of it. One more in the
    same period makes up for the oldest that was missed, or else is the next one of the contract year ahead of
    its time. No visit counts twice.

    Args:
        day: when it took place, in the contract's time zone.
        contract_year: the year of the contract that ``day`` lies in.
        owed: what is owed and not withdrawn.
    """
    known = sorted(owed, key=lambda one: one.period.from_on)
    own = (one for one in known if one.covers(day) and (one.kept_on is None or not one.covers(one.kept_on)))
    missed = (one for one in known if one.kept_on is None and one.period.to_on < day)
    ahead = (
        one
        for one in known
        if one.kept_on is None and one.period.from_on > day and one.period.contract_year == contract_year
    )
    return next((found for some in (own, missed, ahead) for found in some), None)


def year_of(day: date, starts_on: date) -> int:
    """Which year of a contract from ``starts_on`` a day lies in, from 1; 0 or less before its first day."""
    year = day.year - starts_on.year
    return year + (plus_months(starts_on, year * MONTHS_PER_YEAR) <= day)
