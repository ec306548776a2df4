"""Reservations of one part from one shelf, all at once, beside an endpoint that does no more than guard them."""

import asyncio
import json

from tests.bench.figures import Figure
from tests.bench.owning import full_shelf
from tests.bench.pairing import beside_bare
from tests.bench.stage import Stage, agents, load

PIECES = 100_000
PATH = "/v1/reservations"
TABLES = "reservation,stock_movement,outbox,audit_entry,idempotency_key"
GUARD = "UPDATE stock_balance SET reserved = reserved + 1 WHERE on_hand - reserved >= 1"


def measure(stage: Stage) -> list[Figure]:
    """Everybody wants a piece from the same shelf."""
    stage.migrated("warranty", "reserving")
    tokens = agents(stage.keys, "stock")
    with stage.api("warranty", "reserving") as api:
        told = asyncio.run(full_shelf(api.address, stage, PIECES))
        body = json.dumps({**told, "quantity": 1})
        load(api.port, tokens, 1.0, path=PATH, body=body)
    ours, bare = beside_bare(stage, "reserving", tokens, path=PATH, body=body, tables=TABLES, guard=GUARD)
    rates = (f"{ours.rate:,.0f}/s", f"{bare.rate:,.0f}/s", f"{ours.rate / bare.rate:.2f}")
    slowest = (f"{ours.p99:.0f} ms", f"{bare.p99:.0f} ms", f"{ours.p99 / bare.p99:.2f}")
    return [Figure("reserve from one shelf", *rates), Figure("  p99 of 32 at once", *slowest)]
