"""What imports cannot express: who commits, who knows the time, who sets a state, how large things get."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, calls, dotted, files, of_room, program, told, tree

LONGEST_FUNCTION = 40
LONGEST_MODULE = 350
DOMAIN_MAY_IMPORT = sys.stdlib_module_names | {
    "numpy",
    "common.lifecycle",
    "common.errors",
    "common.identities",
    "common.texts",
    "common.messages",
}
IMPURE_MODULES = {"random", "secrets", "time", "asyncio", "socket", "threading", "os", "logging", "importlib"}
IMPURE_CALLS = re.compile(r"(^|\.)(now|utcnow|today|uuid1|uuid4|uuid7|new_id|urandom|open|print|input)$")
READS_PINNED_ZONES = "services/sla/src/sla/domain/business_time/zones.py"
"""The one domain module that reads a file: time zones as the pinned package holds them, alike everywhere."""
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "managers", "manager", "base"}
Search = Callable[[ast.Module], Iterator[tuple[int, str]]]
# An asset may be in service; only a class that calls itself a service says nothing.
EMPTY_CLASSES = re.compile(r"^\w+((?<!In)(?<!To)Service|Manager|Handler|Repository|Impl|DTO|Util|Utils)$")


def found_in(paths: tuple[Path, ...], search: Search) -> list[str]:
    return [f"{told(path)}:{line} {what}" for path in paths for line, what in search(tree(path))]


MAY_COMMIT = (
    "libs/common/src/common/db.py",  # the unit of work
    "libs/common/src/common/migrations.py",  # Alembic runs on a connection of its own
    "libs/common/src/common/bus/",  # offsets of a consumer
)


def test_only_the_unit_of_work_commits() -> None:
    def commits(node: ast.Module) -> Iterator[tuple[int, str]]:
        for call in calls(node):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
                yield call.lineno, dotted(call.func)

    elsewhere = tuple(path for path in program() if not told(path).startswith(MAY_COMMIT))
    assert found_in(elsewhere, commits) == []


def test_a_domain_knows_neither_clock_nor_chance_nor_waiting() -> None:
    def impure(node: ast.Module) -> Iterator[tuple[int, str]]:
        for one in ast.walk(node):
            if isinstance(one, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith):
                yield one.lineno, type(one).__name__
            if isinstance(one, ast.Call) and IMPURE_CALLS.search(dotted(one.func)):
                yield one.lineno, dotted(one.func)

    assert found_in(domains(), impure) == []


def test_a_domain_imports_the_standard_library_and_little_else() -> None:
    def strangers(node: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in imported(node):
            own = name.split(".", 2)[1:2] == ["domain"]
            known = name in DOMAIN_MAY_IMPORT or name.split(".", 1)[0] in DOMAIN_MAY_IMPORT
            if not own and (not known or name.split(".", 1)[0] in IMPURE_MODULES):
                yield line, name

    assert found_in(domains(), strangers) == []


def domains() -> tuple[Path, ...]:
    return tuple(path for path in of_room("domain") if told(path) != READS_PINNED_ZONES)


def imported(node: ast.Module) -> Iterator[tuple[int, str]]:
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            yield from ((one.lineno, alias.name) for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and one.module:
            yield one.lineno, one.module


def test_a_state_is_set_only_by_what_the_lifecycle_answered() -> None:
    """``row.state = ….lands_in(…)``, and ``state=….initial`` where a row is made."""

    def free_states(node: ast.Module) -> Iterator[tuple[int, str]]:
        for one in ast.walk(node):
            if isinstance(one, ast.Assign):
                for target, value in pairs(one):
                    if is_state(target) and not is_call_of(value, "lands_in"):
                        yield one.lineno, ast.unparse(one)
            if isinstance(one, ast.Call):
                for keyword in one.keywords:
                    if keyword.arg == "state" and is_row(one) and not is_initial(keyword.value):
                        yield one.lineno, ast.unparse(keyword.value)

    assert found_in((*of_room("commands"), *of_room("listeners"), *of_room("sweeps")), free_states) == []


def pairs(assignment: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in assignment.targets:
        if isinstance(target, ast.Tuple) and isinstance(assignment.value, ast.Tuple):
            yield from zip(target.elts, assignment.value.elts, strict=True)
        elif isinstance(target, ast.Tuple):
            yield from ((each, assignment.value) for each in target.elts)
        else:
            yield target, assignment.value


def is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "state"


def is_call_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name


def is_initial(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "initial"


def is_row(call: ast.Call) -> bool:
    """Whether a stored thing with a lifecycle is made: its row names when the state changed."""
    return any(keyword.arg == "state_changed_at" for keyword in call.keywords)


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring: a signature with every fact named is not length."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_function_is_too_long() -> None:
    def long(node: ast.Module) -> Iterator[tuple[int, str]]:
        for one in ast.walk(node):
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = lines_of_code(one)
                if lines > LONGEST_FUNCTION:
                    yield one.lineno, f"{one.name}: {lines} lines"

    assert found_in(program(), long) == []


def test_no_module_is_too_long() -> None:
    lengths = {told(path): len(path.read_text(encoding="utf-8").splitlines()) for path in program()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_nothing_is_called_by_an_empty_name() -> None:
    assert [told(path) for path in program() if path.stem in EMPTY_NAMES] == []

    def empty(node: ast.Module) -> Iterator[tuple[int, str]]:
        for one in ast.walk(node):
            if isinstance(one, ast.ClassDef) and EMPTY_CLASSES.match(one.name):
                yield one.lineno, one.name

    assert found_in(program(), empty) == []


def test_dependencies_end_before_the_answer_leaves() -> None:
    """A dependency that ends after the response would turn a failed commit into a success."""

    def unscoped(node: ast.Module) -> Iterator[tuple[int, str]]:
        for call in calls(node):
            if dotted(call.func) in {"Depends", "Security", "fastapi.Depends", "fastapi.Security"}:
                scopes = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "scope"]
                if scopes != ["'function'"]:
                    yield call.lineno, ast.unparse(call)

    assert found_in(program(), unscoped) == []


def test_every_module_says_what_it_holds() -> None:
    assert [
        told(path) for path in program() if path.stat().st_size and not ast.get_docstring(tree(path))
    ] == []


ELSEWHERE = re.compile(
    r"\.\./shared|shared[/]spec|/work[/](main|shared|design)|\bTODO\b|\bFIXME\b|\bXXX\b"
    r"|\b(0[1-9]|1[0-2])-(service-plan|system|sla|ticketing|warranty|feedback|notify|business-time|interfaces"
    r"|quality-bar|architecture|api-map)\b"
)
SOURCES = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".ini", ".xml", ".sh", ".html", ""}


@pytest.mark.parametrize("suffix", sorted(SOURCES))
def test_nothing_points_outside_the_tree_or_at_work_undone(suffix: str) -> None:
    """A reader has this tree and nothing else; what is not there yet stands in the table of clauses."""
    own = ROOT / "tests" / "architecture" / "test_shape_of_code.py"
    hits = [
        f"{told(path)}:{number}"
        for path in files()
        if path.suffix == suffix and path != own and path.name != "uv.lock"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert hits == []
