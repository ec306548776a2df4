"""One measured figure beside its bare limit, and the table of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table.

    Args:
        what: what was measured.
        value: of ours, with its unit.
        bare: the same of the bare limit.
        ratio: what the bar is about; None where there is nothing to compare.
        bar: what the ratio has to keep, in words.
        is_kept: whether it does; None for a line that only informs.
    """

    what: str
    value: str
    bare: str = UNKNOWN
    ratio: str = UNKNOWN
    bar: str = UNKNOWN
    is_kept: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line's texts."""
        told = {True: "ok", False: "not yet", None: ""}[self.is_kept]
        return self.what, self.value, self.bare, self.ratio, self.bar, told


def at_least(bar: float, ratio: float) -> tuple[str, str, bool]:
    """Ratio, bar and verdict where more is better."""
    return _told(ratio), f"≥ {bar:g}", ratio >= bar


def at_most(bar: float, ratio: float) -> tuple[str, str, bool]:
    """Ratio, bar and verdict where less is better."""
    return _told(ratio), f"≤ {bar:g}", ratio <= bar


def _told(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all are not above."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def show(figures: Sequence[Figure], say: Callable[[str], None]) -> None:
    """Print the table."""
    rows = [("", "value", "bare", "ratio", "bar", ""), *(figure.cells() for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    for number, row in enumerate(rows):
        cells = [f"{row[0]:<{widths[0]}}", *(f"{row[i]:>{widths[i]}}" for i in range(1, 5)), row[5]]
        say("  ".join(cells).rstrip())
        if number == 0:
            say("─" * (sum(widths) + 10))
