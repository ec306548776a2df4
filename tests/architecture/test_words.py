"""Chinese prose is written with the punctuation of Chinese."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source import files, program, told, tree

_HAN = "[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"
HALF_WIDTH = re.compile(f"(?<={_HAN})[,;:?!]|[,;:?!](?={_HAN})")
"""A half-width mark behind or before a Chinese character."""

PATTERNS = {
    "libs/common/src/common/secrets_in_text.py",
    "services/warranty/src/warranty/domain/imports/cells.py",
}
"""Modules whose strings are no prose: patterns of what people type."""


@cache
def texts() -> tuple[tuple[Path, str], ...]:
    """Every text that the program ships, with where it stands."""
    modules = [path for path in program() if told(path) not in PATTERNS]
    data = [path for path in files() if path.suffix in (".yaml", ".yml") and "src" in path.parts]
    return (
        *((path, text) for path in modules for text in _literals(path)),
        *(
            (path, text)
            for path in data
            for text in _leaves(yaml.safe_load(path.read_text(encoding="utf-8")))
        ),
    )


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)


def test_chinese_is_written_with_full_width_marks() -> None:
    wrong = [f"{told(path)}: {text}" for path, text in texts() if HALF_WIDTH.search(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("工单已结束,不能修改", True),
        ("填写 part_id,或不填", True),
        ("还需确认: {missing}", True),
        ("请使用 :accept", False),
        ("工单已结束，不能修改", False),
        ("应为 true 或 false", False),
        ("已取消 / Cancelled: nobody comes", False),
    ],
)
def test_what_counts_as_a_half_width_mark(text: str, *, is_wrong: bool) -> None:
    assert bool(HALF_WIDTH.search(text)) is is_wrong
