"""Who pays: the decision itself, and asked for through the API beside an endpoint that inserts the same rows."""

import asyncio
import json
import time
from datetime import date
from statistics import median

from aftercare import ports
from tests.bench.figures import UNKNOWN, Figure
from tests.bench.owning import asset_of_its_own
from tests.bench.stage import Script, Stage, agents, load
from warranty.domain.coverage import SCOPES, CoverageFacts, TermFact, decide

DECISIONS = 20_000
ROUNDS = 3
SECONDS = 3.0
PATH = "/v1/coverage-decisions"
TABLES = "coverage_decision,outbox,audit_entry,idempotency_key"


def measure(stage: Stage) -> list[Figure]:
    """The pure function on one core; then requests in turns."""
    source = stage.migrated("warranty", "deciding")
    tokens = agents(stage.keys)
    with stage.api("warranty", "deciding") as api:
        asset_id = asyncio.run(asset_of_its_own(api.address, stage))
    target = stage.create("bare_deciding", template="deciding")
    body = json.dumps({"asset_id": asset_id})
    port = ports.free_port()
    with stage.api("warranty", "deciding") as ours:
        load(ours.port, tokens, 1.0, path=PATH, body=body)
        told = (str(port), source, target, "rows", TABLES, PATH)
        with Script(stage.folder / "bare_deciding", "bare_api", *told, port=port):
            places = {"ours": ours.port, "bare": port}
            rounds = [
                {name: load(at, tokens, SECONDS, path=PATH, body=body) for name, at in places.items()}
                for _ in range(ROUNDS)
            ]
    rates = {name: median(one[name].rate for one in rounds) for name in places}
    ours_told, bare_told = (f"{rates[name]:,.0f}/s" for name in ("ours", "bare"))
    ratio = f"{rates['ours'] / rates['bare']:.2f}"
    return [Figure("decide who pays, through the API", ours_told, bare_told, ratio), _pure()]


def _pure() -> Figure:
    """The decision as a function of its facts."""
    facts = CoverageFacts(
        day=date(2027, 3, 1),
        is_accepted=True,
        cause=None,
        terms=[
            TermFact(
                id=f"term-{number}",
                scopes=SCOPES,
                starts_on=date(2026, 1, 1 + number),
                ends_on=date(2028, 1, 1),
                latest_on=None,
                owed_until=None,
                is_provisional=False,
                waits_for=(),
                source="acceptance",
                clause="§1.2.3",
            )
            for number in range(3)
        ],
        scope={"products": ["UPS-200"]},
        item={"product": "UPS-200", "technology": "ups", "module": None, "part": None},
        exclusions=frozenset({"misuse", "force_majeure"}),
        is_consumable=False,
        manufacturer_terms={},
    )
    began = time.perf_counter()
    for _ in range(DECISIONS):
        decide(facts)
    each = (time.perf_counter() - began) / DECISIONS * 1_000_000
    return Figure("  the decision itself", f"{each:.0f} µs", UNKNOWN)
