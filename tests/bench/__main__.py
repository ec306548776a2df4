"""`python -m tests.bench`: measures everything, prints the table; `--only NAME` measures one part."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import arithmetic, consuming, deciding, due, lists, opening, reserving, visible
from tests.bench.figures import Figure, show
from tests.bench.stage import staged


def _visible() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        Path(folder).chmod(0o755)  # the database's own user has to pass
        return visible.measure(Path(folder, "home"))


def _on_stage(measure: Callable[..., list[Figure]]) -> list[Figure]:
    with staged() as stage:
        return measure(stage)


PARTS: dict[str, Callable[[], list[Figure]]] = {
    "opening": lambda: _on_stage(opening.measure),
    "visible": _visible,
    "consuming": lambda: _on_stage(consuming.measure),
    "arithmetic": arithmetic.measure,
    "due": lambda: _on_stage(due.measure),
    "deciding": lambda: _on_stage(deciding.measure),
    "reserving": lambda: _on_stage(reserving.measure),
    "lists": lambda: _on_stage(lists.measure),
}


def main() -> None:
    """Measure and print; timings decide nothing, so the status is 0 whatever they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part; may be repeated")
    chosen = parser.parse_args().only or list(PARTS)
    began = time.perf_counter()
    figures: list[Figure] = []
    for name in chosen:
        _say(f"measuring: {name}", sys.stderr.write)
        figures += (measured := _measured(name))
        show(measured, lambda line: _say(line, sys.stderr.write))
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    _say(f"{os.cpu_count()} processors, load average {busy}, {time.perf_counter() - began:.0f} s\n")
    show(figures, _say)


def _measured(name: str) -> list[Figure]:
    """A part's figures; one that the machine has no time for leaves the others theirs."""
    try:
        return PARTS[name]()
    except TimeoutError:
        return [Figure(name, "out of time", is_kept=False)]


def _say(line: str, write: Callable[[str], int] = sys.stdout.write) -> None:
    write(f"{line}\n")


if __name__ == "__main__":
    main()
