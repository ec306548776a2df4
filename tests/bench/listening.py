"""Sla's consumer alone: what is measured of it is inbox, facts, clocks and commit."""

import sys

import uvloop

import sla.main
from common.bus import Bus
from common.bus.consumer import Consumer
from common.bus.listening import Hearing
from common.clock import wall_clock
from common.db import Database
from common.processes import settle_memory
from common.retention import Retention


def main() -> None:
    """Consume until killed: database, bus, prefix of its topics."""
    url, bootstrap, prefix = sys.argv[1:]
    database = Database(url, "sla-worker", statement_timeout_ms=60_000)
    reactions = sla.main.reactions(database)
    hearing = Hearing("sla", reactions.listeners, reactions.hears_watermarks_of)
    consumer = Consumer(database, Bus(bootstrap, prefix), hearing, wall_clock, Retention())
    settle_memory()
    uvloop.run(consumer.run())


if __name__ == "__main__":
    main()
