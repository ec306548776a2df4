"""`aftercare kafka`: three nodes of Apache Kafka in the foreground."""

import signal
from typing import Annotated

import typer
from rich.console import Console

from aftercare.commands.options import DEFAULT_HOME, HomeOption, ParentOption, give_up, stop_with_parent
from aftercare.kafka import NODES, KafkaCluster, jars
from aftercare.program import StartFailed


def kafka(
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[
        int | None,
        typer.Option(
            envvar="AFTERCARE_KAFKA_PORT", min=1024, max=65_000, help="Of the first node; else free."
        ),
    ] = None,
    *,
    fetch_only: Annotated[bool, typer.Option("--fetch-only", help="Fetch the programs and end.")] = False,
    with_parent: ParentOption = False,
) -> None:
    """Run a cluster of Apache Kafka until Ctrl-C; prints what to give to `make up BUS=…`."""
    if with_parent:
        stop_with_parent()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    try:
        with console.status("fetching Apache Kafka (once)"):
            jars()
        if fetch_only:
            return
        with console.status(f"starting {len(NODES)} nodes"):
            cluster = KafkaCluster(home.absolute() / "kafka", port)
            cluster.start()
    except StartFailed as error:
        give_up(str(error))
    try:
        for node in cluster.nodes.values():
            console.print(f"{node.name}: process {node.pid}, its log: {node.log}")
        console.print(f"Apache Kafka answers; use it with: make up BUS={cluster.bootstrap}")
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        signal.sigwait(signals)
    finally:
        cluster.stop()
