"""A document becomes a plan, or a list of everything that is wrong with its form."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.texts import PROSE
from sla.domain.plans.issues import Findings, Issue
from sla.domain.plans.model import TRIGGER_NAMES, Commitment, Plan, Step
from sla.domain.plans.nodes import LARGEST_NUMBER, Node
from sla.domain.plans.scalars import (
    number_of,
    percent_of,
    slug_of,
    target_of,
    text_of,
    titles_of,
)
from sla.domain.plans.triggers import triggers_of

PLAN_KEYS = {"id", "title", "commitments"}
COMMITMENT_KEYS = {
    *TRIGGER_NAMES,
    *("id", "clause", "title", "subject", "metric", "target", "calendar", "warn_at", "escalate"),
    *("priority", "assumes"),
}
WARNINGS_END = 100
MOST_COMMITMENTS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a document.

    Args:
        plan: the plan, when nothing is wrong with its form.
        issues: everything that is wrong.
    """

    plan: Plan | None
    issues: tuple[Issue, ...]


def read_plan(root: Node) -> Reading:
    """Read a plan document; all issues of form are told at once."""
    found = Findings()
    for node in root.walk():
        _refuse_unfit(node, found)
    plan = _plan(root, found)
    issues = tuple(found.issues)
    return Reading(None if issues else plan, issues)


def _refuse_unfit(node: Node, found: Findings) -> None:
    """What could not be read again as it was written: it would be published, and stop everything."""
    value = node.value
    if isinstance(value, str) and PROSE.hides(value):
        found.add("plan-hidden-character", node)
    elif isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:  # also what is no number
        found.add("plan-number-unfit", node, value=node.shown(), most=str(LARGEST_NUMBER))


def _plan(root: Node, found: Findings) -> Plan:
    _refuse_repeated(root, found)
    _refuse_unknown(root, PLAN_KEYS, found)
    entries = root.entries()
    listed = entries.get("commitments")
    nodes = listed.items() if listed and isinstance(listed.value, tuple) else ()
    if not nodes:
        found.add("plan-without-commitments", listed or root)
    if len(nodes) > MOST_COMMITMENTS:
        found.add("plan-too-many-commitments", listed or root, most=str(MOST_COMMITMENTS))
    return Plan(
        slug_of(entries.get("id"), root, "id", found),
        titles_of(entries.get("title"), root, found),
        tuple(_commitment(node, found) for node in nodes[:MOST_COMMITMENTS]),
        {node.pointer: node.line for node in root.walk() if node.line is not None},
    )


def _refuse_repeated(root: Node, found: Findings) -> None:
    for node in root.walk():
        for key in node.repeated:
            found.add("plan-repeated-key", node, field=key)


def _refuse_unknown(node: Node, known: set[str], found: Findings) -> None:
    if not isinstance(node.value, Mapping):
        found.add("plan-not-mapping", node)
    for name, entry in node.entries().items():
        if name not in known:
            found.add("plan-unknown-key", entry, field=name)


def _commitment(node: Node, found: Findings) -> Commitment:
    _refuse_unknown(node, COMMITMENT_KEYS, found)
    entries = node.entries()
    moves = {name: triggers_of(entries.get(name), node, name, found) for name in TRIGGER_NAMES}
    return Commitment(
        id=slug_of(entries.get("id"), node, "id", found),
        clause=text_of(entries.get("clause"), node, "clause", found),
        titles=titles_of(entries.get("title"), node, found),
        subject=slug_of(entries.get("subject"), node, "subject", found),
        metric=slug_of(entries.get("metric"), node, "metric", found),
        target=target_of(entries.get("target"), node, found),
        calendar=slug_of(entries.get("calendar"), node, "calendar", found),
        warn_at=_warnings(entries.get("warn_at"), found),
        escalate=_steps(entries.get("escalate"), found),
        priority=number_of(entries.get("priority"), found, "priority"),
        assumes=_names(entries.get("assumes"), node, found),
        agreed_in=None,
        **moves,
    )


def _names(node: Node | None, parent: Node, found: Findings) -> tuple[str, ...]:
    return tuple(text_of(item, parent, "assumes", found) for item in node.items()) if node else ()


def _warnings(node: Node | None, found: Findings) -> tuple[int, ...]:
    if node is None:
        return ()
    percents = tuple(percent_of(item, node, found, below=WARNINGS_END) for item in node.items())
    _refuse_unordered(percents, node, found)
    return percents


def _steps(node: Node | None, found: Findings) -> tuple[Step, ...]:
    if node is None:
        return ()
    steps = tuple(_step(item, found) for item in node.items())
    _refuse_unordered(tuple(step.at for step in steps), node, found)
    return steps


def _step(node: Node, found: Findings) -> Step:
    _refuse_unknown(node, {"at", "to"}, found)
    entries = node.entries()
    return Step(percent_of(entries.get("at"), node, found), slug_of(entries.get("to"), node, "to", found))


def _refuse_unordered(percents: tuple[int, ...], node: Node, found: Findings) -> None:
    if 0 not in percents and list(percents) != sorted(set(percents)):
        found.add("plan-percentages-unordered", node)
