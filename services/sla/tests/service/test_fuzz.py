"""Every operation of sla, fuzzed by its own document with every check there is."""

import asyncio
import os
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from common.web.app import create_app
from sla.main import describe

from .conftest import token

# What no schema can say is refused with 422: what a plan or calendar means, periods, moments in the future.
CONFIG = """
[generation]
allow-x00 = false
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 406, 415, 422, 428]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 429]
[[operations]]
include-operation-id = [
    "list_calendars", "list_calendar_versions", "list_plans", "list_plan_versions", "list_agreements",
    "list_clocks", "get_board", "list_recomputations", "list_sla_audit_entries", "list_sla_audit_checkpoints",
    "list_sla_parked_events",
]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 404]
[[operations]]
include-operation-id = [
    "create_calendar", "create_calendar_version", "preview_calendar", "create_plan", "replace_plan_draft",
    "publish_plan", "create_agreement", "end_agreement", "compute_deadline", "get_clock",
    "get_clock_explanation", "retry_sla_parked_event", "drop_sla_parked_event",
]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 404, 409, 412, 422, 428]
"""


class Served(uvicorn.Server):
    """Answers on a free port until it is told to stop; signals are not its business."""

    def install_signal_handlers(self) -> None:
        pass


@pytest.mark.slow
async def test_schemathesis_finds_nothing(database, settings, tmp_path: Path):
    api = replace(describe(database), quotas={})
    app = create_app(api, database=database, settings=settings)
    listening = socket.create_server(("127.0.0.1", 0))
    server = Served(uvicorn.Config(app, log_level="warning", http="httptools", access_log=False))
    serving = asyncio.create_task(server.serve([listening]))
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        fuzz = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("st")),
            *("--config-file", str(tmp_path / "schemathesis.toml"), "run", f"{url}/openapi.json"),
            *("-c", "all", "-n", os.environ.get("FUZZ_EXAMPLES", "25"), "--seed", "1"),
            *("-H", f"Authorization: Bearer {token(datetime.now(UTC))}"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=tmp_path,
        )
        told, _ = await fuzz.communicate()
    finally:
        server.should_exit = True
        await serving
    assert fuzz.returncode == 0, told.decode()[-8000:]
