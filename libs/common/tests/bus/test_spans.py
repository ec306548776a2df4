"""What somebody who collects traces sees of the bus, and that nobody else pays for it."""

from collections.abc import Iterator, Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from common import telemetry
from common.bus.intake import Intake
from common.bus.listening import Hearing
from common.bus.records import Record
from common.bus.sorting import Polled
from common.bus.spans import processing, sending
from common.context import Context, system
from common.ids import new_id
from common.outbox import publish
from common.telemetry import is_recorded
from common.testing import eventually

from .made_up import Keeper, Made, Thing, ThingMade, count_of, make, rows, running

WRITTEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Spans:
    """What was exported."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def of(self, kind: SpanKind) -> Sequence[ReadableSpan]:
        return [span for span in self._exporter.get_finished_spans() if span.kind is kind]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spans]:
    """A provider for this test alone; OpenTelemetry would keep the first one for the whole process."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(telemetry, "_tracer", provider.get_tracer("aftercare"))
    yield Spans(exporter)
    provider.shutdown()


async def written(made: Made, count: int = 1) -> None:
    """Events of a request whose trace is known."""
    cause = system("maker")
    context = Context(cause.caller, correlation_id="first", traceparent=WRITTEN)
    thing = Thing(new_id())
    async with made.publisher.transaction(context) as session:
        for _ in range(count):
            thing.version += 1
            event = ThingMade(number=thing.version)
            publish(session, event, of=thing, occurred_at=made.clock(), now=made.clock())


async def test_one_trace_from_the_request_to_what_follows_elsewhere(made: Made, spans: Spans) -> None:
    keeper = Keeper()
    async with running(made.maker(), made.keeper(keeper.listeners)):
        await written(made)
        await eventually(lambda: heard(made, 1))
        await eventually(lambda: spans.of(SpanKind.CLIENT))
    [send], [process] = spans.of(SpanKind.CLIENT), spans.of(SpanKind.CONSUMER)
    topic = made.bus.wire("maker.thing.v1")
    [(event_id, key, headers)] = await rows(made.publisher, "SELECT id, aggregateid, headers FROM outbox")
    assert (send.name, process.name) == (f"send {topic}", "process maker.thing.v1")
    assert headers["ce_traceparent"] == headers["traceparent"] == WRITTEN
    for span in (send, process):
        assert [format(link.context.span_id, "016x") for link in span.links] == [WRITTEN[36:52]]
        told = dict(span.attributes)
        assert told["messaging.system"] == "kafka"
        assert told["messaging.message.id"] == told["cloudevents.event_id"] == str(event_id)
        assert told["messaging.kafka.message.key"] == key
        assert told["messaging.message.conversation_id"] == "first"
        assert told["cloudevents.event_type"] == "aftercare.maker.thing.made.v1"
        assert told["cloudevents.event_source"] == "urn:aftercare:maker"
    place = ("messaging.destination.partition.id", "messaging.kafka.offset")
    assert [send.attributes[name] for name in place] == [process.attributes[name] for name in place]
    assert (send.parent, format(process.parent.span_id, "016x")) == (None, WRITTEN[36:52])
    assert format(process.context.trace_id, "032x") == WRITTEN[3:35]
    assert process.attributes["messaging.operation.type"] == "process"
    assert process.attributes["messaging.consumer.group.name"] == "keeper"


async def heard(made: Made, count: int) -> bool:
    return await count_of(made.consumer, "heard") >= count


async def test_a_batch_taken_up_together_is_one_span_with_all_its_links(made: Made, spans: Spans) -> None:
    keeper = Keeper()
    await written(made, 3)
    async with running(made.maker(), made.keeper(keeper.generic)):
        await eventually(lambda: heard(made, 3))
    [send] = spans.of(SpanKind.CLIENT)
    assert (send.attributes["messaging.batch.message_count"], len(send.links)) == (3, 3)
    taken = spans.of(SpanKind.CONSUMER)
    assert sum(len(span.links) for span in taken) == 3
    assert [len(span.links) for span in taken] == keeper.batches


async def test_what_a_listener_publishes_stands_under_its_span(made: Made, spans: Spans) -> None:
    told = []

    async def on_made(session, _event, _envelope) -> None:
        told.append(session.context.traceparent)

    async with running(made.maker(), made.keeper({ThingMade: on_made})):
        await written(made)
        await eventually(lambda: told)
        await eventually(lambda: spans.of(SpanKind.CONSUMER))
    [process] = spans.of(SpanKind.CONSUMER)
    assert told == [f"{WRITTEN[:36]}{process.context.span_id:016x}-01"]


async def test_a_failure_shows_on_the_span(made: Made, spans: Spans) -> None:
    keeper = Keeper(refuses={"bad"})
    async with running(made.maker(), made.keeper(keeper.listeners)):
        await make(made.publisher, Thing(new_id()), made.clock, word="bad")
        await eventually(lambda: parked(made))
    tries = spans.of(SpanKind.CONSUMER)
    assert {span.attributes["error.type"] for span in tries} == {"RuntimeError"}
    assert {span.status.status_code for span in tries} == {StatusCode.ERROR}


async def parked(made: Made) -> bool:
    return await count_of(made.consumer, "parked_event") == 1


async def test_without_a_provider_the_trace_goes_on_and_no_span_is_made(made: Made) -> None:
    assert not is_recorded()
    told = []

    async def on_made(session, _event, _envelope) -> None:
        told.append(session.context.traceparent)

    hearing = Hearing("keeper", {ThingMade: on_made})
    await written(made)
    [row] = await rows(made.publisher, "SELECT aggregateid, headers, payload FROM outbox")
    headers = [(name, value.encode()) for name, value in row[1].items()]
    record = Record("maker.thing.v1", 0, 7, row[0], headers, row[2])
    assert await Intake(made.consumer, hearing, made.clock).apply_batch(Polled("c", [record], [], {}))
    assert told == [WRITTEN]
    with sending("t", 0, [headers]) as handover, processing("keeper", []) as traceparent:
        handover.acknowledged(7)
    assert traceparent == ""
