"""What is wrong with a calendar document: one issue per place, and the refusal that carries them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from common.errors import Fact, Invalid


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong: a stable code, where it stands (JSON Pointer fragment) and the facts behind it."""

    code: str
    pointer: str
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


class CalendarRefused(Invalid):
    """A calendar that cannot be counted with; ``issues`` lists everything that is wrong with it."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__(
            "invalid-calendar",
            pointer=issues[0].pointer,
            issue_count=len(issues),
            first_issue=issues[0].code,
        )
        self.issues = issues
