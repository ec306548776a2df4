"""Reading single values of a plan document: words, numbers, percentages, titles and targets."""

import re
from collections.abc import Mapping

from sla.domain.plans.issues import Findings
from sla.domain.plans.model import Target, Unit
from sla.domain.plans.nodes import Node

SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
PERCENT = re.compile(r"([1-9][0-9]{0,3})%")
LANGUAGES = ("zh-CN", "en")
DAY_ENDS = ("end_of_day", "same_time")
MOST_PERCENT = 1000
LARGEST = {Unit.SECONDS: 315_360_000, Unit.MINUTES: 5_256_000, Unit.HOURS: 87_600, Unit.WORKING_DAYS: 2_500}


def text_of(node: Node | None, parent: Node, name: str, found: Findings) -> str:
    """A non-empty text, or an issue and an empty one."""
    if node is None:
        found.add("plan-missing", parent, field=name)
        return ""
    if not isinstance(node.value, str) or not node.value.strip():
        found.add("plan-not-text", node, field=name)
        return ""
    return node.value


def slug_of(node: Node | None, parent: Node, name: str, found: Findings) -> str:
    """A lower-case token, or an issue."""
    text = text_of(node, parent, name, found)
    if node is not None and text and not SLUG.fullmatch(text):
        found.add("plan-not-slug", node, field=name, value=text)
    return text


def titles_of(node: Node | None, parent: Node, found: Findings) -> Mapping[str, str]:
    """Titles in both languages, or issues for what is missing."""
    if node is None:
        found.add("plan-missing", parent, field="title")
        return {}
    return {language: text_of(node.entries().get(language), node, language, found) for language in LANGUAGES}


def percent_of(node: Node | None, parent: Node, found: Findings, *, below: int = MOST_PERCENT + 1) -> int:
    """A whole percentage written like ``80%``, greater than 0 and less than ``below``."""
    if node is None:
        found.add("plan-missing", parent, field="at")
        return 0
    match = PERCENT.fullmatch(node.value) if isinstance(node.value, str) else None
    percent = int(match[1]) if match else 0
    if not 0 < percent < below:
        found.add("plan-bad-percentage", node, value=node.shown(), most=str(below - 1))
        return 0
    return percent


def number_of(node: Node | None, found: Findings, name: str) -> int:
    """A whole number; absent counts as 0."""
    if node is None:
        return 0
    if isinstance(node.value, bool) or not isinstance(node.value, int):
        found.add("plan-not-number", node, field=name)
        return 0
    return node.value


def target_of(node: Node | None, parent: Node, found: Findings) -> Target:
    """The time allowed: one unit and a positive amount, or the field that carries the due time."""
    entries = node.entries() if node else {}
    units = [unit for unit in Unit if unit.value in entries]
    if node is None or len(units) != 1:
        found.add("plan-bad-target", node or parent)
        return Target(Unit.SECONDS)
    unit = units[0]
    allowed = {unit.value, "day_end"} if unit is Unit.WORKING_DAYS else {unit.value}
    for name in entries.keys() - allowed:
        found.add("plan-unknown-key", entries[name], field=name)
    if unit is Unit.AT:
        return Target(unit, at_field=text_of(entries["at"], node, "at", found))
    return Target(unit, _amount(entries[unit.value], unit, found), _day_end(entries.get("day_end"), found))


def _amount(node: Node, unit: Unit, found: Findings) -> int:
    before = len(found.issues)
    amount = number_of(node, found, unit.value)
    if len(found.issues) == before and not 0 < amount <= LARGEST[unit]:
        code = "plan-zero-target" if amount <= 0 else "plan-target-too-long"
        found.add(code, node, value=node.shown(), most=str(LARGEST[unit]))
    return amount


def _day_end(node: Node | None, found: Findings) -> str:
    if node is None:
        return DAY_ENDS[0]
    if not isinstance(node.value, str) or node.value not in DAY_ENDS:
        found.add("plan-not-one-of", node, value=node.shown(), allowed=", ".join(DAY_ENDS))
        return DAY_ENDS[0]
    return node.value
