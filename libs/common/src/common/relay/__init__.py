"""The relay: takes a service's events from its outbox to the bus, one replica at a time."""

from common.relay.relay import Relay

__all__ = ["Relay"]
