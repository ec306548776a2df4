"""What ticketing hears: one module per thing, all of them listed here."""

from collections.abc import Mapping

from common.bus import Listener
from common.events import Event
from ticketing.listeners import claims, clocks, coverage, directory, inspections

LISTENERS: Mapping[type[Event], Listener] = {
    **clocks.LISTENERS,
    **directory.LISTENERS,
    **coverage.LISTENERS,
    **inspections.LISTENERS,
    **claims.LISTENERS,
}
