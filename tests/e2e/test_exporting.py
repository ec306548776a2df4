"""Spans of real processes come to a collector, of workers as of APIs, by OpenTelemetry's own setting."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from aftercare import ports
from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.processes import PARTS, SERVICES, ServiceProcess, Surroundings, migration
from common.bus import Bus
from common.secrets_in_text import MASK
from common.testing import PATIENCE_SECONDS, Templates, eventually
from tests.e2e.serving import token_of


@dataclass
class Collector:
    """Takes down the names of spans by the process they come from."""

    address: str = ""
    spans: dict[str, set[str]] = field(default_factory=dict)
    queries: set[str] = field(default_factory=set)

    def take(self, body: bytes) -> None:
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in told.resource.attributes}
            found = self.spans.setdefault(named["service.name"], set())
            spans = [span for scope in told.scope_spans for span in scope.spans]
            found |= {span.name for span in spans}
            told_of = [one for span in spans for one in span.attributes if one.key == "url.query"]
            self.queries |= {one.value.string_value for one in told_of}


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path == "/v1/traces":
                found.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer((ports.LOOPBACK, 0), Door)
    found.address = f"http://{ports.LOOPBACK}:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


async def test_api_and_worker_export_their_spans(
    tmp_path: Path, templates: Templates, bus: Bus, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the service publishes by itself at its first start is sent, and somebody asks for it."""

    async def leave_empty(_: str) -> None:
        pass

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    await templates.template("empty", leave_empty)
    url = await templates.clone("empty")
    keys = Keys(tmp_path / "keys")
    keys.create_missing()
    sla = next(service for service in SERVICES if service.name == "sla")
    shared = Surroundings(Home(tmp_path), keys, bus.bootstrap, bus.prefix, "json")
    environment = shared.of(sla, url, {part.setting: ports.free_port() for part in PARTS})
    launch = migration(sla, environment, tmp_path)
    migrating = await asyncio.create_subprocess_exec(*launch.command(), cwd=tmp_path, env=launch.variables())
    assert await migrating.wait() == 0
    api, worker = (ServiceProcess(sla, part, environment, tmp_path / part.name) for part in PARTS)
    try:
        api.launch()
        worker.launch()
        await eventually(lambda: api.is_ready() and worker.is_ready(), within=60)
        bearer = {"Authorization": f"Bearer {token_of(keys, 'wang', 'manager')}"}
        async with httpx.AsyncClient(
            base_url=api.address, headers=bearer, timeout=PATIENCE_SECONDS
        ) as client:
            assert (await client.get("/v1/plans?limit=13")).status_code == 200
        sent = f"send {bus.wire('sla.plan.v1')}"
        await eventually(lambda: sent in collector.spans.get("sla-worker", ()), within=20)
        await eventually(lambda: "GET /v1/plans" in collector.spans.get("sla-api", ()), within=20)
        assert collector.queries == {MASK}
        assert not [name for name in collector.spans["sla-api"] if "readyz" in name]
    finally:
        for process in (worker, api):
            process.stop()
        await templates.drop(url)
