"""Field types that warranty's requests share."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError

from common.identities import plain, written
from common.web.shapes import (
    Maybe,
    Occasion,
    Shape,
    Text,
)
from common.web.told import Amount, Currency
from warranty.domain.zones import is_known

Written = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
"""A code or a number as it stands on a paper."""

NaturalKey = Annotated[
    Written,
    AfterValidator(plain),
    Field(
        description="A code chosen by people, unique among its kind. Kept in capitals; case does not count.",
        examples=["ICBC-SH"],
    ),
]
Label = Annotated[str, Text(200), Field(examples=["Industrial bank, Shanghai branch"])]
CustomerId = Annotated[UUID, Field(examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"])]


def _zone(name: str) -> str:
    if not is_known(name):
        raise PydanticCustomError("time_zone", "not an IANA time zone")
    return name


TimeZone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    AfterValidator(_zone),
    Field(examples=["Asia/Shanghai"], json_schema_extra={"format": "iana-time-zone"}),
]


class Place(Shape):
    """A position in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


def told_place(place: Place | None) -> dict[str, float] | None:
    """The position as it is stored."""
    return None if place is None else {"latitude": place.latitude, "longitude": place.longitude}


def told_changes(body: Shape) -> dict[str, object]:
    """The fields that the client sent, nested shapes as they are stored."""
    return {name: _plain(value) for name, value in body.changes().items()}


def _plain(value: object) -> object:
    return value.model_dump() if isinstance(value, Shape) else value


class Money(Shape):
    """An amount of money, as a decimal in a string."""

    amount: Amount
    currency: Currency


LONGEST_IDENTITY = 100


def _kept_as(form: Callable[[str], str]) -> AfterValidator:
    def keep(text: str) -> str:
        kept = form(text)
        if len(kept) > LONGEST_IDENTITY:
            raise PydanticKnownError("string_too_long", {"max_length": LONGEST_IDENTITY})
        return kept

    return AfterValidator(keep)


SerialNumber = Annotated[
    str,
    Text(LONGEST_IDENTITY),
    _kept_as(plain),
    Field(description="Kept in capitals; case and width do not count.", examples=["SN-2026-0001"]),
]
Lot = Annotated[str, Text(LONGEST_IDENTITY), _kept_as(written), Field(examples=["LOT-2026-07"])]
Reference = Annotated[str, Text(200), Field(examples=["GRN-4711"])]
Item = Annotated[str, Text(200), Field(examples=["Output voltage"])]
Unit = Annotated[str, Text(40, 0), Field(examples=["V"])]
Figure = Annotated[float, Field(ge=-1e12, le=1e12)]
"""A measured or required value; bounded, so that it is finite."""


class Signature(Shape):
    """The customer's signature: who, when, and the image or the code it was given by."""

    name: Annotated[str, Text(200), Field(examples=["Head of operations"])]
    signed_at: Occasion
    code: Maybe[Annotated[str, Text(200)]] = None
    image_reference: Maybe[Annotated[str, Text(500)]] = None


class SpecifiedItem(Shape):
    """One figure of a specification: what is required and what was measured."""

    item: Item
    unit: Unit = ""
    required_min: Figure | None = None
    required_max: Figure | None = None
    measured: Figure


def stored(shape: Shape) -> dict[str, Any]:
    """A nested shape as JSON values, as it is stored."""
    return shape.model_dump(mode="json")


class Asked(BaseModel):
    """Base of query parameters of one thing; those that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
