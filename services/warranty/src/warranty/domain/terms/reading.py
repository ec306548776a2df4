"""Reading rules as people write them: ``earlier_of(installed + 12 months, shipped + 18 months)``."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from common.errors import Invalid
from common.identities import plain
from warranty.domain.terms.rules import (
    At,
    EarlierOf,
    GreaterOf,
    Hours,
    Later,
    LaterOf,
    Length,
    Milestone,
    On,
    Point,
    Remainder,
    Rule,
    Span,
    Unit,
)

LONGEST_RULE = 500
DEEPEST = 10
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
LONGEST_SPAN_DAYS = 100 * 366
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}
_TOKEN = re.compile(r"\s*(\d{4}-\d\d-\d\d|\d+|[a-z_]+|[(),+])", re.ASCII)
_UNITS = {**{unit.value: unit for unit in Unit}, **{unit.value[:-1]: unit for unit in Unit}}
_MILESTONES = {one.value: one for one in Milestone}

SCOPES = ("parts", "labour", "travel")
"""What a term may cover, each by a rule of its own."""

COMPONENTS = "components"
"""Where a contract has the rules of its parts, by their numbers."""


def read_rule(text: str) -> Rule:
    """The rule that ``text`` writes.

    A span alone (``greater_of(90 days, remainder)``) counts from the replacement. ``exclusive`` at the end
    says that the day of the end is not covered itself.

    Raises:
        Invalid: ``term-rule-unreadable`` with the position (from 1) and what was expected there.
    """
    if len(text) > LONGEST_RULE:
        _Reader(text).refuse(f"at most {LONGEST_RULE} characters")
    return read_written(text)


def read_written(text: str) -> Rule:
    """The rule that ``text`` writes, as it is stored: written out, it may be longer than people wrote it.

    Raises:
        Invalid: as above.
    """
    return _Reader(text).rule()


def read_terms(terms: Mapping[str, Any]) -> dict[str, Any]:
    """A contract's term rules as kept: per scope, for ordinary parts, and per part number in capitals.

    Raises:
        Invalid: ``term-rule-unreadable`` or ``part-number-repeated``, pointing at the rule.
    """
    kept = {name: told for name, told in terms.items() if isinstance(told, str)}
    for name, text in kept.items():
        _check(text, name)
    return kept if COMPONENTS not in terms else {**kept, COMPONENTS: _by_part(terms[COMPONENTS])}


def _by_part(told: Mapping[str, str]) -> dict[str, str]:
    """One rule to a part: two of a number in other letters would contradict each other."""
    kept: dict[str, str] = {}
    for number, text in told.items():
        path = f"{COMPONENTS}/{number.replace('/', '~1')}"
        if plain(number) in kept:
            raise Invalid("part-number-repeated", pointer=f"#/terms/{path}", part_number=plain(number))
        _check(text, path)
        kept[plain(number)] = text
    return kept


def _check(text: str, path: str) -> None:
    try:
        read_rule(text)
    except Invalid as refusal:
        raise Invalid(refusal.code, pointer=f"#/terms/{path}", **refusal.facts) from refusal


class _Reader:
    """One pass over one rule."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def rule(self) -> Rule:
        point = self._sum()
        word = self._take() if self._peek() in ("inclusive", "exclusive") else "inclusive"
        if self._peek():
            self.refuse("the end of the rule")
        return Rule(point, word == "inclusive")

    def _sum(self) -> Point:
        begins_with_span = self._peek().isdigit() or self._peek() in ("remainder", "greater_of")
        point: Point = Later(At(Milestone.REPLACED), self._span()) if begins_with_span else self._single()
        while self._peek() == "+":
            self._take()
            point = Later(point, self._span())
        return point

    def _single(self) -> Point:
        word = self._take()
        if word in _MILESTONES:
            return At(_MILESTONES[word])
        if "-" in word:
            return On(self._day(word))
        if word == "hours":
            return Hours(int(self._arguments(self._number)[0]))
        if word == "earlier_of":
            return EarlierOf(tuple(self._arguments(self._sum)))
        if word == "later_of":
            return LaterOf(tuple(self._arguments(self._sum)))
        return self.refuse("a milestone, a date, earlier_of, later_of or hours")

    def _span(self) -> Span:
        word = self._take()
        if word == "remainder":
            return Remainder()
        if word == "greater_of":
            return GreaterOf(tuple(self._arguments(self._span)))
        if not word.isdigit():
            self.refuse("a number of days, weeks, months or years, remainder or greater_of")
        unit = _UNITS.get(self._take())
        if unit is None:
            self.refuse("days, weeks, months or years")
        if not 0 < int(word) * _DAYS[unit] <= LONGEST_SPAN_DAYS:
            self.refuse("a span of at most 100 years")
        return Length(int(word), unit)

    def _arguments(self, read: Any) -> list[Any]:  # noqa: ANN401 - one of the methods here
        self._depth += 1
        if self._depth > DEEPEST:
            self.refuse(f"at most {DEEPEST} levels")
        self._expect("(")
        found = [read()]
        while self._peek() == ",":
            self._take()
            found.append(read())
        self._expect(")")
        self._depth -= 1
        return found

    def _number(self) -> int:
        word = self._take()
        if not word.isdigit() or not 0 < int(word) <= 10_000_000:  # noqa: PLR2004 - a thousand years
            self.refuse("a number of hours")
        return int(word)

    def _day(self, word: str) -> date:
        try:
            found = date.fromisoformat(word)
        except ValueError:
            return self.refuse("a date")
        return found if FIRST_DAY <= found <= LAST_DAY else self.refuse("a date from 1970 to 2199")

    def _peek(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        return found[1] if found else self._text[self._at :].strip()[:1]

    def _take(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            self.refuse("a milestone, a date, a span or a function")
        self._at = found.end()
        return found[1]

    def _expect(self, token: str) -> None:
        if self._take() != token:
            self.refuse(token)

    def refuse(self, expected: str) -> NoReturn:
        raise Invalid("term-rule-unreadable", position=self._at + 1, expected=expected, rule=self._text[:200])
