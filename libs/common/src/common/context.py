"""Who asks, and in the course of what: carried by every unit of work."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated party.

    Args:
        subject: opaque id of the person or program.
        kind: ``app_user``, ``service_account``, ``api_key`` or ``system``.
        client_id: program through which it speaks.
        roles: role names.
        scopes: what the token allows, ``<resource>.<read|write|admin>``.
        customer_id: organisation that the caller is confined to; ``None`` for the vendor's own people.
    """

    subject: str
    kind: str = "app_user"
    client_id: str = ""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    customer_id: UUID | None = None

    def may(self, scope: str) -> bool:
        """Whether the token carries ``scope``."""
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Context:
    """What a unit of work is part of.

    Args:
        caller: on whose authority it runs.
        request_id: id of the HTTP request, empty in the background.
        correlation_id: first cause of the whole chain; the new event's own id where empty.
        causation_id: id of the event that led here, where one did.
        traceparent: W3C trace context of the span that works.
    """

    caller: Caller
    request_id: str = ""
    correlation_id: str = ""
    causation_id: str = ""
    traceparent: str = ""


def system(service: str, **causes: str) -> Context:
    """The context of work that ``service`` does on its own account."""
    return Context(_itself(service), **causes)


@cache
def _itself(service: str) -> Caller:
    return Caller(subject=service, kind="system", client_id=service)
