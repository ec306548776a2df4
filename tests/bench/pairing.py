"""A POST of the warranty service in turns with an endpoint that inserts the same rows and does nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from aftercare import ports
from tests.bench.figures import percentile
from tests.bench.load import Result
from tests.bench.stage import Script, Stage, load

ROUNDS = 3
SECONDS = 3.0
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two came to.

    Args:
        rate: answers a second, in the middle one of the rounds.
        p99: milliseconds that the slowest hundredth of the last round took.
    """

    rate: float
    p99: float


def beside_bare(
    stage: Stage, database: str, tokens: list[str], *, path: str, body: str, tables: str, guard: str = ""
) -> tuple[Side, Side]:
    """Ours and the bare one, which writes to a copy of the database as it was before.

    Args:
        stage: the servers.
        database: the service's, with everything that ``body`` names and a first row in each of ``tables``.
        tokens: of those who ask.
        path: what is asked.
        body: of every request.
        tables: those that a request writes to, separated by commas.
        guard: a statement that the bare one says first.
    """
    bare = f"bare_{database}"
    target = stage.create(bare, template=database)
    port = ports.free_port()
    told = (str(port), stage.postgres.url(database), target, "rows", tables, path, guard)
    with stage.api("warranty", database) as ours, Script(stage.folder / bare, "bare_api", *told, port=port):
        load(ours.port, tokens, WARM_UP_SECONDS, path=path, body=body)
        rounds = [
            [load(at, tokens, SECONDS, path=path, body=body) for at in (ours.port, port)]
            for _ in range(ROUNDS)
        ]
    first, second = (_side(list(results)) for results in zip(*rounds, strict=True))
    return first, second


def _side(results: Sequence[Result]) -> Side:
    return Side(median(one.rate for one in results), percentile(results[-1].milliseconds, 0.99))
