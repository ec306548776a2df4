"""Positions of many numbers among sorted ones, and local time for many instants of one zone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sla.domain.business_time.instants import DAY, instant
from sla.domain.business_time.zones import offsets

Numbers = NDArray[np.int64]

_MOST_CELLS = 1 << 20


class Lookup:
    """How many of some sorted numbers are not above others: by a grid of cells that hold one number at most.

    Where the numbers lie too close together for such a grid it searches instead.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._begins = int(numbers[0])
        gaps = np.diff(numbers)
        self._shift = max(0, int(gaps.min()).bit_length() - 1) if gaps.size else 0
        cells = ((int(numbers[-1]) - self._begins) >> self._shift) + 2
        self._cells: NDArray[np.intp] | None = None
        if gaps.size and cells <= _MOST_CELLS:
            edges = self._begins + (np.arange(cells, dtype=np.int64) << self._shift)
            self._cells = np.searchsorted(numbers, edges, "right")
            self._next = np.append(numbers, np.iinfo(np.int64).max)

    def count_up_to(self, wanted: Numbers) -> NDArray[np.intp]:
        """For each of ``wanted``, none below the first number: how many numbers are less or equal."""
        if self._cells is None:
            return np.searchsorted(self._numbers, wanted, "right")
        cell = np.minimum((wanted - self._begins) >> self._shift, self._cells.size - 1)
        count = self._cells[cell]
        found: NDArray[np.intp] = count + (self._next[count] <= wanted)
        return found


@dataclass(frozen=True, slots=True)
class Offsets:
    """The offsets of a zone over some years, for local time forth and back."""

    changes: Numbers
    wall_changes: Numbers
    values: Numbers

    @classmethod
    def between(cls, zone_name: str, lowest: int, highest: int) -> "Offsets":
        """The offsets from the year before one instant to the year after another."""
        changes, values = offsets(zone_name, instant(lowest).year - 1, instant(highest).year + 1)
        told, at = np.array(values, dtype=np.int64), np.array(changes, dtype=np.int64)
        return cls(at, at + np.maximum(told[:-1], told[1:]), told)

    def at(self, instants: Numbers) -> Numbers:
        """Local minus UTC time."""
        return self.values[np.searchsorted(self.changes, instants, "right")]

    def dates(self, instants: Numbers) -> Numbers:
        """Local dates, as days since 1970-01-01."""
        return (instants + self.at(instants)) // DAY

    def instant_of(self, wall: Numbers) -> Numbers:
        """Instants of local times (microseconds since 1970 on the wall), read as ``zones`` reads them."""
        return wall - self.values[np.searchsorted(self.wall_changes, wall, "right")]
