"""Warranty terms: begun by acceptance, begun anew by replacement; none is ever edited."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from common.contracts.warranty import coverage as events
from common.db import Session
from common.moves import Moment
from warranty.commands.term_rows import end, facts_of, make, standing_of, tell
from warranty.domain.terms.replaced import carried_on, renewed
from warranty.domain.terms.terms import ScopedRule, Source, minimum_of, rules_of
from warranty.policy import DEFAULT_TIME_ZONE, DEFAULT_WARRANTY_MONTHS
from warranty.queries import assets as asset_queries
from warranty.queries.catalogue import parts_of
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part
from warranty.tables.contracts import Contract
from warranty.tables.coverage import WarrantyTerm


async def start(session: Session, asset: Asset, *, accepted_at: datetime, at: Moment) -> list[WarrantyTerm]:
    """Begin the terms of an accepted asset and of everything inside it (§1.2.3).

    Args:
        session: the unit of work.
        asset: the locked asset.
        accepted_at: when the customer accepted it.
        at: when that is told.
    """
    contract = await one(session, Contract, asset.contract_id)
    zone = zone_of(contract)
    accepted_on = accepted_at.astimezone(zone).date()
    inside = await asset_queries.components_at(session, asset.id, accepted_at)
    parts = await parts_of(session, {component.part_id for component in inside})
    items: list[tuple[Component | None, str | None]] = [(None, None)]
    items += [(component, parts[component.part_id].number) for component in inside]
    return [
        await _started(session, asset, component, rule, accepted_on, zone, at)
        for component, number in items
        for rule in _rules(contract, number)
    ]


async def join(
    session: Session, asset: Asset, component: Component, *, accepted_at: datetime, now: datetime
) -> None:
    """Begin the terms of a component that was inside when its asset was accepted, and is told of now.

    Args:
        session: the unit of work.
        asset: the locked asset.
        component: what was inside.
        accepted_at: when the customer accepted the asset.
        now: the present.
    """
    contract = await one(session, Contract, asset.contract_id)
    zone = zone_of(contract)
    accepted_on = accepted_at.astimezone(zone).date()
    for rule in _rules(contract, await _number(session, component)):
        await _started(session, asset, component, rule, accepted_on, zone, Moment(now, accepted_at))


async def _started(
    session: Session,
    asset: Asset,
    component: Component | None,
    rule: ScopedRule,
    accepted_on: date,
    zone: ZoneInfo,
    at: Moment,
) -> WarrantyTerm:
    term = await make(session, asset, component, rule, accepted_on, zone, at)
    tell(session, term, events.WarrantyStarted(**facts_of(term)), at)
    return term


async def restart(
    session: Session,
    asset: Asset,
    component: Component | None,
    replaced: Component | Asset,
    *,
    replaced_at: datetime,
    at: Moment,
) -> list[WarrantyTerm]:
    """The terms of what took another's place: full for an asset or key part (§1.2.3.1(3)).

    Before acceptance there are none. An ordinary part that shared its asset's terms goes on sharing them,
    unless the contract guarantees a minimum of its own.

    Args:
        session: the unit of work.
        asset: the asset, or the new asset.
        component: the new component; ``None`` where the whole asset was replaced.
        replaced: what it took the place of.
        replaced_at: when.
        at: when that is told.
    """
    if asset.accepted_at is None:
        return []
    contract = await one(session, Contract, asset.contract_id)
    zone = zone_of(contract)
    replaced_on = replaced_at.astimezone(zone).date()
    own = await _standing(session, replaced)
    minimum = None if contract is None else minimum_of(contract.terms, contract.minimum_months)
    is_full = component is None or component.is_key_part
    old = own
    if not own and component is not None and (is_full or minimum is not None):
        old = await standing_of(session, asset.id, None)
    found = []
    for rule in _rules(contract, await _number(session, component)):
        previous = _previous(old, rule)
        if not is_full and previous is None:
            continue
        holds = renewed(rule.rule, has_remainder=previous is not None) if is_full else carried_on(minimum)
        term = await make(
            session,
            asset,
            component,
            ScopedRule(holds, rule.scopes),
            replaced_on,
            zone,
            at,
            source=Source.RESTART if is_full else Source.REMAINDER,
            previous=previous,
            minimum=None if is_full else minimum,
        )
        tell(session, term, _begun(term), at)
        found.append(term)
    for term in own:
        end(session, term, replaced_on, at)
    return found


def _begun(term: WarrantyTerm) -> events.TermEvent:
    if term.source == Source.RESTART and term.previous_term_id is not None:
        return events.WarrantyRestarted(**facts_of(term), replaced_term_id=term.previous_term_id)
    return events.WarrantyStarted(**facts_of(term))


async def _number(session: Session, component: Component | None) -> str | None:
    if component is None:
        return None
    part = await one(session, Part, component.part_id)
    assert part is not None  # noqa: S101 - a component's part is there
    return part.number


async def _standing(session: Session, replaced: Component | Asset) -> list[WarrantyTerm]:
    if isinstance(replaced, Asset):
        return await standing_of(session, replaced.id, None)
    return await standing_of(session, replaced.asset_id, replaced.id)


def _previous(old: Iterable[WarrantyTerm], rule: ScopedRule) -> WarrantyTerm | None:
    """The longest of the replaced item's terms that covered any of the same."""
    same = [term for term in old if set(term.scopes) & set(rule.scopes)]
    return max(same, key=lambda term: (term.ends_on or date.max, term.id), default=None)


def _rules(contract: Contract | None, part_number: str | None) -> list[ScopedRule]:
    if contract is None:
        return rules_of({}, DEFAULT_WARRANTY_MONTHS, part_number)
    return rules_of(contract.terms, contract.warranty_months, part_number)


def zone_of(contract: Contract | None) -> ZoneInfo:
    """The time zone in which a contract's days are decided."""
    return ZoneInfo(DEFAULT_TIME_ZONE if contract is None else contract.time_zone)
