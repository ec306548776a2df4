"""What a service hears: a listener per event, or one for everything."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.bus.spans import processing
from common.context import system
from common.db import Session
from common.events import Envelope, Event

Listener = Callable[[Session, Any, Envelope], Awaitable[None]]
"""Acts on one event in the given transaction: ``async def on_x(session, event, envelope)``."""


@dataclass(frozen=True, slots=True)
class GenericListener:
    """One listener for many events, called once with all that a polled batch holds of them, in their order.

    Args:
        events: the declared events it hears.
        hear: acts on them in the given transaction; gets a single one where the batch failed or is repeated.
    """

    events: Sequence[type[Event]]
    hear: Callable[[Session, Sequence[Envelope]], Awaitable[None]]


Listeners = Mapping[type[Event], Listener] | GenericListener


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything a service listens to.

    Args:
        service: whose listeners these are.
        listeners: per event, or generic.
        watermarks_of: services whose watermarks it keeps, for its horizon.
    """

    service: str
    listeners: Listeners = field(default_factory=dict)
    watermarks_of: Sequence[str] = ()

    @property
    def events(self) -> Iterable[type[Event]]:
        """The declared events it hears."""
        return self.listeners.events if isinstance(self.listeners, GenericListener) else self.listeners

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics these events travel on."""
        return tuple(dict.fromkeys(event.topic for event in self.events))

    def known(self) -> dict[bytes, type[Event]]:
        """The heard events by their type on the bus."""
        return {event.bus_type().encode(): event for event in self.events}

    async def hear(self, session: Session, heard: Sequence[tuple[Event, Envelope]]) -> None:
        """Have the listeners act on events, in order."""
        if isinstance(self.listeners, GenericListener):
            if heard:
                envelopes = [envelope for _, envelope in heard]
                with processing(self.service, envelopes):
                    await self.listeners.hear(session, envelopes)
            return
        for event, envelope in heard:
            with processing(self.service, [envelope]) as traceparent:
                in_course_of(session, envelope, traceparent)
                await self.listeners[type(event)](session, event, envelope)


def in_course_of(session: Session, envelope: Envelope, traceparent: str = "") -> None:
    """What ``session`` does from here on is done because of ``envelope``, on the service's own authority.

    Args:
        session: of the batch.
        envelope: the cause.
        traceparent: of the span that works on it; where there is none, of the one that wrote it.
    """
    session.context = system(
        session.context.caller.client_id,
        correlation_id=envelope.correlation_id or str(envelope.id),
        causation_id=str(envelope.id),
        traceparent=traceparent or envelope.traceparent,
    )
