"""The AsyncAPI document of a service, made from the declared events: what it sends and what it hears."""

from collections.abc import Iterable, Sequence
from typing import Any

from common.events import Event, schema_url

Document = dict[str, Any]

PARTITIONS = 12
REPLICAS = 3
RETENTION_MS = 14 * 24 * 3600 * 1000

_TEXT = {"type": "string"}
_HEADERS: Document = {
    "content-type": {"const": "application/json"},
    "ce_specversion": {"const": "1.0"},
    "ce_id": {
        "type": "string",
        "format": "uuid",
        "description": "Identity; with `ce_source` the key to drop doubles by.",
    },
    "ce_source": {**_TEXT, "examples": ["urn:aftercare:ticketing"]},
    "ce_type": {**_TEXT, "examples": ["aftercare.ticketing.ticket.resolved.v1"]},
    "ce_subject": {**_TEXT, "examples": ["tickets/0192f0c1-0000-7000-8000-000000000000"]},
    "ce_time": {"type": "string", "format": "date-time", "description": "When it happened."},
    "ce_recordedat": {"type": "string", "format": "date-time", "description": "When it was written down."},
    "ce_dataschema": {"type": "string", "format": "uri"},
    "ce_partitionkey": {**_TEXT, "description": "The aggregate's id, which is the record's key."},
    "ce_aggregateversion": {
        **_TEXT,
        "pattern": "^[0-9]+$",
        "description": "Counter of the aggregate after the event.",
    },
    "ce_correlationid": {**_TEXT, "description": "The first cause."},
    "ce_causationid": {**_TEXT, "description": "The event that led here."},
    "ce_traceparent": {**_TEXT, "description": "Trace in which it was written."},
    "ce_authtype": {"enum": ["app_user", "service_account", "api_key", "system"]},
    "ce_authid": {**_TEXT, "description": "Opaque id of the authority; no personal data."},
}
_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_recordedat", "ce_aggregateversion")


def asyncapi(
    *,
    service: str,
    title: str,
    version: str,
    publishes: Sequence[type[Event]],
    hears: Sequence[type[Event]],
) -> Document:
    """The document.

    Args:
        service: the service's name; also its consumer group.
        title: the document's title.
        version: its version.
        publishes: events it sends.
        hears: events it listens to.
    """
    events = sorted({*publishes, *hears}, key=lambda event: event.bus_type())
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:aftercare:{service}",
        "info": {
            "title": title,
            "version": version,
            "description": "Events on Kafka: CloudEvents 1.0 in binary mode, at least once, ordered per key.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "bus": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "The installation's bus."}
        },
        "channels": {_key(topic): _channel(topic, events) for topic in _topics(events)},
        "operations": {
            **_operations("publish", "send", publishes, service),
            **_operations("on", "receive", hears, service),
        },
        "components": {
            "messageTraits": {"cloudEventBinary": _trait()},
            "messages": {event.bus_type(): _message(event) for event in events},
            "schemas": {event.bus_type(): _payload(event) for event in events},
        },
    }


def _topics(events: Iterable[type[Event]]) -> list[str]:
    return sorted({event.topic for event in events})


def _key(topic: str) -> str:
    return topic.replace(".", "_")


def _channel(topic: str, events: Iterable[type[Event]]) -> Document:
    carried = [event for event in events if event.topic == topic]
    names = [event.bus_type() for event in carried]
    retention_ms = -1 if any(event.is_kept_for_good for event in carried) else RETENTION_MS
    return {
        "address": topic,
        "messages": {_key(name): {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": PARTITIONS,
                "replicas": REPLICAS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": retention_ms},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operations(prefix: str, action: str, events: Sequence[type[Event]], service: str) -> Document:
    found: Document = {}
    for topic in _topics(events):
        channel = f"#/channels/{_key(topic)}"
        names = sorted(event.bus_type() for event in events if event.topic == topic)
        operation: Document = {
            "action": action,
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{_key(name)}"} for name in names],
        }
        if action == "receive":
            operation["bindings"] = {
                "kafka": {"groupId": {"type": "string", "const": service}, "bindingVersion": "0.5.0"}
            }
        found[prefix + "".join(part.capitalize() for part in _key(topic).split("_"))] = operation
    return found


def _trait() -> Document:
    return {
        "headers": {"type": "object", "required": list(_REQUIRED), "properties": _HEADERS},
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": "0.5.0"}},
    }


def _message(event: type[Event]) -> Document:
    summary = (event.__doc__ or event.type).strip().partition("\n")[0]
    return {
        "name": event.bus_type(),
        "title": event.type,
        "summary": summary,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEventBinary"}],
        "payload": {"$ref": f"#/components/schemas/{event.bus_type()}"},
    }


def _payload(event: type[Event]) -> Document:
    schema = event.model_json_schema(ref_template="#/$defs/{model}")
    return {"$id": schema_url(event), **schema}
