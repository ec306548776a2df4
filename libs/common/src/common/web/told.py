"""Bodies that the verbs of every service share: the time told, and a reason."""

from typing import Annotated

from pydantic import Field, StringConstraints

from common.web.shapes import Maybe, Occasion, Prose, Shape, Text

Reason = Annotated[str, Prose(2_000), Field(examples=["The customer asked for it by phone."])]
Note = Annotated[str, Prose(5_000), Field(examples=["Waiting for the key to the machine room."])]
Name = Annotated[str, Text(200), Field(examples=["Head of operations"])]
Amount = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$"), Field(examples=["1250.00"])
]
"""Of money, as a decimal in a string."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["CNY"])]
Words = Annotated[
    Maybe[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    Field(description="Words to find, Chinese or English."),
]
"""Of a search, which passes over whatever is no word."""

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
