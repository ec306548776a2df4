"""A calendar's table as arrays, with lookups that need no search."""

import numpy as np
from numpy.typing import NDArray

from sla.domain.business_time.bulk.lookup import Lookup, Numbers, Offsets
from sla.domain.business_time.compiled import DayEnd
from sla.domain.business_time.instants import DAY, EPOCH_ORDINAL
from sla.domain.business_time.table import Table


class Columns:
    """The columns of one table; sound for the instants that the table is sound for."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._closes: Numbers = np.array(table.closes, dtype=np.int64)
        self.through: Numbers = np.array(table.through, dtype=np.int64)
        self._lead = self._closes - self.through
        self.day_opens: Numbers = np.array(table.day_opens, dtype=np.int64)
        self.day_closes: Numbers = np.array(table.day_closes, dtype=np.int64)
        self.midnights: Numbers = (np.array(table.days, dtype=np.int64) - EPOCH_ORDINAL) * DAY
        before_all = table.begins - 10 * DAY
        self._by_midnight = Lookup(np.insert(self.midnights, 0, before_all))
        self._by_opening = Lookup(np.array(table.opens, dtype=np.int64))
        self._by_day_opening = Lookup(np.insert(self.day_opens, 0, before_all))
        self._by_open_time = Lookup(self.through)

    def open_until(self, at: Numbers) -> Numbers:
        """Open time from the table's beginning to instants."""
        index = self._by_opening.count_up_to(at) - 1
        counted: Numbers = self.through[index] - np.maximum(self._closes[index] - at, 0)
        return counted

    def add(self, since: Numbers, open_time: Numbers) -> Numbers:
        """The first instants at which open time has passed; the same instants where none has to."""
        wanted = np.maximum(self.open_until(since) + open_time, 1)
        due = self._lead[self._by_open_time.count_up_to(wanted - 1)] + wanted
        return np.where(open_time > 0, due, since)

    def before_breaks(self, due: Numbers) -> Numbers:
        """The instants themselves when open or closing, else the last closing."""
        held: Numbers = np.minimum(due, self._closes[self._by_opening.count_up_to(due) - 1])
        return held

    def day_index(self, offsets: Offsets, openings: Numbers, day_end: DayEnd) -> NDArray[np.intp]:
        """The working day that counting is based on: the last not after an instant's date, or its own."""
        if day_end == "end_of_day":
            return self._by_midnight.count_up_to(offsets.dates(openings) * DAY) - 2
        return self._by_day_opening.count_up_to(openings) - 2
