"""The figures and lists that ticketing's rules work with, read once from ``data/policy.toml``."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Policy:
    """Ticketing's figures.

    Args:
        reopen_within_days: days after resolution in which a ticket may be reopened.
        arrival_distant_from_km: distance from the site beyond which an arrival is flagged.
        ladder: escalation steps, lowest first.
        unresolved_visit_step: step that an unresolved visit climbs to.
        claim_severity: fault level of an incident that a claim under warranty opens.
        inspection_severity: level of the request that sends somebody to a routine inspection.
    """

    reopen_within_days: int
    arrival_distant_from_km: float
    ladder: tuple[str, ...]
    unresolved_visit_step: str
    claim_severity: int
    inspection_severity: int


def _read() -> Policy:
    data = tomllib.loads(files("ticketing").joinpath("data/policy.toml").read_text(encoding="utf-8"))
    return Policy(
        reopen_within_days=data["reopening"]["within_days"],
        arrival_distant_from_km=data["arrival"]["distant_from_km"],
        ladder=tuple(data["escalation"]["ladder"]),
        unresolved_visit_step=data["escalation"]["unresolved_visit"],
        claim_severity=data["claims"]["severity"],
        inspection_severity=data["inspections"]["severity"],
    )


POLICY = _read()
