"""The objects that a service's answers have shown, and requests filled with what they make possible."""

import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

NAMES = re.compile(r"\{(\w+)\}")
REFERENCE = re.compile(r"_ids?$")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt].*")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
AHEAD = re.compile(
    r"^(expires|ends?|due|until|planned|first|next|deadline|valid|promised|scheduled)_|_(until|deadline)$"
)
"""Names of times that lie ahead; every other time has been."""

UNIQUE = frozenset({"id", "code", "number", "serial_number", "external_reference"})


class Objects:
    """What there is, collection by collection, and the actions that each allowed when it was last seen."""

    def __init__(self) -> None:
        self.allowing: dict[str, dict[tuple[str, ...], frozenset[str]]] = defaultdict(dict)
        self.naming: dict[str, dict[str, str]] = {}
        """Of a thing's id, what it belongs to: ids by the names of its fields."""

    def seen(self, method: str, path: str, values: dict[str, Any], answer: object) -> None:
        """Take note of what an answer shows: a page of things, a new one, or the one that the path names.

        Args:
            method: of the request.
            path: as the document has it.
            values: of the names in the path.
            answer: the JSON that came back.
        """
        if not isinstance(answer, dict):
            return
        place = path.split(":", maxsplit=1)[0]
        parents = tuple(str(values[name]) for name in NAMES.findall(place))
        if isinstance(answer.get("items"), list):
            for item in answer["items"]:
                self._note(f"{place}/", parents, item)
        elif place.endswith("}") and answer.get("id") == parents[-1]:
            self._note(place.rsplit("{", maxsplit=1)[0], parents[:-1], answer)
        elif path == place and method == "POST":
            self._note(f"{place}/", parents, answer)

    def _note(self, collection: str, parents: tuple[str, ...], thing: object) -> None:
        if isinstance(thing, dict) and isinstance(thing.get("id"), str):
            known = self.allowing[NAMES.sub("{}", collection) + "{}"]
            known[*parents, thing["id"]] = frozenset(thing.get("allowed_actions", ()))
            self.naming[thing["id"]] = {
                name: told for name, told in thing.items() if name.endswith("_id") and isinstance(told, str)
            }

    def place(self, path: str, random: Random) -> dict[str, str]:
        """Values for the names in ``path``: those of a thing that allows its action, or of any there is."""
        action, names = path.partition(":")[2], NAMES.findall(path)
        known = self.allowing.get(_collection(path), {}) if names else {}
        able = [values for values, actions in known.items() if action in actions]
        able = able or [values for values, actions in known.items() if actions] or [*known]
        return dict(zip(names, random.choice(able), strict=True)) if able else {}

    def of(self, kind: str, path: str, values: dict[str, str]) -> list[str]:
        """Ids of the things that ``kind`` may mean, oldest first; of parts, those of the thing in the path.

        What is named after nothing there is (``into``) means another of those that the path is about.
        """
        home, inside = _collection(path), tuple(values.values())
        found = [name for name in self.allowing if _is_of(kind, _singular(name))] or [home]
        return [
            ids[-1]
            for name in found
            for ids in self.allowing.get(name, {})
            if not name.startswith(f"{home}/") or ids[: len(inside)] == inside
        ]

    def kept(self, file: Path) -> None:
        """Write down what is known."""
        told = [
            [name, [[*values], [*actions]]]
            for name, known in self.allowing.items()
            for values, actions in known.items()
        ]
        file.write_text(json.dumps({"allowing": told, "naming": self.naming}))

    def read(self, file: Path) -> None:
        """Take over what was written down."""
        told = json.loads(file.read_text())
        self.naming |= told["naming"]
        for name, (values, actions) in told["allowing"]:
            self.allowing[name][tuple(values)] = frozenset(actions)


class Filling:
    """Makes a body that keeps to the document one that fits what there is.

    Args:
        objects: what there is.
        path: of the request, as the document has it.
        values: of the names in the path.
        random: chooses.
    """

    def __init__(self, objects: Objects, path: str, values: dict[str, str], random: Random) -> None:
        self._objects = objects
        self._path = path
        self._values = values
        self._random = random
        self._age = random.choice((0, -1, None))
        self._named: dict[str, str] = {}
        """What the things named so far belong to, and they themselves, by the names that fields have for it."""
        for value in values.values():
            self._named |= objects.naming.get(value, {})

    def fill(self, value: Any, field: str = "") -> Any:
        """``value`` with ids of things that exist, times around the present and codes that nobody has yet."""
        if isinstance(value, dict):
            return {name: self.fill(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            filled = [self.fill(inner, field) for inner in value]
            return [*dict.fromkeys(filled)] if REFERENCE.search(field) else filled
        return self._text(value, field) if isinstance(value, str) else value

    def _text(self, value: str, field: str) -> str:
        if REFERENCE.search(field):
            return self._id(value, REFERENCE.sub("", field).replace("_", "-"))
        if field in UNIQUE and value.isascii() and 1 < len(value) < 20:
            mark = f"{self._random.randrange(16**6):06x}"
            return f"{value}_{mark}" if field == "code" and value.islower() else f"{value}-{mark}"
        if INSTANT.fullmatch(value):
            return self._instant(field).isoformat()
        return self._instant(field).date().isoformat() if DAY.fullmatch(value) else value

    def _id(self, value: str, kind: str) -> str:
        known = [
            one
            for one in self._objects.of(kind, self._path, self._values)
            if _is_uuid(one) == _is_uuid(value)
        ]
        if not known:
            return value
        together = [one for one in known if self._belongs(one, f"{kind.replace('-', '_')}_id")] or known
        age = None if kind.startswith("to-") else self._age
        chosen = self._random.choice(together) if age is None else together[age]
        self._named = {
            **self._objects.naming.get(chosen, {}),
            f"{kind.replace('-', '_')}_id": chosen,
        } | self._named
        return chosen

    def _belongs(self, one: str, field: str) -> bool:
        """Whether a thing is what the others say of it, and says of itself what they do."""
        own = self._objects.naming.get(one, {})
        return self._named.get(field, one) == one and all(
            self._named.get(name, told) == told for name, told in own.items()
        )

    def _instant(self, field: str) -> datetime:
        if AHEAD.search(field):
            return datetime.now(UTC) + timedelta(days=self._random.choice((1, 40)))
        return datetime.now(UTC) - timedelta(
            hours=0 if field == "occurred_at" else self._random.choice((0, 0, 1))
        )


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _collection(path: str) -> str:
    """``/v1/tickets/{}`` for every path of a ticket."""
    start = path.partition(":")[0]
    return NAMES.sub("{}", start[: start.rfind("}") + 1] or f"{start}/{{}}")


def _is_of(kind: str, thing: str) -> bool:
    """Whether ``from-warehouse`` may name a ``warehouse``, or ``plan`` a ``maintenance-plan``."""
    return f"-{kind}".endswith(f"-{thing}") or f"-{thing}".endswith(f"-{kind}")


def _singular(collection: str) -> str:
    name = collection.rsplit("/", maxsplit=2)[1]
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
