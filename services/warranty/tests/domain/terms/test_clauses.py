"""Clauses of real contracts, each with the rule that says it and the day its term ends."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from warranty.domain.terms.ending import Ending, ItemFacts, carried, ending, restarted, settled
from warranty.domain.terms.reading import read_rule
from warranty.domain.terms.rules import Milestone, written

CLAUSES = tomllib.loads(Path(__file__).with_name("clauses.toml").read_text())["clause"]
Clause = dict[str, Any]


def before(clause: Clause) -> Ending:
    waits = tuple(clause.get("before_waits", ()))
    return (
        Ending(clause["before"], None, is_provisional=True, waits_for=waits)
        if waits
        else settled(clause["before"])
    )


def end_of(clause: Clause) -> Ending:
    rule = read_rule(clause["rule"]) if "rule" in clause else None
    if clause.get("kind") == "remainder":
        return carried(rule, clause["replaced"], before(clause))
    assert rule is not None
    if clause.get("kind") == "restart":
        return restarted(rule, clause["replaced"], before(clause))
    milestones = {Milestone(name): day for name, day in clause["facts"].items()}
    hours = {int(count): day for count, day in clause.get("hours", {}).items()}
    return ending(rule, ItemFacts(milestones, None, hours))


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause["text"])
def test_a_clause_ends_on_its_day(clause: Clause):
    ends: date | None = clause.get("ends")
    latest = clause.get("latest", ends)
    expected = Ending(
        ends, None if latest == "open" else latest, "waits" in clause, tuple(clause.get("waits", ()))
    )
    assert end_of(clause) == expected


@pytest.mark.parametrize("clause", [one for one in CLAUSES if "rule" in one], ids=lambda one: one["text"])
def test_a_clause_is_read_as_it_is_written(clause: Clause):
    rule = read_rule(clause["rule"])
    assert read_rule(written(rule)) == rule


def test_there_are_enough_of_them():
    assert len(CLAUSES) >= 30
    assert len({one["text"] for one in CLAUSES}) == len(CLAUSES)
