"""YAML documents as text and values, and the lines that JSON Pointers lead to."""

import re
from pathlib import Path

import yaml

from aftercare.commands.options import give_up

_KEPT = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}


class _PlainLoader(yaml.SafeLoader):
    """The safe loader with texts only: 10:00 is a time of day and 2026-10-01 a text, quoted or not."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def text_of(file: Path) -> str:
    """The content of a file; one that is no UTF-8 text ends the command."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        give_up(f"{file}: not a UTF-8 text. Save it as UTF-8.")
    except OSError as error:
        give_up(f"{file}: {error.strerror}. Name a file that can be read.")


def values_of(text: str) -> object:
    """A YAML or JSON document whose scalars are texts.

    Raises:
        yaml.YAMLError: it is none.
    """
    return yaml.load(text, _PlainLoader)  # noqa: S506 - a safe loader


def line_of(text: str, pointer: str) -> int:
    """The line of the place, or of the innermost one above it that the text has."""
    node = yaml.compose(text, yaml.SafeLoader)
    line = 1
    for part in pointer.removeprefix("#").split("/")[1:]:
        if node is None:
            break
        line, node = _into(node, part.replace("~1", "/").replace("~0", "~"), line)
    return line


def _into(node: yaml.Node, part: str, line: int) -> tuple[int, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and re.fullmatch(r"\d{1,9}", part) and int(part) < len(node.value):
        inner = node.value[int(part)]
        return inner.start_mark.line + 1, inner
    return line, None
