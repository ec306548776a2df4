"""Reading triggers: an event, the conditions on its fields, and the policy where one applies."""

from sla.domain.plans.issues import Findings
from sla.domain.plans.model import Condition, Operator, Scalar, Trigger
from sla.domain.plans.nodes import Node
from sla.domain.plans.scalars import text_of

POLICIES = {
    "retarget": ("from_start", "from_change", "better_for_customer"),
    "reopen": ("continue", "restart", "new_clock"),
}
COMPARISONS = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE)


def triggers_of(node: Node | None, parent: Node, name: str, found: Findings) -> tuple[Trigger, ...]:
    """The triggers under ``name``: one or a list; ``start`` and ``stop`` must have at least one."""
    if node is None or node.value == ():
        if name in {"start", "stop"}:
            found.add("plan-missing", parent, field=name)
        return ()
    return tuple(_trigger(item, name, found) for item in node.items())


def _trigger(node: Node, name: str, found: Findings) -> Trigger:
    entries = node.entries()
    known = {"event", "when", "policy"} if name in POLICIES else {"event", "when"}
    for key in entries.keys() - known:
        found.add("plan-unknown-key", entries[key], field=key)
    return Trigger(
        text_of(entries.get("event"), node, "event", found),
        _conditions(entries.get("when"), found),
        _policy(entries.get("policy"), name, found),
    )


def _policy(node: Node | None, name: str, found: Findings) -> str | None:
    allowed = POLICIES.get(name)
    if allowed is None:
        return None
    if node is None:
        return allowed[0]
    if not isinstance(node.value, str) or node.value not in allowed:
        found.add("plan-not-one-of", node, value=node.shown(), allowed=", ".join(allowed))
        return allowed[0]
    return node.value


def _conditions(node: Node | None, found: Findings) -> tuple[Condition, ...]:
    if node is None:
        return ()
    if not node.entries():
        found.add("plan-bad-condition", node, field="when")
    return tuple(
        condition for field, item in node.entries().items() for condition in _of_field(field, item, found)
    )


def _of_field(field: str, node: Node, found: Findings) -> tuple[Condition, ...]:
    if isinstance(node.value, tuple):
        return (Condition(field, Operator.IN, _members(field, node, found)),)
    if node.entries():
        return tuple(_compared(field, name, item, found) for name, item in node.entries().items())
    value = _scalar(node)
    if value is None:
        found.add("plan-bad-condition", node, field=field)
        return ()
    return (Condition(field, Operator.IS, value),)


def _members(field: str, node: Node, found: Findings) -> tuple[Scalar, ...]:
    members = tuple(value for item in node.items() if (value := _scalar(item)) is not None)
    if not members or len(members) != len(node.items()) or len(set(members)) != len(members):
        found.add("plan-bad-condition", node, field=field)
    return members


def _compared(field: str, name: str, node: Node, found: Findings) -> Condition:
    if name == Operator.EXISTS:
        if not isinstance(node.value, bool):
            found.add("plan-bad-condition", node, field=field)
        return Condition(field, Operator.EXISTS, node.value is True)
    if name not in COMPARISONS:
        found.add("plan-unknown-operator", node, field=field, operator=name)
        return Condition(field, Operator.LT, 0)
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        found.add("plan-bad-condition", node, field=field)
        return Condition(field, Operator(name), 0)
    return Condition(field, Operator(name), node.value)


def _scalar(node: Node) -> Scalar | None:
    return node.value if isinstance(node.value, (str, int, float, bool)) else None
