"""Bodies that the verbs of every service share: the time told, and a reason."""

from typing import Annotated

from pydantic import Field

from common.web.shapes import Maybe, Occasion, Shape, Text

Reason = Annotated[str, Text(2_000), Field(examples=["The customer asked for it by phone."])]
Note = Annotated[str, Text(5_000), Field(examples=["Waiting for the key to the machine room."])]
Name = Annotated[str, Text(200), Field(examples=["Head of operations"])]
OccurredAt = Annotated[
    Maybe[Occasion],
    Field(description="When it happened, where it is told later; not in the future. Left out: now."),
]


class Act(Shape):
    """An action that needs nothing but, perhaps, the time it happened."""

    occurred_at: OccurredAt = None


NOW = Act()
"""The body of an action that was sent without one."""


class ActWithReason(Act):
    """An action with its reason."""

    reason: Reason
