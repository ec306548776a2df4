"""The tree as the tests of its shape see it: which files there are, and what their syntax says."""

import ast
import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from common.lifecycle import Lifecycle

ROOT = Path(__file__).parents[2]
SERVICES = tuple(sorted(folder.name for folder in (ROOT / "services").iterdir() if (folder / "src").is_dir()))


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the repository, committed or about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    named = (ROOT / name for name in listing.split("\0") if name)
    return tuple(path for path in named if path.is_file())


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def program() -> tuple[Path, ...]:
    """Python that ships or runs the tests' servers: no tests, no migrations."""
    return tuple(
        path
        for path in files()
        if path.suffix == ".py" and not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
    )


def of_room(room: str) -> tuple[Path, ...]:
    """Every module of one room, in every service."""
    folders = [ROOT / "services" / service / "src" / service for service in SERVICES]
    return tuple(
        path
        for path in program()
        for folder in folders
        if path == folder / f"{room}.py" or (folder / room) in path.parents
    )


def modules_of(service: str, room: str) -> Iterator[ModuleType]:
    """The imported modules of one room of a service; none where the room does not exist."""
    folder = ROOT / "services" / service / "src" / service
    if not (folder / room).is_dir() and not (folder / f"{room}.py").is_file():
        return
    module = importlib.import_module(f"{service}.{room}")
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{module.__name__}."):
        yield importlib.import_module(found.name)


def lifecycles(*services: str) -> dict[str, Lifecycle]:
    """Every lifecycle of the named services, of all where none is named, by its name."""
    return {
        value.name: value
        for service in services or SERVICES
        for module in modules_of(service, "domain")
        for value in vars(module).values()
        if isinstance(value, Lifecycle)
    }


def told(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (found for found in ast.walk(node) if isinstance(found, ast.Call))


def dotted(node: ast.AST) -> str:
    """``datetime.now`` for the expression of that name; empty where it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else node.attr
    return ""
