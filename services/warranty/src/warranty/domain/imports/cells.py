"""Cells: what a column takes, however it was typed, and why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from math import isfinite
from types import MappingProxyType

from common.errors import Fact
from common.identities import plain, written
from common.texts import LINE, PROSE
from warranty.domain.contacts import EMAIL
from warranty.domain.imports.columns import Column, Content, folded
from warranty.domain.zones import is_known

Cell = str | int | float | bool | date | datetime | None
"""A cell as a spreadsheet holds it; in CSV everything is text."""

Value = str | float | list[str]
"""A cell as it is taken: text, a number, a date in ISO form, or several codes."""

EXACT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_BETWEEN_CHOICES = re.compile(r"[,;/|，；、]")
_BETWEEN_CODES = re.compile(r"[,;|，；、]")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?(?:\.0+)?)?", re.ASCII)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


class Unfit(Exception):  # noqa: N818 - the cell is at fault
    """A cell that its column does not take.

    Args:
        code: why.
        facts: what the text mentions.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def shown(cell: Cell) -> str:
    """A cell as text, as its spreadsheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**EXACT_DIGITS:
        return str(int(cell))
    return str(cell).strip()


def read_cell(column: Column, cell: Cell) -> Value | None:
    """The cell's value; ``None`` where it is blank, which says nothing.

    Raises:
        Unfit: the column does not take it.
    """
    text = shown(cell)
    if text == "":
        if column.is_required:
            raise Unfit("import-value-missing")
        return None
    if text in _ERRORS:
        raise Unfit("import-value-error")
    if (PROSE if column.content is Content.PROSE else LINE).hides(text):
        raise Unfit("import-value-character")
    if len(text) > max(column.longest, 64):
        raise Unfit("import-value-long", longest=column.longest)
    return _READERS[column.content](column, text, cell)


def _text(_: Column, text: str, __: Cell) -> Value:
    return text


def _reference(column: Column, text: str, cell: Cell) -> str:
    return _identity(column, plain(text), cell)


def _lot(column: Column, text: str, cell: Cell) -> str:
    return _identity(column, written(text), cell)


def _identity(column: Column, kept: str, cell: Cell) -> str:
    """A number or code of a thing; a spreadsheet that took it for a quantity has spoilt it."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if _ROUNDED.fullmatch(kept) or (is_number and len(kept.lstrip("-")) > EXACT_DIGITS):
        raise Unfit("import-value-rounded")
    if len(kept) > column.longest:
        raise Unfit("import-value-long", longest=column.longest)
    return kept


def _code(column: Column, text: str, cell: Cell) -> str:
    kept = _reference(column, text, cell)
    if not _CODE.fullmatch(kept):
        raise Unfit("import-value-code")
    return kept


def _choice(column: Column, text: str, _: Cell) -> Value:
    code = column.choices.get(folded(text))
    if code is None:
        raise Unfit("import-value-choice", choices=sorted(set(column.choices.values())))
    return code


def _choices(column: Column, text: str, cell: Cell) -> Value:
    told = [_choice(column, one, cell) for one in _BETWEEN_CHOICES.split(text) if one.strip()]
    return list(dict.fromkeys(map(str, told)))


def _email(_: Column, text: str, __: Cell) -> Value:
    if not re.fullmatch(EMAIL, text):
        raise Unfit("import-value-email")
    return text.lower()


def _zone(_: Column, text: str, __: Cell) -> Value:
    if not is_known(text):
        raise Unfit("import-value-zone")
    return text


def _number(column: Column, text: str, _: Cell) -> Value:
    plain_text = unicodedata.normalize("NFKC", text)
    try:
        number = float(plain_text.replace(",", "") if _THOUSANDS.fullmatch(plain_text) else plain_text)
    except ValueError as error:
        raise Unfit("import-value-number") from error
    if not isfinite(number) or not column.least <= number <= column.most:
        raise Unfit("import-value-range", least=column.least, most=column.most)
    return number


def _whole(column: Column, text: str, cell: Cell) -> Value:
    number = _number(column, text, cell)
    if not isinstance(number, float) or not number.is_integer():
        raise Unfit("import-value-whole")
    return number


def _amount(_: Column, text: str, __: Cell) -> Value:
    kept = unicodedata.normalize("NFKC", text).replace(",", "").lstrip("¥")
    if not _AMOUNT.fullmatch(kept):
        raise Unfit("import-value-amount")
    return kept


def _currency(_: Column, text: str, __: Cell) -> Value:
    kept = plain(text)
    if not _CURRENCY.fullmatch(kept):
        raise Unfit("import-value-currency")
    return kept


def _codes(column: Column, text: str, cell: Cell) -> Value:
    told = [_reference(column, one, cell) for one in _BETWEEN_CODES.split(text) if one.strip()]
    if len(set(told)) > column.most:
        raise Unfit("import-value-many", most=column.most)
    return list(dict.fromkeys(told))


def _day(_: Column, text: str, __: Cell) -> Value:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise Unfit("import-value-day")
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError as error:
        raise Unfit("import-value-no-such-day") from error


_READERS: Mapping[Content, Callable[[Column, str, Cell], Value]] = MappingProxyType(
    {
        Content.TEXT: _text,
        Content.PROSE: _text,
        Content.CODE: _code,
        Content.REFERENCE: _reference,
        Content.LOT: _lot,
        Content.CHOICE: _choice,
        Content.CHOICES: _choices,
        Content.EMAIL: _email,
        Content.ZONE: _zone,
        Content.NUMBER: _number,
        Content.WHOLE: _whole,
        Content.AMOUNT: _amount,
        Content.CURRENCY: _currency,
        Content.CODES: _codes,
        Content.DAY: _day,
    }
)
