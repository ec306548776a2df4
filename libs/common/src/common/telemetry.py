"""W3C trace context, cheap enough for every request, and spans where somebody has configured a provider."""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.context import Context as OtelContext
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    ProxyTracerProvider,
    Span,
    SpanContext,
    SpanKind,
    TraceFlags,
)
from opentelemetry.util.types import AttributeValue

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_ids = random.Random()  # noqa: S311 - trace ids are no secrets
_tracer = trace.get_tracer("aftercare")


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
    with _tracer.start_as_current_span(name, above, kind, attributes, linked) as started:
        try:
            yield started, new_trace(parent)
        except Exception as error:
            started.set_attribute("error.type", type(error).__qualname__)
            raise
