"""What requests and answers are made of: base models and the field types that the API repeats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, LiteralString, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from common.events import instant
from common.texts import LINE, PROSE, Writing

FIRST_YEAR = 1970
LAST_YEAR = 2199
"""Years in which things happen; a clock counts in no other."""

T = TypeVar("T")

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EXACT = frozenset({"int", "bool", "float"})
_HIDES: Mapping[Writing, LiteralString] = {LINE: "hidden_in_line", PROSE: "hidden_in_prose"}


def _whole(value: object) -> object:
    """JSON knows one kind of number: 7.0 is the integer 7."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _exact(schema: Any) -> Any:  # noqa: ANN401 - core schemas are dictionaries of anything
    """Numbers and booleans as JSON writes them: no ``"5"`` for 5, no ``true`` for 1."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        told = {key: _exact(value) if key != "metadata" else value for key, value in schema.items()}
        if kind in _EXACT:
            told["strict"] = True
        return core_schema.no_info_before_validator_function(_whole, told) if kind == "int" else told
    return [_exact(item) for item in schema] if isinstance(schema, list) else schema


class Shape(BaseModel):
    """Base of request bodies: unknown fields are refused, types are taken as JSON has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(
        cls,
        source: type[BaseModel],
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        exact: core_schema.CoreSchema = _exact(handler(source))
        return exact

    def changes(self) -> dict[str, Any]:
        """The fields that the client sent, and only those, as a merge patch has them."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class OutShape(BaseModel):
    """Base of responses; published without the suffix ``Out``.

    ``shows_others`` says that it holds more than the row whose ``version`` it shows, and so may change while
    that version stays; its entity tag covers the rest too.
    """

    shows_others: ClassVar[bool] = False

    model_config = ConfigDict(from_attributes=True, defer_build=True)

    def about(self) -> str | None:
        """Id of the person whose data it holds, where it does; stored answers are erased with that person."""
        return None

    def as_json(self) -> bytes:
        """The shape as JSON in UTF-8."""
        return self.__pydantic_serializer__.to_json(self)


Out = TypeVar("Out", bound=OutShape)


class Page(OutShape, Generic[Out]):
    """One page of a list; ``next_cursor`` is null at the end, totals are there where asked for."""

    items: list[Out]
    next_cursor: Annotated[str | None, Field(examples=["2Zs7pQ"])]
    total: Annotated[int, Field(ge=0, le=10_000)] = 0
    total_is_capped: bool = False


class _Given:
    """Makes ``T | None`` a field that may be left out (and is then ``None``) but not sent as null."""

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # noqa: ANN401 - pydantic passes any annotation
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        (inner,) = (part for part in get_args(source) if part is not type(None))
        return handler.generate_schema(inner)


Maybe = Annotated[T | None, _Given()]
"""Optional field: absent means ``None``, an explicit null is refused, the schema is that of ``T``."""


def _instant(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError("instant", "not an RFC 3339 instant")
    try:
        return datetime.fromisoformat(_microseconds(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("instant", "not an RFC 3339 instant") from error


def _occasion(value: object) -> object:
    found = _instant(value)
    if isinstance(found, datetime) and not FIRST_YEAR <= found.year <= LAST_YEAR:
        told = {"first_year": FIRST_YEAR, "last_year": LAST_YEAR}
        raise PydanticCustomError("instant_out_of_range", "outside the years that calendars know", told)
    return found


def _microseconds(text: str) -> str:
    """At most six digits of a second's fraction: what lies beyond is cut."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise PydanticCustomError("day", "not a date")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("day", "not a date") from error


_INSTANT_SCHEMA = {"type": "string", "format": "date-time", "examples": ["2026-11-01T12:00:00.000000Z"]}

Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema(_INSTANT_SCHEMA)]
"""A moment in a request: RFC 3339 with an offset, kept in UTC to the microsecond."""

_OCCASION_SCHEMA = {**_INSTANT_SCHEMA, "pattern": r"^(19[7-9]\d|2[01]\d\d)-"}

Occasion = Annotated[datetime, BeforeValidator(_occasion), WithJsonSchema(_OCCASION_SCHEMA)]
"""An instant that something is said to happen at: of the years that calendars and clocks count in."""

OutInstant = Annotated[
    datetime,
    PlainSerializer(instant, return_type=str, when_used="json"),
    WithJsonSchema(_INSTANT_SCHEMA),
]
"""A moment in a response: RFC 3339 in UTC with ``Z`` and microseconds."""

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-01"]}),
]
"""A calendar date in a request."""


def _flag(value: object) -> object:
    known = {"true": True, "false": False, True: True, False: False}
    if isinstance(value, str | bool) and value in known:
        return known[value]
    raise PydanticCustomError("flag", "neither true nor false")


Flag = Annotated[bool, BeforeValidator(_flag)]
"""A query parameter that is ``true`` or ``false`` and nothing else."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A vocabulary code."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""The id of a calendar, a plan and the like, chosen by people."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string that people write, for use in ``Annotated``; blanks around it are dropped.

    Args:
        longest: most characters, as sent.
        shortest: fewest characters, as sent; from 1 on, one of them is no blank.
        writing: what it may hold.
    """

    longest: int
    shortest: int = 1
    writing: Writing = LINE

    def __get_pydantic_core_schema__(
        self,
        source: type[str],
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        bounded = core_schema.str_schema(min_length=self.shortest, max_length=self.longest)
        return core_schema.no_info_after_validator_function(self._trimmed, bounded)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self.writing.pattern(may_be_empty=not self.shortest)}

    def _trimmed(self, text: str) -> str:
        if self.writing.hides(text):
            raise PydanticCustomError(_HIDES[self.writing], "holds what cannot be seen")
        trimmed = text.strip()
        if self.shortest and not trimmed:
            raise PydanticCustomError("blank", "nothing but blanks")
        return trimmed


def Prose(longest: int, shortest: int = 1) -> Text:  # noqa: N802 - reads as the type it makes
    """A text of as many lines as it takes."""
    return Text(longest, shortest, PROSE)


def sortable(*fields: str) -> Any:  # noqa: ANN401 - a marker for Annotated
    """The sort orders of a list: up to three of ``fields``, each optionally with ``-`` for descending."""
    one = f"-?({'|'.join(fields)})"
    return StringConstraints(pattern=f"^{one}(,{one}){{0,2}}$")


class ListQuery(BaseModel):
    """Query parameters that every list takes; a list adds its filters and its ``sort``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=200, description="Items on a page.")] = 50
    cursor: Annotated[
        Maybe[Annotated[str, StringConstraints(min_length=1, max_length=512)]],
        Field(description="`next_cursor` of the page before."),
    ] = None
    sort: str
    include_total: Annotated[Flag, Field(description="Count the matches, up to 10,000.")] = False

    def told(self) -> dict[str, Any]:
        """The filters by name, without what pages and sorts."""
        paging = {"limit", "cursor", "sort", "include_total"}
        return {name: getattr(self, name) for name in type(self).model_fields if name not in paging}
