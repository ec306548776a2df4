"""The published language: every event any service announces, by type."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from common.contracts import audit, sla, ticketing, warranty
from common.events import Event


def _declared(base: type[Event]) -> Iterator[type[Event]]:
    """The events of this package's modules; what others derive from ``Event`` is theirs."""
    for child in base.__subclasses__():
        if "type" in child.__dict__ and child.__module__.startswith(f"{__name__}."):
            yield child
        yield from _declared(child)


REGISTRY: Mapping[str, type[Event]] = MappingProxyType({event.type: event for event in _declared(Event)})


def topics() -> tuple[str, ...]:
    """Every topic that carries declared events."""
    return tuple(dict.fromkeys(event.topic for event in REGISTRY.values()))


def published_by(service: str) -> tuple[type[Event], ...]:
    """The events that ``service`` announces."""
    return tuple(event for event in REGISTRY.values() if event.service() == service)


__all__ = ["REGISTRY", "audit", "published_by", "sla", "ticketing", "topics", "warranty"]
