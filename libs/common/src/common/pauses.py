"""Pauses between attempts, longer with each failure."""

MOST_DOUBLINGS = 30
"""More than any of our bounds needs; a power of how often something has failed would outgrow a float."""


def pause_after(failures: int, shortest: float, longest: float) -> float:
    """How long to wait after so many failures in a row.

    Args:
        failures: from 1 on.
        shortest: seconds after the first failure; doubled by each further one.
        longest: seconds at most.
    """
    return min(shortest * 2.0 ** min(failures - 1, MOST_DOUBLINGS), longest)
