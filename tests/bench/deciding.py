"""Who pays: the decision itself, and asked for through the API beside an endpoint that inserts the same rows."""

import asyncio
import json
import time
from datetime import date

from tests.bench.figures import UNKNOWN, Figure
from tests.bench.owning import asset_of_its_own
from tests.bench.pairing import beside_bare
from tests.bench.stage import Stage, agents, load
from warranty.domain.coverage import SCOPES, CoverageFacts, TermFact, decide

DECISIONS = 20_000
PATH = "/v1/coverage-decisions"
TABLES = "coverage_decision,outbox,audit_entry,idempotency_key"


def measure(stage: Stage) -> list[Figure]:
    """The pure function on one core; then requests in turns."""
    stage.migrated("warranty", "deciding")
    tokens = agents(stage.keys)
    with stage.api("warranty", "deciding") as api:
        body = json.dumps({"asset_id": asyncio.run(asset_of_its_own(api.address, stage))})
        load(api.port, tokens, 1.0, path=PATH, body=body)
    ours, bare = beside_bare(stage, "deciding", tokens, path=PATH, body=body, tables=TABLES)
    rates = (f"{ours.rate:,.0f}/s", f"{bare.rate:,.0f}/s", f"{ours.rate / bare.rate:.2f}")
    return [Figure("decide who pays, through the API", *rates), _pure()]


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
                rule="accepted + 24 months",
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
