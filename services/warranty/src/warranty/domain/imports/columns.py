"""Columns of spreadsheets: names, what they hold, what must be there, and by what a row is known again."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class ImportKind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    SITES = "sites"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    PARTS = "parts"
    ASSETS = "assets"
    COMPONENTS = "components"


class Content(StrEnum):
    """What the cells of a column hold."""

    CODE = "code"
    REFERENCE = "reference"
    LOT = "lot"
    TEXT = "text"
    PROSE = "prose"
    CHOICE = "choice"
    CHOICES = "choices"
    EMAIL = "email"
    ZONE = "zone"
    NUMBER = "number"
    WHOLE = "whole"
    AMOUNT = "amount"
    CURRENCY = "currency"
    CODES = "codes"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Args:
        name: the field, accepted as a heading.
        zh: heading in Chinese.
        en: heading in English.
        example: a cell that would do.
        content: what its cells hold.
        is_required: every row has it.
        longest: characters at most.
        least: smallest number.
        most: largest number.
        choices: how a code may be written, folded, to the code.
        also: further headings.
    """

    name: str
    zh: str
    en: str
    example: str
    content: Content = Content.TEXT
    is_required: bool = False
    longest: int = 200
    least: float = 0.0
    most: float = 0.0
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    also: tuple[str, ...] = ()


def folded(text: str) -> str:
    """``text`` as headings and codes are compared: width, case, blanks and joining marks do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if not (sign.isspace() or sign in "_-*:"))


def written(vocabulary: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
    """Every way to write a code: itself and its labels."""
    ways = {folded(way): code for code, labels in vocabulary.items() for way in (code, *labels)}
    return MappingProxyType(ways)


Group = tuple[str, ...]
"""Columns that together say which thing is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the rows of one kind of spreadsheet tell.

    Args:
        columns: what stands in them, in the order of the template.
        keys: the natural key; of several, the first of which a row fills every column.
        unique: what else no two rows may share; beside columns also what was found of them, as ``place``.
        called: by what one row names another.
        together: columns of which a row fills both or neither, and what is told otherwise.
        is_personal: its rows are about people; what they hold is kept no longer than it is needed.
    """

    columns: tuple[Column, ...]
    keys: tuple[Group, ...]
    unique: tuple[Group, ...] = ()
    called: tuple[Group, ...] = ()
    together: tuple[tuple[str, str, str], ...] = ()
    is_personal: bool = False

    @property
    def key_columns(self) -> frozenset[str]:
        """The columns that are part of a natural key."""
        return frozenset(name for key in self.keys for name in key)


YES_OR_NO = written({"yes": ("是", "Yes"), "no": ("否", "No")})

CUSTOMER_CODE = Column(
    name="customer_code",
    zh="客户编码",
    en="Customer code",
    example="ICBC-SH",
    content=Content.REFERENCE,
    is_required=True,
    longest=64,
    also=("客户代码", "客户"),
)
