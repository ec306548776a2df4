"""Telephone numbers as people write them and exchanges show them, brought to one form (E.164)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from common.errors import Invalid

_EXTENSION = re.compile(r"\s*(?:;ext=|extension|ext\.?|x|转|轉|分机|分機|内线|[#,;])[\s.:-]*([0-9]{1,8})$")
_HYPHENATED = re.compile(r"-\s?([0-9]{1,6})$")
_WRITTEN = re.compile(r"\+?[0-9\s()./‐-―-]+")
_INTERNATIONAL = re.compile(r"[1-9][0-9]{6,14}")
"""A number with its country code (E.164: at most 15 digits)."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """How numbers are dialled where the vendor is.

    Args:
        country_code: digits of the country.
        trunk_prefix: what is dialled before an area code inside the country.
        international_prefix: what is dialled before a country code.
        national: forms of a whole national number without prefix, as one pattern.
    """

    country_code: str
    trunk_prefix: str
    international_prefix: str
    national: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be called from anywhere, and the extension behind it (empty: none)."""

    e164: str
    extension: str = ""


def read_phone(text: str, plan: NumberingPlan, *, pointer: str | None = None) -> Phone:
    """The number that ``text`` stands for, however it was written.

    Args:
        text: as typed, or as the exchange shows the caller.
        plan: how numbers are dialled at home.
        pointer: the field it stands in, for the refusal.

    Raises:
        Invalid: ``phone-unreadable`` where it is no number, or one without its area code.
    """
    written = unicodedata.normalize("NFKC", text).casefold().strip().removeprefix("tel:")
    for main, extension in _readings(written):
        number = _e164(main, plan)
        if number is not None:
            return Phone(number, extension)
    raise Invalid("phone-unreadable", pointer=pointer)


def _readings(written: str) -> Iterator[tuple[str, str]]:
    """Number and extension: as marked, else all of it, else what stands before the last hyphen."""
    marked = _EXTENSION.search(written)
    if marked:
        yield written[: marked.start()], marked[1]
        return
    yield written, ""
    hyphenated = _HYPHENATED.search(written)
    if hyphenated:
        yield written[: hyphenated.start()], hyphenated[1]


def _e164(written: str, plan: NumberingPlan) -> str | None:
    """``+`` with country code and number; ``None`` where no whole number is there."""
    if not _WRITTEN.fullmatch(written):
        return None
    digits = re.sub("[^0-9]", "", written.replace("(0)", ""))
    if written.startswith("+"):
        return _abroad(digits, plan)
    if digits.startswith(plan.international_prefix):
        return _abroad(digits.removeprefix(plan.international_prefix), plan)
    home = digits.removeprefix(plan.country_code)
    return _national(digits, plan) or (_national(home, plan) if home != digits else None)


def _abroad(digits: str, plan: NumberingPlan) -> str | None:
    if digits.startswith(plan.country_code):
        return _national(digits.removeprefix(plan.country_code), plan)
    return f"+{digits}" if _INTERNATIONAL.fullmatch(digits) else None


def _national(digits: str, plan: NumberingPlan) -> str | None:
    """A number of this country, with or without the trunk prefix."""
    whole = digits.removeprefix(plan.trunk_prefix)
    return f"+{plan.country_code}{whole}" if plan.national.fullmatch(whole) else None
