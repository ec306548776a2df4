"""Events: what a declared event is, the envelope it travels in, and its CloudEvents form on the bus."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.ids import read_id

PREFIX = "aftercare."
SOURCE_PREFIX = "urn:aftercare:"
SCHEMA_ROOT = "https://aftercare.local/schemas"

MOST_CHARACTERS = 1000
"""Length of an attribute; ours are far shorter."""

Headers = list[tuple[str, bytes]]


class Event(BaseModel):
    """Base of every declared event: a flat, frozen model of what happened.

    Subclasses name their ``type`` as policies write it (``ticketing.ticket.resolved``) and, per aggregate,
    the ``topic`` and the ``collection`` that the subject begins with. A topic ``is_kept_for_good`` where what
    it carries is evidence; others forget in time. One ``is_busy`` that most of what happens travels on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    type: ClassVar[str]
    version: ClassVar[int] = 1
    topic: ClassVar[str]
    collection: ClassVar[str]
    is_kept_for_good: ClassVar[bool] = False
    is_busy: ClassVar[bool] = False

    @classmethod
    def bus_type(cls) -> str:
        """The type as it stands on the bus, with prefix and version."""
        return f"{PREFIX}{cls.type}.v{cls.version}"

    @classmethod
    def service(cls) -> str:
        """The service that publishes it."""
        return cls.type.split(".", 1)[0]

    def as_json(self) -> bytes:
        """The fields as JSON in UTF-8, as they travel."""
        return self.__pydantic_serializer__.to_json(self)


class Envelope(NamedTuple):
    """An event under way.

    Args:
        id: identity; with ``source`` the key by which consumers drop doubles.
        source: ``urn:aftercare:<service>``.
        type: unprefixed type, ``ticketing.ticket.resolved``.
        version: major version of the type.
        topic: topic it travels on.
        key: aggregate id; all events of one key keep their order.
        subject: ``<collection>/<aggregate id>``.
        occurred_at: when it happened.
        recorded_at: when it was written down.
        aggregate_version: counter of the aggregate after this event.
        correlation_id: id of the first cause.
        causation_id: id of the event that led here, empty where none did.
        traceparent: W3C trace context of the span that wrote it, may be empty.
        auth_type: kind of the authority, ``auth_id`` its opaque id.
        data: the event's fields as plain JSON values.
        received_at: when the reader took it up, by the reader's clock; what it does is done at this moment.
        place: partition and offset it was read from; ``None`` where it did not come from the bus just now.
    """

    id: UUID
    source: str
    type: str
    version: int
    topic: str
    key: str
    subject: str
    occurred_at: datetime
    recorded_at: datetime
    aggregate_version: int
    correlation_id: str
    causation_id: str
    traceparent: str
    auth_type: str
    auth_id: str
    data: Mapping[str, Any]
    received_at: datetime
    place: tuple[int, int] | None = None


class NotCloudEvent(Exception):  # noqa: N818 - the record is at fault, not the program
    """A record that is not a CloudEvent of ours in binary mode."""


@lru_cache(maxsize=1024)
def instant(moment: datetime) -> str:
    """``moment`` as RFC 3339 in UTC with microseconds and ``Z``; a unit of work writes its own many times."""
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def headers_of(
    event: type[Event],
    *,
    event_id: UUID,
    key: str,
    occurred_at: datetime,
    recorded_at: datetime,
    aggregate_version: int,
    correlation_id: str,
    causation_id: str,
    traceparent: str,
    auth_type: str,
    auth_id: str,
) -> dict[str, str]:
    """CloudEvents binary-mode headers of one event, as text; empty attributes are left out."""
    identity = str(event_id)
    attributes = {
        **_always(event),
        "ce_id": identity,
        "ce_subject": f"{event.collection}/{key}",
        "ce_time": instant(occurred_at),
        "ce_recordedat": instant(recorded_at),
        "ce_partitionkey": key,
        "ce_aggregateversion": str(aggregate_version),
        "ce_correlationid": correlation_id or identity,
        "ce_causationid": causation_id,
        "ce_traceparent": traceparent,
        "traceparent": traceparent,
        "ce_authtype": auth_type,
        "ce_authid": auth_id,
    }
    return {name: value for name, value in attributes.items() if value}


@cache
def _always(event: type[Event]) -> dict[str, str]:
    """The headers that are the same on every event of a type."""
    return {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_source": SOURCE_PREFIX + event.service(),
        "ce_type": event.bus_type(),
        "ce_dataschema": schema_url(event),
    }


def schema_url(event: type[Event]) -> str:
    """Where the JSON Schema of ``event`` is published."""
    return f"{SCHEMA_ROOT}/{event.type.replace('.', '/', 1)}.v{event.version}.json"


def split_type(bus_type: str) -> tuple[str, int]:
    """The unprefixed type and the major version of ``aftercare.ticketing.ticket.resolved.v1``.

    Raises:
        NotCloudEvent: it is not a type of ours.
    """
    name, dot, version = bus_type.removeprefix(PREFIX).rpartition(".v")
    if not (bus_type.startswith(PREFIX) and dot and version.isdigit()):
        raise NotCloudEvent(bus_type)
    return name, int(version)


def envelope_of(
    topic: str,
    headers: Iterable[tuple[str, bytes]],
    data: Mapping[str, Any],
    received_at: datetime,
    place: tuple[int, int] | None = None,
) -> Envelope:
    """Read a record's headers.

    Args:
        topic: where it lay.
        headers: as they travelled.
        data: its decoded value.
        received_at: the reader's present.
        place: partition and offset.

    Raises:
        NotCloudEvent: an attribute is missing or malformed.
    """
    found = dict(headers)
    try:
        told = {name: value.decode() for name, value in found.items() if name.startswith("ce_")}
        _refuse_unclean(told.values())
        type_, version = _published(told["ce_type"], told["ce_source"])
        return Envelope(
            id=read_id(told["ce_id"]),
            source=told["ce_source"],
            type=type_,
            version=version,
            topic=topic,
            key=told["ce_partitionkey"],
            subject=told["ce_subject"],
            occurred_at=_moment(told["ce_time"]),
            recorded_at=_moment(told["ce_recordedat"]),
            aggregate_version=_counted(told["ce_aggregateversion"]),
            correlation_id=told.get("ce_correlationid", ""),
            causation_id=told.get("ce_causationid", ""),
            traceparent=told.get("ce_traceparent", ""),
            auth_type=told.get("ce_authtype", ""),
            auth_id=told.get("ce_authid", ""),
            data=data,
            received_at=received_at,
            place=place,
        )
    except (KeyError, ValueError, UnicodeDecodeError) as error:
        raise NotCloudEvent(str(error)) from error


def _refuse_unclean(attributes: Collection[str]) -> None:
    if max(map(len, attributes)) > MOST_CHARACTERS or not "".join(attributes).isprintable():
        raise NotCloudEvent("an attribute is too long, or holds what cannot be printed")


@lru_cache(maxsize=1024)
def _published(bus_type: str, source: str) -> tuple[str, int]:
    """The unprefixed type and the major version; the same few come again and again."""
    type_, version = split_type(bus_type)
    if source != SOURCE_PREFIX + type_.partition(".")[0]:
        raise NotCloudEvent(f"{source} publishes no {type_}")
    return type_, version


def _counted(raw: str) -> int:
    version = int(raw)
    if version < 1:
        raise NotCloudEvent("aggregates are counted from 1")
    return version


def _moment(raw: str) -> datetime:
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        raise NotCloudEvent("an instant without an offset from UTC")
    return moment
