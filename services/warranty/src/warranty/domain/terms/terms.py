"""Which rules a contract's terms come from, and where terms come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.identities import plain
from warranty.domain.terms.reading import COMPONENTS, SCOPES, read_rule
from warranty.domain.terms.rules import (
    At,
    GreaterOf,
    Later,
    Length,
    Milestone,
    Remainder,
    Rule,
    Unit,
    written,
)


class Source(StrEnum):
    """Where a term comes from."""

    ACCEPTANCE = "acceptance"
    RESTART = "restart"
    REMAINDER = "remainder"
    EXTENSION = "extension"
    GOODWILL = "goodwill"
    SUSPENSION = "suspension"
    SETTLEMENT = "settlement"


CLAUSES: Mapping[Source, str] = {
    Source.ACCEPTANCE: "§1.2.3",
    Source.RESTART: "§1.2.3.1(3)",
    Source.REMAINDER: "§1.2.3.1(3)",
    Source.EXTENSION: "§1.2.3",
    Source.GOODWILL: "§1.2.5",
    Source.SUSPENSION: "§1.2.3",
    Source.SETTLEMENT: "§1.2.3",
}
"""What a term of each source rests on."""


@dataclass(frozen=True, slots=True)
class ScopedRule:
    """One rule and what it covers: parts, labour, travel."""

    rule: Rule
    scopes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The rule as people write it."""
        return written(self.rule)


def rules_of(terms: Mapping[str, Any], warranty_months: int, part_number: str | None) -> list[ScopedRule]:
    """The rules for an item: of its part number where the contract has some, else of the whole contract.

    A scope without a rule of its own is covered for the contract's months from acceptance (§1.2.3). Scopes
    of one rule go together.
    """
    own = terms.get(COMPONENTS, {}).get(part_number and plain(part_number))
    default = Rule(Later(At(Milestone.ACCEPTED), Length(warranty_months, Unit.MONTHS)))
    grouped: dict[Rule, list[str]] = {}
    for scope in SCOPES:
        text = own if own is not None else terms.get(scope)
        grouped.setdefault(default if text is None else read_rule(text), []).append(scope)
    return [ScopedRule(rule, tuple(scopes)) for rule, scopes in grouped.items()]


def minimum_of(terms: Mapping[str, Any], minimum_months: int | None) -> Rule | None:
    """The rule for ordinary parts that were replaced; ``None``: the remainder and no more."""
    if "ordinary_part" in terms:
        return read_rule(terms["ordinary_part"])
    if minimum_months is None:
        return None
    span = GreaterOf((Length(minimum_months, Unit.MONTHS), Remainder()))
    return Rule(Later(At(Milestone.REPLACED), span))
