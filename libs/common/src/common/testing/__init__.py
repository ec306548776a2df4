"""What tests of every service need: a clock that is moved, waiting with a deadline, databases, doors."""

from common.testing.clocks import START, RunningClock, VariableClock
from common.testing.databases import Templates
from common.testing.doors import Doors
from common.testing.events import arriving, gaps_in_versions
from common.testing.waiting import PATIENCE_SECONDS, eventually

__all__ = [
    "PATIENCE_SECONDS",
    "START",
    "Doors",
    "RunningClock",
    "Templates",
    "VariableClock",
    "arriving",
    "eventually",
    "gaps_in_versions",
]
