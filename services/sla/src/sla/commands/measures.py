"""What sla measures besides what every service does."""

from prometheus_client import Counter, Gauge, Histogram

from common.metrics import REGISTRY

LATENESS_SECONDS = Histogram(
    "sla_announcement_lateness_seconds",
    "Time from the crossing of a threshold to its announcement.",
    ("kind",),
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400),
    registry=REGISTRY,
)
BREACHES = Counter("sla_clocks_breached_total", "Breaches announced.", ("metric",), registry=REGISTRY)
FACTS = Counter("sla_facts_total", "Facts taken up.", ("subject_type",), registry=REGISTRY)
UNDERIVED = Counter(
    "sla_subjects_underived_total",
    "Attempts in the background that found a subject's clocks could not be derived; the log names it.",
    registry=REGISTRY,
)
SCHEDULES_MISSING = Gauge(
    "sla_calendars_unpublished",
    "Calendars whose statutory schedule of next year is missing though it should be known.",
    registry=REGISTRY,
)
