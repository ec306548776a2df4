"""A chain of terms as a value: what each link does to the end of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from warranty.domain.terms.ending import Ending, ItemFacts, carried, ending, extended, prolonged, restarted
from warranty.domain.terms.rules import Rule
from warranty.domain.terms.terms import Source


@dataclass(frozen=True, slots=True)
class Link:
    """One term of a chain.

    Args:
        source: where it comes from.
        rule: when it ends.
        starts_on: its first day; for what took another's place, the day of that.
        facts: what has happened to its item.
        minimum: the rule that an ordinary part's term is at least as long as.
        months: by how many months it is longer than the one before.
        held_from: from which day the vendor held the item.
        held_to: until which day; ``None`` while it does.
    """

    source: Source
    rule: Rule
    starts_on: date
    facts: ItemFacts = field(default_factory=ItemFacts)
    minimum: Rule | None = None
    months: int = 0
    held_from: date | None = None
    held_to: date | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """When a chain ends: altogether, and without what was granted as goodwill."""

    given: Ending
    owed: Ending


def ends(chain: Sequence[Link]) -> Ends:
    """When a chain ends by all that is known now; its first link stands on no other."""
    given: Ending | None = None
    owed: Ending | None = None
    given_back = {link.held_from for link in chain if link.held_from and link.held_to}
    for link in chain:
        if link.held_from in given_back and link.held_to is None:
            continue
        given = _end(link, given)
        owed = owed if link.source is Source.GOODWILL and owed is not None else _end(link, owed)
    if given is None or owed is None:
        raise ValueError("a chain has at least one link")
    return Ends(given, owed)


def _end(link: Link, before: Ending | None) -> Ending:
    hours = link.facts.hours_reached
    match link.source:
        case Source.RESTART:
            return restarted(link.rule, link.starts_on, before, hours)
        case Source.REMAINDER:
            return carried(link.minimum, link.starts_on, before, hours)
    if before is None or link.source is Source.ACCEPTANCE:
        return ending(link.rule, link.facts)
    if link.held_from is not None:
        return prolonged(before, link.held_from, link.held_to)
    return extended(before, link.months) if link.months else before
