"""Every operation of the sample, fuzzed by its own document with every check there is."""

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from .conftest import token
from .sample import sample_app

CONFIG = """
[generation]
allow-x00 = false
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 406, 415, 422, 428]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 429]
[[operations]]  # cursors cannot be made up
include-operation-id = [
    "list_parcels", "list_depot_audit_entries", "list_depot_audit_checkpoints", "list_depot_parked_events"
]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400]
[[operations]]  # one key for several bodies; a time in the future; tags beside their pattern
include-operation-id = ["create_parcel", "send_parcel", "retry_depot_parked_event", "drop_depot_parked_event"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 404, 409, 412, 422]
"""


class Served(uvicorn.Server):
    """Answers on a free port until it is told to stop; signals are not its business."""

    def install_signal_handlers(self) -> None:
        pass


@pytest.mark.slow
async def test_schemathesis_finds_nothing(database, settings, tmp_path: Path):
    app = sample_app(database, settings, lambda: datetime.now(UTC))
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # no Nagle's delay
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    config = uvicorn.Config(app, log_config=None, http="httptools", access_log=False)
    server = Served(config)
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
