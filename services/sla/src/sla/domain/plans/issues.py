"""What is wrong with a plan: a code, the place, and the facts that the texts mention."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sla.domain.plans.nodes import Node


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason why a plan is refused.

    Args:
        code: kebab-case; its texts stand in ``sla.domain.messages.ISSUES``.
        pointer: JSON pointer of the place.
        line: line of the text, where there is one.
        facts: values that the texts mention.
    """

    code: str
    pointer: str
    line: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class Findings:
    """Issues collected on the way, so that all of them are told at once."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def add(self, code: str, node: Node, **facts: str) -> None:
        """Note that ``code`` is wrong at ``node``."""
        self.issues.append(Issue(code, node.pointer, node.line, facts))
