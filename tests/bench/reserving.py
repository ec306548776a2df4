"""Reservations of one part from one shelf, all at once, beside an endpoint that does no more than guard them."""

import asyncio
import json
from statistics import median

from aftercare import ports
from tests.bench.figures import Figure, percentile
from tests.bench.owning import full_shelf
from tests.bench.stage import Script, Stage, agents, load

PIECES = 100_000
ROUNDS = 3
SECONDS = 3.0
PATH = "/v1/reservations"
TABLES = "reservation,stock_movement,outbox,audit_entry,idempotency_key"
GUARD = "UPDATE stock_balance SET reserved = reserved + 1 WHERE on_hand - reserved >= 1"


def measure(stage: Stage) -> list[Figure]:
    """Everybody wants a piece from the same shelf; requests in turns."""
    source = stage.migrated("warranty", "reserving")
    tokens = agents(stage.keys, "stock")
    with stage.api("warranty", "reserving") as api:
        told = asyncio.run(full_shelf(api.address, stage, PIECES))
        body = json.dumps({**told, "quantity": 1})
        load(api.port, tokens, 1.0, path=PATH, body=body)
    target = stage.create("bare_reserving", template="reserving")
    port = ports.free_port()
    with stage.api("warranty", "reserving") as ours:
        arguments = (str(port), source, target, "rows", TABLES, PATH, GUARD)
        with Script(stage.folder / "bare_reserving", "bare_api", *arguments, port=port):
            places = {"ours": ours.port, "bare": port}
            rounds = [
                {name: load(at, tokens, SECONDS, path=PATH, body=body) for name, at in places.items()}
                for _ in range(ROUNDS)
            ]
    rates = {name: median(one[name].rate for one in rounds) for name in places}
    times = {name: percentile(rounds[-1][name].milliseconds, 0.99) for name in places}
    shown = {name: f"{rate:,.0f}/s" for name, rate in rates.items()}
    slowest = {name: f"{time:.0f} ms" for name, time in times.items()}
    return [
        Figure(
            "reserve from one shelf", shown["ours"], shown["bare"], f"{rates['ours'] / rates['bare']:.2f}"
        ),
        Figure(
            "  p99 of 32 at once", slowest["ours"], slowest["bare"], f"{times['ours'] / times['bare']:.2f}"
        ),
    ]
