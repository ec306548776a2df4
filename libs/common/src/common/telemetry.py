"""W3C trace context, cheap enough for every request, and spans where somebody has configured a provider."""

import os
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context as OtelContext
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    ProxyTracerProvider,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
)
from opentelemetry.util.types import AttributeValue

from common.secrets_in_text import MASK

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_ids = random.Random()  # noqa: S311 - trace ids are no secrets
_tracer = trace.get_tracer("aftercare")

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
EXPORT_SECONDS = 1.5
"""How long one delivery may take; a process that ends waits no longer for its last."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where in which trace something happens.

    Args:
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits.
        flags: two hexadecimal digits; ``01`` means sampled.
    """

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The header that hands the trace on."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @property
    def span_context(self) -> SpanContext:
        """The same for OpenTelemetry."""
        return SpanContext(
            int(self.trace_id, 16),
            int(self.span_id, 16),
            is_remote=True,
            trace_flags=TraceFlags(int(self.flags, 16)),
        )


def read_traceparent(header: str | None) -> Trace | None:
    """What a ``traceparent`` header says; ``None`` where it is absent or malformed."""
    found = _TRACEPARENT.fullmatch(header or "")
    if found is None or found[1] == "ff" or not int(found[2], 16) or not int(found[3], 16):
        return None
    if found[1] == "00" and found[5]:
        return None
    return Trace(found[2], found[3], "01" if int(found[4], 16) & 1 else "00")


def new_trace(parent: Trace | None = None) -> Trace:
    """The running span's place where one is recorded, else a new span of ``parent`` or of a new trace."""
    running = trace.get_current_span().get_span_context()
    if running.is_valid:
        return Trace(f"{running.trace_id:032x}", f"{running.span_id:016x}", f"{int(running.trace_flags):02x}")
    span_id = f"{_ids.getrandbits(64) or 1:016x}"
    if parent is not None:
        return Trace(parent.trace_id, span_id, parent.flags)
    return Trace(f"{_ids.getrandbits(128) or 1:032x}", span_id)


def is_recorded() -> bool:
    """Whether anybody has configured a provider, so that spans come to something."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider)


def export_spans(process: str) -> None:
    """Send spans to the collector that OpenTelemetry's own variables name; to none where they name none.

    Once per process, before its first span. Where the collector is away, spans are dropped; nothing waits.

    Args:
        process: ``ticketing-worker``, the spans' ``service.name`` unless ``OTEL_SERVICE_NAME`` says another.
    """
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or not any(map(os.environ.get, ENDPOINTS)):
        return
    # Half a second and ten megabytes that nobody else needs.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    name = os.environ.get("OTEL_SERVICE_NAME", process)
    resource = Resource.create({"service.namespace": "aftercare", "service.name": name})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=EXPORT_SECONDS)))
    trace.set_tracer_provider(provider)


def hide_query() -> None:
    """Keep what stands behind the question mark out of the request's span: it may be a person's number."""
    running = trace.get_current_span()
    if running.is_recording():
        running.set_attribute("url.query", MASK)


def name_request(scope: Mapping[str, Any], route: str) -> None:
    """Name the request's span by its path's template, which FastAPI's own router would have done.

    Args:
        scope: of the request.
        route: the template.
    """
    recorded = scope.get("fastapi.telemetry")
    if recorded is not None and recorded.span is not None:
        recorded.route = route
        recorded.span.update_name(f"{scope['method']} {route}")


@contextmanager
def span(
    name: str,
    kind: SpanKind,
    *,
    parent: Trace | None = None,
    links: tuple[Trace, ...] = (),
    attributes: Mapping[str, AttributeValue] | None = None,
) -> Iterator[tuple[Span, Trace]]:
    """A span around a block, exported only where a provider is configured.

    Args:
        name: ``<operation> <destination>``.
        kind: its kind.
        parent: the span it belongs under.
        links: spans it has to do with besides.
        attributes: what is known of it from the start; what the block raises becomes ``error.type``.

    Yields:
        The span, and the trace context to hand on.
    """
    above = (
        trace.set_span_in_context(NonRecordingSpan(parent.span_context), OtelContext()) if parent else None
    )
    linked = [Link(link.span_context) for link in links]
    quiet = {"record_exception": False, "set_status_on_exception": False}  # messages may hold people's data
    with _tracer.start_as_current_span(name, above, kind, attributes, linked, **quiet) as started:
        try:
            yield started, new_trace(parent)
        except Exception as error:
            started.set_attribute("error.type", type(error).__qualname__)
            started.set_status(StatusCode.ERROR)
            raise
