"""Bodies that the verbs of every service share: the time told, and a reason."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from common.identities import plain
from common.secrets_in_text import mask
from common.web.shapes import Maybe, Occasion, Prose, Shape, Text


def _without_secrets(text: str) -> str:
    return mask(text)[0]


WITHOUT_SECRETS = AfterValidator(_without_secrets)
"""Secrets typed into a text are masked before a row, a ledger or the audit can see it (§1.2.1.5)."""

Reason = Annotated[
    str, Prose(2_000), WITHOUT_SECRETS, Field(examples=["The customer asked for it by phone."])
]
Note = Annotated[
    str, Prose(5_000), WITHOUT_SECRETS, Field(examples=["Waiting for the key to the machine room."])
]
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

Number = Annotated[
    Maybe[Annotated[str, Text(40), AfterValidator(plain)]],
    Field(description="The number for people. Case and width do not count.", examples=["CLM-2026-000123"]),
]
"""Of a search for a thing by the number that it was given here."""

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
