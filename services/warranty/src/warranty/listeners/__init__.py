"""What warranty hears, and what it does about it."""

from collections.abc import Mapping
from types import MappingProxyType

from common.bus import Listener
from common.events import Event

LISTENERS: Mapping[type[Event], Listener] = MappingProxyType({})
