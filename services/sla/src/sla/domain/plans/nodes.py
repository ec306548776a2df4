"""A document as plain nodes that remember where they stand, so that every complaint can name the place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Plain = str | int | float | bool | None

LARGEST_NUMBER = 2**53
"""Up to here every reader of JSON has the same whole numbers."""

SHOWN = 40
"""Characters of a value that a text repeats."""


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list of nodes, or an ordered mapping of nodes.

    Args:
        value: the scalar, the items, or the entries by key.
        pointer: JSON pointer of the node.
        line: line of the text, counted from 1; None for documents that are not text.
        repeated: keys that were written more than once.
    """

    value: "Plain | tuple[Node, ...] | Mapping[str, Node]"
    pointer: str = ""
    line: int | None = None
    repeated: tuple[str, ...] = ()

    def entries(self) -> "Mapping[str, Node]":
        """The entries of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    def items(self) -> "tuple[Node, ...]":
        """The items of a list; anything else is a list of itself."""
        return self.value if isinstance(self.value, tuple) else (self,)

    def shown(self) -> str:
        """What stands here, for a text; numbers may have more digits than Python cares to write."""
        if isinstance(self.value, (tuple, Mapping)):
            return "…"
        is_endless = isinstance(self.value, int) and abs(self.value) > LARGEST_NUMBER
        return f"{self.value:#x}"[:SHOWN] if is_endless else str(self.value)[:SHOWN]

    def walk(self) -> "Iterator[Node]":
        """This node and all below it."""
        yield self
        below: Sequence[Node] = ()
        if isinstance(self.value, tuple):
            below = self.value
        elif isinstance(self.value, Mapping):
            below = tuple(self.value.values())
        for node in below:
            yield from node.walk()


def escaped(key: str) -> str:
    """``key`` as a segment of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def node_of(document: object, pointer: str = "") -> Node:
    """Nodes of a plain JSON document; the pointer stands for the line."""
    if isinstance(document, Mapping):
        below = {str(key): node_of(item, f"{pointer}/{escaped(str(key))}") for key, item in document.items()}
        return Node(below, pointer)
    if isinstance(document, (list, tuple)):
        return Node(tuple(node_of(item, f"{pointer}/{n}") for n, item in enumerate(document)), pointer)
    if document is None or isinstance(document, (str, int, float, bool)):
        return Node(document, pointer)
    return Node(str(document), pointer)
