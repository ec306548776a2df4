"""The figures that sla's rules work with, read once from ``data/policy.toml``."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Policy:
    """Sla's figures.

    Args:
        silent_after: a source not heard of for longer is silent.
        look_again: pause between two looks for a horizon that something due waits for.
        look_at_failed_again: pause before another look at a subject whose clocks could not be derived.
        due_batch: subjects announced in one transaction.
        recomputation_batch: subjects derived anew in one transaction.
        most_years: years between the earliest and the latest instant of a calculation.
        most_facts: facts of a calculation.
        most_bytes: size of a calculation's request.
        warn_from: month and day from which next year's schedule is missed (T12).
        months_ahead: months for which partitions of facts are made ahead.
    """

    silent_after: timedelta
    look_again: timedelta
    look_at_failed_again: timedelta
    due_batch: int
    recomputation_batch: int
    most_years: int
    most_facts: int
    most_bytes: int
    warn_from: tuple[int, int]
    months_ahead: int


def _read() -> Policy:
    data = tomllib.loads(files("sla").joinpath("data/policy.toml").read_text(encoding="utf-8"))
    return Policy(
        silent_after=timedelta(seconds=data["lag"]["silent_after_seconds"]),
        look_again=timedelta(milliseconds=data["lag"]["look_again_milliseconds"]),
        look_at_failed_again=timedelta(seconds=data["lag"]["look_at_failed_again_seconds"]),
        due_batch=data["batches"]["due_clocks"],
        recomputation_batch=data["batches"]["recomputed_subjects"],
        most_years=data["calculation"]["most_years"],
        most_facts=data["calculation"]["most_facts"],
        most_bytes=data["calculation"]["most_bytes"],
        warn_from=(data["schedule"]["warn_from_month"], data["schedule"]["warn_from_day"]),
        months_ahead=data["facts"]["months_ahead"],
    )


POLICY = _read()
