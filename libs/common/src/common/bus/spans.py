"""Spans on the bus, named by OpenTelemetry's conventions for messaging (1.44, still in development there).

Nothing is made of them, at the cost of one question, until somebody has configured a provider of traces.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

from common.events import PREFIX, Envelope, Headers
from common.telemetry import Trace, is_recorded, read_traceparent, span

Attributes = dict[str, AttributeValue]

MOST_LINKS = 128
"""What the SDK keeps of a span's links, unless it is told otherwise."""

_PARTITION = "messaging.destination.partition.id"
_OFFSET = "messaging.kafka.offset"


class Handover:
    """A batch on its way to a partition; takes down where it came to lie.

    Args:
        recorded: its span; ``None`` where nobody records any.
    """

    def __init__(self, recorded: Span | None) -> None:
        self._recorded = recorded

    def acknowledged(self, offset: int) -> None:
        """The first message of the batch lies there."""
        if self._recorded is not None:
            self._recorded.set_attribute(_OFFSET, offset)


@contextmanager
def sending(topic: str, partition: int, batch: Sequence[Headers]) -> Iterator[Handover]:
    """A span around handing over a batch, linked to the contexts in which its messages were written.

    Args:
        topic: as the brokers know it.
        partition: where the batch goes.
        batch: headers of its messages, which travel as they are.
    """
    if not is_recorded():
        yield Handover(None)
        return
    told = [{name: value.decode() for name, value in headers} for headers in batch[:MOST_LINKS]]
    attributes = _operation("send", topic, len(batch)) | {_PARTITION: str(partition)}
    if len(batch) == 1:
        attributes |= _message(*(told[0].get(name, "") for name in _HEADERS))
    links = _contexts(headers.get("ce_traceparent", "") for headers in told)
    with span(f"send {topic}", SpanKind.CLIENT, links=links, attributes=attributes) as (recorded, _):
        yield Handover(recorded)


@contextmanager
def processing(group: str, envelopes: Sequence[Envelope]) -> Iterator[str]:
    """A span around what a service does because of events.

    A single event's span stands under the one that wrote it, so that a chain of causes is one trace; it is
    linked to it all the same, as the spans of several events are to all of theirs.

    Args:
        group: the service that listens.
        envelopes: of one event, or of all that are taken up together.

    Yields:
        The ``traceparent`` of what follows; empty where nobody records spans.
    """
    if not is_recorded() or not envelopes:
        yield ""
        return
    topics = list(dict.fromkeys(envelope.topic for envelope in envelopes))
    links = _contexts(envelope.traceparent for envelope in envelopes[:MOST_LINKS])
    attributes = _operation("process", ",".join(topics), len(envelopes))
    attributes["messaging.consumer.group.name"] = group
    parent = None
    if len(envelopes) == 1:
        attributes |= _message_of(envelopes[0])
        parent = links[0] if links else None
    name = f"process {topics[0]}" if len(topics) == 1 else "process"
    with span(name, SpanKind.CONSUMER, parent=parent, links=links, attributes=attributes) as (_, here):
        yield here.traceparent


def _operation(name: str, topic: str, count: int) -> Attributes:
    told: Attributes = {
        "messaging.system": "kafka",
        "messaging.operation.name": name,
        "messaging.operation.type": name,
        "messaging.destination.name": topic,
    }
    return told if count == 1 else told | {"messaging.batch.message_count": count}


_HEADERS = ("ce_id", "ce_partitionkey", "ce_correlationid", "ce_type", "ce_source")


def _message(id_: str, key: str, conversation: str, type_: str, source: str) -> Attributes:
    return {
        "messaging.message.id": id_,
        "messaging.kafka.message.key": key,
        "messaging.message.conversation_id": conversation,
        "cloudevents.event_id": id_,
        "cloudevents.event_type": type_,
        "cloudevents.event_source": source,
    }


def _message_of(envelope: Envelope) -> Attributes:
    type_ = f"{PREFIX}{envelope.type}.v{envelope.version}"
    conversation = envelope.correlation_id or str(envelope.id)
    told = _message(str(envelope.id), envelope.key, conversation, type_, envelope.source)
    if envelope.place is not None:
        told |= {_PARTITION: str(envelope.place[0]), _OFFSET: envelope.place[1]}
    return told


def _contexts(headers: Iterable[str]) -> tuple[Trace, ...]:
    return tuple(found for header in headers if (found := read_traceparent(header)) is not None)
