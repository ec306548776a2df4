"""Who pays: a decision as a pure function of facts, with every rule that was asked (§1.2.3, §1.2.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from common.identities import plain
from common.lifecycle import MANAGERS, Lifecycle, step

SCOPES = ("parts", "labour", "travel")


class Coverage(StrEnum):
    """Who pays for a fault."""

    FREE = "free"
    CHARGEABLE = "chargeable"
    GOODWILL = "goodwill"
    UNDETERMINED = "undetermined"


class Cause(StrEnum):
    """What a fault came from, as far as it decides who pays."""

    DEFECT = "defect"
    WEAR = "wear"
    MISUSE = "misuse"
    FORCE_MAJEURE = "force_majeure"
    THIRD_PARTY_MODIFICATION = "third_party_modification"
    CONSUMABLE = "consumable"
    NO_FAULT = "no_fault"
    UNCLEAR = "unclear"


class DecisionState(StrEnum):
    """Whether a decision stands as it was computed."""

    DECIDED = "decided"
    OVERRIDDEN = "overridden"


LIFECYCLE = Lifecycle(
    "decision_state",
    DecisionState.DECIDED,
    MappingProxyType(
        {
            "override": step(
                "decided overridden", "overridden", "warranty.coverage.overridden", "outcome", "reason"
            )
        }
    ),
    roles=MappingProxyType({"override": MANAGERS}),
)


@dataclass(frozen=True, slots=True)
class TermFact:
    """A warranty term as the decision sees it; days in the contract's time zone.

    Args:
        id: of the term.
        scopes: what it covers.
        starts_on: first day.
        ends_on: last day; ``None`` while nothing is known of it.
        latest_on: the latest day that it may still become; ``None`` where nothing bounds it.
        owed_until: last day owed, where goodwill was granted beyond it; ``None``: the whole of it is owed.
        is_provisional: whether the last day may still move.
        waits_for: what may still move it.
        source: where the term comes from.
        rule: when it ends, as people write it.
        clause: what it rests on.
    """

    id: str
    scopes: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    latest_on: date | None
    owed_until: date | None
    is_provisional: bool
    waits_for: tuple[str, ...]
    source: str
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """All that a decision depends on.

    Args:
        day: the day the fault counts for, in the contract's time zone.
        is_accepted: whether the asset was accepted by that day.
        cause: what the fault came from; ``None`` while nobody knows.
        terms: terms of the item concerned.
        scope: what the contract covers: lists of ``products``, ``technologies``, ``modules``, ``parts``;
            an empty list covers all.
        item: the item's own codes under the same names, in the singular.
        exclusions: causes that are not covered.
        is_consumable: whether the part concerned is used up by nature.
        manufacturer_terms: the maker's standard service where the product is a third party's (§1.2.4).
    """

    day: date
    is_accepted: bool
    cause: Cause | None
    terms: Sequence[TermFact]
    scope: Mapping[str, Sequence[str]]
    item: Mapping[str, str | None]
    exclusions: frozenset[str]
    is_consumable: bool
    manufacturer_terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that was asked.

    Args:
        rule: its code.
        clause: what it rests on.
        holds: whether it speaks for free of charge; ``None`` where that is not known.
        facts: what it was asked of, as JSON values.
    """

    rule: str
    clause: str
    holds: bool | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who pays: altogether, and for parts, labour and travel one by one."""

    coverage: Coverage
    by_scope: Mapping[str, Coverage]
    reasons: tuple[Reason, ...]


def decide(facts: CoverageFacts) -> Decision:
    """Who pays for a fault, and why.

    Before acceptance the vendor answers for everything (§1.2.2). Afterwards an item is free of charge where
    it is in term, in the contract's scope and its cause is not excluded (§1.2.3.1, §1.2.5). A cause that
    nobody knows yet is taken as covered; one that a person has to look at leaves the matter open.
    """
    if not facts.is_accepted:
        return _before_acceptance(facts)
    general = (_in_scope(facts), _cause_allowed(facts), *_manufacturer(facts))
    reasons: list[Reason] = []
    by_scope = {}
    for scope in SCOPES:
        term, in_term = _in_term(facts, scope)
        reasons.append(in_term)
        found = _outcome([in_term, *general])
        is_goodwill = term is not None and _is_goodwill(term, facts.day)
        by_scope[scope] = Coverage.GOODWILL if found is Coverage.FREE and is_goodwill else found
    told = (*reasons, *general, *_after_warranty(by_scope.values()))
    return Decision(_overall(by_scope.values()), by_scope, told)


def _before_acceptance(facts: CoverageFacts) -> Decision:
    before = Reason("not_accepted_yet", "§1.2.2", holds=True, facts={"day": facts.day.isoformat()})
    reasons = (before, _cause_allowed(facts), *_manufacturer(facts))
    by_scope = dict.fromkeys(SCOPES, _outcome(reasons))
    return Decision(_overall(by_scope.values()), by_scope, reasons)


def _outcome(reasons: Iterable[Reason]) -> Coverage:
    held = [one.holds for one in reasons]
    if False in held:
        return Coverage.CHARGEABLE
    return Coverage.UNDETERMINED if None in held else Coverage.FREE


def _overall(found: Iterable[Coverage]) -> Coverage:
    """The customer pays where it pays anything; open where anything is open."""
    outcomes = set(found)
    for one in (Coverage.UNDETERMINED, Coverage.CHARGEABLE, Coverage.GOODWILL):
        if one in outcomes:
            return one
    return Coverage.FREE


def _in_term(facts: CoverageFacts, scope: str) -> tuple[TermFact | None, Reason]:
    """The term that covers the day, what was owed before what was given.

    A limit of hours that no reading shows reached has not been reached, as far as anybody knows.
    """
    terms = [one for one in facts.terms if scope in one.scopes]
    covering = [one for one in terms if _covers(one, facts.day)]
    if covering:
        term = min(covering, key=lambda one: (_is_goodwill(one, facts.day), one.starts_on, one.id))
        return term, _term_reason(scope, term, facts.day, holds=True)
    open_ = [one for one in terms if _may_cover(one, facts.day)]
    if open_:
        term = max(open_, key=lambda one: one.id)
        return term, _term_reason(scope, term, facts.day, holds=None)
    latest = max(terms, key=lambda one: (one.ends_on or date.min, one.id), default=None)
    if latest is None:
        told = {"scope": scope, "day": facts.day.isoformat()}
        return None, Reason("no_term", "§1.2.3", holds=False, facts=told)
    return None, _term_reason(scope, latest, facts.day, holds=False)


def _covers(term: TermFact, day: date) -> bool:
    if _is_running(term) and _may_cover(term, day):
        return True
    return term.starts_on <= day and term.ends_on is not None and day <= term.ends_on


def _may_cover(term: TermFact, day: date) -> bool:
    """Whether what is still unknown may put the end off to ``day`` or beyond."""
    return term.is_provisional and term.starts_on <= day and (term.latest_on is None or day <= term.latest_on)


def _is_running(term: TermFact) -> bool:
    """Whether the term waits for nothing but hours of operation."""
    return all(name.startswith("hours(") for name in term.waits_for)


def _is_goodwill(term: TermFact, day: date) -> bool:
    return term.owed_until is not None and day > term.owed_until


def _term_reason(scope: str, term: TermFact, day: date, *, holds: bool | None) -> Reason:
    told = {
        "scope": scope,
        "day": day.isoformat(),
        "term_id": term.id,
        "source": term.source,
        "rule": term.rule,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on and term.ends_on.isoformat(),
        "owed_until": term.owed_until and term.owed_until.isoformat(),
        "is_provisional": term.is_provisional,
        "waits_for": list(term.waits_for),
    }
    return Reason("in_term", term.clause, holds=holds, facts=told)


def _in_scope(facts: CoverageFacts) -> Reason:
    """What the contract names, it covers; where it names nothing of a sort, it covers all of it.

    While nobody knows which part failed, parts and modules that are named leave the matter open.
    """
    unnamed = {
        name: facts.item.get(single)
        for name, single in _SINGULAR.items()
        if facts.scope.get(name) and not _is_named(facts.item.get(single), facts.scope[name])
    }
    open_ = [name for name in unnamed if name in _OF_COMPONENTS and unnamed[name] is None]
    outside = {name: code for name, code in unnamed.items() if name not in open_}
    told = {"item": dict(facts.item), "outside": outside, "not_known_yet": open_}
    return Reason("in_scope", "§1.2.3.1(4)", holds=False if outside else None if open_ else True, facts=told)


def _is_named(code: str | None, codes: Sequence[str]) -> bool:
    return code is not None and plain(code) in map(plain, codes)


_SINGULAR = {"products": "product", "technologies": "technology", "modules": "module", "parts": "part"}


_OF_COMPONENTS = frozenset({"modules", "parts"})


def _cause_allowed(facts: CoverageFacts) -> Reason:
    told = {"cause": facts.cause, "exclusions": sorted(facts.exclusions)}
    if facts.cause is Cause.UNCLEAR:
        return Reason("cause_needs_a_person", "§1.2.3.1(1)", holds=None, facts=told)
    if facts.is_consumable and Cause.CONSUMABLE in facts.exclusions:
        return Reason("consumable", "§1.2.3.1(4)", holds=False, facts=told)
    if facts.cause is None:
        return Reason("cause_not_known_yet", "§1.2.3.1(1)", holds=True, facts=told)
    return Reason("cause_covered", "§1.2.3.1(4)", holds=facts.cause not in facts.exclusions, facts=told)


def _manufacturer(facts: CoverageFacts) -> tuple[Reason, ...]:
    """A third party's product comes with its maker's standard service, which is cited."""
    if not facts.manufacturer_terms:
        return ()
    return (Reason("manufacturer_terms", "§1.2.4", holds=True, facts=dict(facts.manufacturer_terms)),)


def _after_warranty(found: Iterable[Coverage]) -> tuple[Reason, ...]:
    """Out of warranty advice by phone stays free; visits, parts and labour are paid (§1.2.5)."""
    if Coverage.CHARGEABLE not in set(found):
        return ()
    return (Reason("phone_advice_free", "§1.2.5", holds=True, facts={"visit": Coverage.CHARGEABLE}),)
