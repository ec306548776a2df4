"""What warranty hears, and what it does about it: one module per thing, all of them listed here."""

from collections.abc import Mapping
from types import MappingProxyType

from common.bus import Listener
from common.events import Event
from warranty.listeners import tickets, visits

LISTENERS: Mapping[type[Event], Listener] = MappingProxyType({**tickets.LISTENERS, **visits.LISTENERS})
