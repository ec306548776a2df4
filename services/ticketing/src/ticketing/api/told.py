"""Field types and bodies that ticketing's requests share."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.web.shapes import Instant, Maybe, Shape, Text

Title = Annotated[str, Text(200), Field(examples=["Core switch at the branch is down"])]
Description = Annotated[str, Text(20_000), Field(examples=["No counter can reach the host since 09:40."])]
Reason = Annotated[str, Text(2_000), Field(examples=["The customer asked for it by phone."])]
Note = Annotated[str, Text(5_000), Field(examples=["Waiting for the key to the machine room."])]
Name = Annotated[str, Text(200), Field(examples=["Head of operations"])]
Severity = Annotated[int, Field(ge=1, le=4, description="Fault level, 1 the gravest.", examples=[1])]
OccurredAt = Annotated[
    Maybe[Instant],
    Field(description="When it happened, where it is told later; not in the future. Left out: now."),
]
EngineerId = Annotated[UUID, Field(examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11"])]


class Act(Shape):
    """An action that needs nothing but, perhaps, the time it happened."""

    occurred_at: OccurredAt = None


NOW = Act()
"""The body of an action that was sent without one."""


class ActWithReason(Act):
    """An action with its reason."""

    reason: Reason
