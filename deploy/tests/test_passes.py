import stat
from datetime import UTC, datetime

import pytest

from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.passes import RENEWED_EVERY, Passes
from aftercare.processes import READS, SERVICES, Surroundings
from aftercare.tokens import LONGEST
from common.auth import FileKeys, Tokens

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path):
    kept = Keys(tmp_path / "keys")
    kept.create_missing()
    return kept


async def test_a_service_reads_with_its_own_pass_and_may_nothing_else(keys):
    Passes(keys, {"ticketing": READS["ticketing"][1]}, lambda: NOW).renew()
    path = keys.pass_of("ticketing")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    verifier = Tokens(FileKeys(keys.jwks), "https://aftercare.local", "aftercare", lambda: NOW)
    caller = await verifier.caller(path.read_text())
    assert (caller.subject, caller.kind, caller.customer_id) == ("ticketing", "service_account", None)
    assert (caller.roles, caller.scopes) == (frozenset(), {"customers.read", "assets.read"})


def test_a_pass_is_renewed_long_before_it_runs_out(keys):
    times = iter([NOW, NOW + RENEWED_EVERY])
    passes = Passes(keys, {"ticketing": ["customers.read"]}, lambda: next(times))
    passes.renew()
    first = keys.pass_of("ticketing").read_text()
    passes.renew()
    assert keys.pass_of("ticketing").read_text() != first
    assert 3 * RENEWED_EVERY == LONGEST


def test_a_service_is_told_where_the_api_is_that_it_reads(keys, tmp_path):
    apis = {service.name: f"http://127.0.0.1:{8100 + service.offset}" for service in SERVICES}
    around = Surroundings(Home(tmp_path), keys, "bus", "", "json", apis)
    told = {
        service.name: around.of(service, "postgresql://", {"PORT": 1, "WORKER_PORT": 2})
        for service in SERVICES
    }
    assert told["ticketing"]["TICKETING_WARRANTY_URL"] == apis["warranty"]
    assert told["ticketing"]["TICKETING_WARRANTY_TOKEN"] == str(keys.pass_of("ticketing"))
    assert not [
        name for name in told["warranty"] if name.endswith(("_URL", "_TOKEN")) and "DATABASE" not in name
    ]
