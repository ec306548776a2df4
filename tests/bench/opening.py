"""Opening a ticket through the API, beside an endpoint that only inserts the same rows."""

import asyncio
from statistics import median

from aftercare import ports
from tests.bench.figures import Figure, at_least, at_most, percentile
from tests.bench.load import Result
from tests.bench.stage import TICKET, Script, Stage, agents, execute, load, processor_seconds

ROUNDS = 4
SECONDS = 4.0
HALF_SECONDS = 8.0
PATTERN_SECONDS = 1.5
PATH = "/v1/tickets"
KNOWN = "INSERT INTO customer (id, customer_id, version, time_zone) VALUES ('{0}', '{0}', 1, '{1}')".format(
    TICKET["customer_id"], "Asia/Shanghai"
)
"""The customer stands in the replica, as after the event that told of it."""

TABLES = "ticket,outbox,timeline_entry,audit_entry,idempotency_key"


def measure(stage: Stage) -> list[Figure]:
    """Throughput in turns, so that what else the machine does meets all alike; then half of each one's load.

    The API's own process alone is measured: the worker, which has nothing to do with the answer, is not up.
    """
    source = stage.migrated("ticketing", "opening")
    asyncio.run(execute(source, KNOWN))
    target = stage.create("bare_opening", template="opening")
    tokens = agents(stage.keys)
    with stage.api("ticketing", "opening") as ours:
        load(ours.port, tokens, PATTERN_SECONDS)
        with _bare(stage, source, target, "rows") as bare, _bare(stage, source, target, "one") as one:
            places = {"ours": ours.port, "bare": bare.port or 0, "one": one.port or 0}
            processes = {"ours": ours.pid, "bare": bare.pid, "one": one.pid}
            for port in places.values():
                load(port, tokens, PATTERN_SECONDS)
            before = {name: processor_seconds(pid) for name, pid in processes.items()}
            rounds = [
                {name: load(port, tokens, SECONDS) for name, port in places.items()} for _ in range(ROUNDS)
            ]
            spent = {name: processor_seconds(pid) - before[name] for name, pid in processes.items()}
            rates = {name: median(results[name].rate for results in rounds) for name in places}
            costs = {name: spent[name] / sum(results[name].answers for results in rounds) for name in places}
            halves = {
                name: load(places[name], tokens, HALF_SECONDS, rate=rates[name] / 2)
                for name in ("ours", "bare")
            }
    return [*_told(rates, halves), _cost(costs)]


def _cost(costs: dict[str, float]) -> Figure:
    """Time on a processor, which depends less than throughput on what else the machine does."""
    ours, bare = (f"{costs[name] * 1_000_000:,.0f} µs" for name in ("ours", "bare"))
    what = "  processor time of the API's process, each"
    return Figure(what, ours, bare, f"{costs['bare'] / costs['ours']:.2f}")


def _bare(stage: Stage, source: str, target: str, how: str) -> Script:
    port = ports.free_port()
    told = (str(port), source, target, how, TABLES, PATH)
    return Script(stage.folder / how, "bare_api", *told, port=port)


def _told(rates: dict[str, float], halves: dict[str, Result]) -> list[Figure]:
    p99 = {name: percentile(result.milliseconds, 0.99) for name, result in halves.items()}
    ours, bare, one = (f"{rates[name]:,.0f}/s" for name in ("ours", "bare", "one"))
    return [
        Figure("open a ticket", ours, bare, *at_least(0.5, rates["ours"] / rates["bare"])),
        Figure("  against bare rows in one statement", ours, one, f"{rates['ours'] / rates['one']:.2f}"),
        Figure(
            "  p99 at half load",
            f"{p99['ours']:.1f} ms",
            f"{p99['bare']:.1f} ms",
            *at_most(3, p99["ours"] / p99["bare"]),
        ),
    ]
