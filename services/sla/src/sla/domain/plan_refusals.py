"""The refusal of a plan, with everything that is wrong with it."""

from collections.abc import Sequence

from common.errors import Invalid
from sla.domain.plans import Issue


class PlanRefused(Invalid):
    """A plan that cannot be published; ``issues`` lists everything that is wrong with it."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("plan-refused", pointer=f"#{issues[0].pointer}", issue_count=len(issues))
        self.issues = tuple(issues)
