"""Measurements for Prometheus: one registry per process, one page."""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REGISTRY = CollectorRegistry()

_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

HTTP_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Time from the request's first byte to the answer's last.",
    ("http_request_method", "http_route", "http_response_status_code"),
    buckets=_BUCKETS,
    registry=REGISTRY,
)
EVENTS_CONSUMED = Counter(
    "events_consumed_total", "Events taken from the bus.", ("topic", "outcome"), registry=REGISTRY
)
EVENTS_PUBLISHED = Counter(
    "outbox_published_total", "Events acknowledged by the bus.", ("topic",), registry=REGISTRY
)
OUTBOX_PENDING = Gauge("outbox_pending_events", "Events not yet acknowledged by the bus.", registry=REGISTRY)
OUTBOX_AGE = Gauge(
    "outbox_oldest_age_seconds", "Age of the oldest event not yet acknowledged.", registry=REGISTRY
)
PARKED_EVENTS = Gauge("events_parked", "Events that wait for a retry or a person.", registry=REGISTRY)
SWEEP_ROWS = Counter("sweep_rows_total", "Rows that a sweep has acted on.", ("sweep",), registry=REGISTRY)
AUDIT_SEALED = Counter("audit_sealed_total", "Audit entries sealed into the chain.", registry=REGISTRY)
QUOTA_EXCEEDED = Counter(
    "http_quota_exceeded_total", "Requests refused for a spent quota.", ("policy",), registry=REGISTRY
)


@lru_cache(maxsize=4096)
def http_duration(method: str, route: str, status: int) -> Histogram:
    """The series of one kind of request."""
    return HTTP_SECONDS.labels(method, route, str(status))


def page() -> tuple[bytes, str]:
    """All measurements as text, and its media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
