"""Every clause of the plan is listed, and what a row says keeps and proves it exists."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
import yaml

from common.contracts import REGISTRY
from tests.architecture.source import ROOT, SERVICES, lifecycles, modules_of, tree

CODE = re.compile(r"`([^`]+)`")
NOT_YET = re.compile(r"not yet: (ticketing|sla|warranty|feedback|notify)")
KINDS = {"commitment", "transition", "rule", "event", "record", "calendar", "data"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of clauses."""

    group: str
    clause: str
    promise: str
    means: tuple[str, ...]
    proofs: tuple[str, ...]
    status: str

    @property
    def is_kept(self) -> bool:
        return self.status == "kept"


def read_rows() -> Iterator[Row]:
    group = ""
    for line in (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif line.startswith("| §"):
            clause, promise, kept_by, proven_by, status = (
                cell.strip() for cell in line.strip("|").split("|")
            )
            yield Row(
                group, clause, promise, tuple(CODE.findall(kept_by)), tuple(CODE.findall(proven_by)), status
            )


ROWS = tuple(read_rows())
KEPT = tuple(row for row in ROWS if row.is_kept)


def listed() -> list[tuple[str, str]]:
    groups = yaml.safe_load((ROOT / "docs" / "clauses.yaml").read_text(encoding="utf-8"))
    return [
        (group["group"], f"{one['clause']} {one['topic']}") for group in groups for one in group["clauses"]
    ]


@cache
def commitments() -> dict[str, str]:
    path = ROOT / "services/sla/src/sla/data/plans/reference.yaml"
    plan = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {commitment["id"]: commitment["clause"] for commitment in plan["commitments"]}


@cache
def columns() -> frozenset[str]:
    tables = [
        table
        for service in SERVICES
        for module in modules_of(service, "tables")
        for value in vars(module).values()
        if (table := getattr(value, "__table__", None)) is not None
    ]
    return frozenset(f"{table.name}.{column.name}" for table in tables for column in table.columns)


@cache
def calendars() -> frozenset[str]:
    path = ROOT / "services/sla/src/sla/data/calendars.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return frozenset(calendar["id"] for calendar in document["calendars"])


def exists(means: str) -> bool:
    kind, _, name = means.partition(" ")
    if kind == "commitment":
        return name in commitments()
    if kind == "transition":
        lifecycle, _, action = name.partition(".")
        return lifecycle in lifecycles() and action in lifecycles()[lifecycle].transitions
    if kind == "rule":
        module, _, attribute = name.rpartition(".")
        return hasattr(importlib.import_module(module), attribute)
    found = {"event": REGISTRY, "record": columns(), "calendar": calendars()}.get(kind)
    return (ROOT / name).is_file() if found is None else name in found


def test_every_clause_has_its_row_in_its_group() -> None:
    assert list(dict.fromkeys((row.group, row.clause) for row in ROWS)) == listed()


def test_clauses_are_listed_once() -> None:
    assert len(set(listed())) == len(listed())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.clause}: {row.promise}"[:60])
def test_a_row_is_kept_and_proven_or_says_who_brings_it(row: Row) -> None:
    if row.is_kept:
        assert row.means
        assert row.proofs
    else:
        assert NOT_YET.fullmatch(row.status)
        assert not row.proofs


@pytest.mark.parametrize("means", sorted({means for row in KEPT for means in row.means}))
def test_what_keeps_a_clause_exists(means: str) -> None:
    assert means.partition(" ")[0] in KINDS
    assert exists(means)


@pytest.mark.parametrize("proof", sorted({proof for row in KEPT for proof in row.proofs}))
def test_what_proves_a_clause_exists(proof: str) -> None:
    path, _, name = proof.partition("::")
    tests = {
        node.name
        for node in ast.walk(tree(ROOT / path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in tests


def test_commitments_cite_listed_clauses_and_stand_in_the_table() -> None:
    clauses = {clause.split()[0] for _, clause in listed()}
    assert set(commitments().values()) <= clauses
    cited = {
        (means.partition(" ")[2], row.clause.split()[0])
        for row in KEPT
        for means in row.means
        if means.startswith("commitment ")
    }
    assert set(commitments().items()) <= cited
