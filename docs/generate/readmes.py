"""The tables in the services' own pages: HTTP, what is published and heard, sweeps, lifecycles."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta

from common.bus import Hearing
from common.db import Database
from common.events import Event
from common.lifecycle import Lifecycle
from common.openapi import operations
from common.worker import Reactions
from docs.generate.interfaces import openapi, service_of

BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, service: str) -> str:
    """``page`` with every generated block brought up to date.

    Raises:
        KeyError: a block of an unknown name.
    """
    return BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]](service)}\n{found[3]}", page)


def http(service: str) -> str:
    """One row an operation, in the document's order."""
    rows = (
        (
            f"`{method.upper()} {path}`",
            f"`{operation['operationId']}`",
            f"`{operation['security'][0]['oauth2'][0]}`",
            operation["description"].partition("\n")[0],
        )
        for path, method, operation in operations(dict(openapi(service)))
    )
    return _table(("Request", "Operation", "Scope", "Does"), rows)


def publishes(service: str) -> str:
    """One row an event that is sent."""
    return _events(_reactions(service).publishes)


def hears(service: str) -> str:
    """One row an event that is listened to."""
    return _events(Hearing(service, _reactions(service).listeners).events)


def sweeps(service: str) -> str:
    """One row a sweep."""
    rows = [
        (f"`{sweep.name}`", _told(sweep.every), _first_line(sweep.run))
        for sweep in _reactions(service).sweeps
    ]
    return (
        _table(("Sweep", "At least every", "Does"), rows) if rows else "Time does nothing here by itself.\n"
    )


def lifecycles(service: str) -> str:
    """A diagram and a table for each lifecycle."""
    return "\n".join(_lifecycle(one) for one in _lifecycles(service)) or "Nothing here has a lifecycle.\n"


BLOCKS: Mapping[str, Callable[[str], str]] = {
    "http": http,
    "publishes": publishes,
    "hears": hears,
    "sweeps": sweeps,
    "lifecycles": lifecycles,
}


def _reactions(service: str) -> Reactions:
    return service_of(service).reactions(Database("postgresql://", service))


def _events(events: Iterable[type[Event]]) -> str:
    rows = [(f"`{event.type}`", f"`{event.topic}`", _first_line(event)) for event in events]
    return _table(("Event", "Topic", "Means"), rows)


def _lifecycles(service: str) -> Iterator[Lifecycle]:
    domain = importlib.import_module(f"{service}.domain")
    for found in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        module = importlib.import_module(found.name)
        yield from (value for value in vars(module).values() if isinstance(value, Lifecycle))


def _lifecycle(lifecycle: Lifecycle) -> str:
    rows = (
        (
            f"`{action}`" if action in lifecycle.verbs else f"`{action}` (by itself)",
            ", ".join(sorted(row.sources)),
            row.target or "(stays)",
            f"`{row.event}`" if row.event else "—",
            ", ".join(row.needs) or "—",
        )
        for action, row in lifecycle.transitions.items()
    )
    table = _table(("Action", "From", "To", "Announces", "Needs"), rows)
    return f"### `{lifecycle.name}`\n\n```mermaid\n{_diagram(lifecycle)}\n```\n\n{table}"


def _diagram(lifecycle: Lifecycle) -> str:
    """The changes of state; actions that leave the state as it is stand in the table only."""
    lines = ["stateDiagram-v2", f"    [*] --> {lifecycle.initial}"]
    for action, row in lifecycle.transitions.items():
        if row.target:
            lines += [f"    {source} --> {row.target}: {action}" for source in sorted(row.sources)]
    return "\n".join(lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _told(every: timedelta) -> str:
    seconds = every.total_seconds()
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"  # noqa: PLR2004 - a minute
