"""Warranty terms: begun by acceptance, begun anew by replacement, extended, halted; none is ever edited."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import coverage as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, audit, made, touch
from common.outbox import publish
from warranty.domain.contracts import threshold_reached
from warranty.domain.terms.civil import plus_months
from warranty.domain.terms.ending import Ending, ItemFacts, carried, ending, prolonged, restarted
from warranty.domain.terms.rules import Milestone
from warranty.domain.terms.terms import CLAUSES, ScopedRule, Source, minimum_of, rules_of
from warranty.policy import DEFAULT_TIME_ZONE, DEFAULT_WARRANTY_MONTHS, SWEEP_BATCH, WARRANTY_EXPIRY_DAYS
from warranty.queries import assets as asset_queries
from warranty.queries import coverage as queries
from warranty.queries.catalogue import parts_of
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
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
    facts = _milestones(asset, accepted_on)
    inside = await asset_queries.components_at(session, asset.id, accepted_at)
    numbers = {
        part.id: part.number for part in (await parts_of(session, {c.part_id for c in inside})).values()
    }
    found = _terms_of(session, asset, None, _rules(contract, None), facts, accepted_on, at, zone)
    for component in inside:
        rules = _rules(contract, numbers[component.part_id])
        found += _terms_of(session, asset, component, rules, facts, accepted_on, at, zone)
    return found


def _milestones(asset: Asset, accepted_on: date) -> ItemFacts:
    told = {
        Milestone.SHIPPED: asset.shipped_on,
        Milestone.INSTALLED: asset.installed_on,
        Milestone.ACCEPTED: accepted_on,
    }
    return ItemFacts({name: day for name, day in told.items() if day is not None})


def _terms_of(
    session: Session,
    asset: Asset,
    component: Component | None,
    rules: Iterable[ScopedRule],
    facts: ItemFacts,
    starts_on: date,
    at: Moment,
    zone: ZoneInfo,
) -> list[WarrantyTerm]:
    found = []
    for rule in rules:
        term = _made(session, asset, component, rule, ending(rule.rule, facts), starts_on, at, zone)
        _tell(session, term, events.WarrantyStarted(**facts_of(term)), at)
        found.append(term)
    return found


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

    Args:
        session: the unit of work.
        asset: the asset, or the new asset.
        component: the new component; ``None`` where the whole asset was replaced.
        replaced: what it took the place of.
        replaced_at: when.
        at: when that is told.
    """
    contract = await one(session, Contract, asset.contract_id)
    zone = zone_of(contract)
    replaced_on = replaced_at.astimezone(zone).date()
    old = await _standing(session, replaced, at.now)
    number = None
    if component is not None:
        number = (await parts_of(session, [component.part_id]))[component.part_id].number
    is_full = component is None or component.is_key_part
    found = []
    for rule in _rules(contract, number):
        previous = _previous(old, rule)
        if previous is None and not is_full:
            continue
        end = _end_of(contract, rule, previous, replaced_on, is_full=is_full)
        source = Source.RESTART if is_full else Source.REMAINDER
        term = _made(session, asset, component, rule, end, replaced_on, at, zone, source, previous)
        event: events.TermEvent = events.WarrantyStarted(**facts_of(term))
        if is_full and previous is not None:
            event = events.WarrantyRestarted(**facts_of(term), replaced_term_id=previous.id)
        _tell(session, term, event, at)
        found.append(term)
    for term in old:
        term.ended_on, term.superseded_at = replaced_on, at.now
        touch(session, term, at.now)
        audit(session, "end", term, at.now)
    return found


def _end_of(
    contract: Contract | None,
    rule: ScopedRule,
    previous: WarrantyTerm | None,
    replaced_on: date,
    *,
    is_full: bool,
) -> Ending:
    left = None if previous is None else previous.ends_on
    if is_full:
        return restarted(rule.rule, replaced_on, left)
    minimum = None if contract is None else minimum_of(contract.terms, contract.minimum_months)
    return carried(minimum, replaced_on, left)


async def _standing(session: Session, replaced: Component | Asset, now: datetime) -> list[WarrantyTerm]:
    if isinstance(replaced, Asset):
        return await queries.standing(session, replaced.id, None, now)
    return await queries.standing(session, replaced.asset_id, replaced.id, now)


def _previous(old: Iterable[WarrantyTerm], rule: ScopedRule) -> WarrantyTerm | None:
    """The longest of the replaced item's terms that covered any of the same."""
    same = [term for term in old if set(term.scopes) & set(rule.scopes)]
    return max(same, key=lambda term: (term.ends_on or date.max, term.id), default=None)


async def extend(
    session: Session, asset_id: UUID, term_id: UUID, at: Moment, *, months: int, source: Source, reason: str
) -> WarrantyTerm:
    """Another term takes the place of one: longer by so many months, bought or as goodwill.

    Raises:
        NotFound, Conflict: no such term, another version, or ``term-superseded``.
        Invalid: ``term-open-ended``.
    """
    old = await _current(session, asset_id, term_id, at)
    if old.ends_on is None:
        raise Invalid("term-open-ended")
    return _successor(session, old, plus_months(old.ends_on, months), at, source, reason)


async def suspend(session: Session, asset: Asset, *, suspended_at: datetime, at: Moment) -> None:
    """The asset's terms stand still while the vendor holds the device, where the contract says so."""
    contract = await one(session, Contract, asset.contract_id)
    if contract is None or not contract.suspends_during_repair:
        return
    for term in await _all_standing(session, asset.id):
        if term.suspended_on is None:
            term.suspended_on = suspended_at.astimezone(zone_of(contract)).date()
            touch(session, term, at.now)
            audit(session, "suspend", term, at.now)


async def resume(session: Session, asset: Asset, *, resumed_at: datetime, at: Moment) -> None:
    """The asset is back: its terms end as many days later as the vendor held it."""
    for term in await _all_standing(session, asset.id):
        if term.suspended_on is not None:
            held_to = resumed_at.astimezone(ZoneInfo(term.time_zone)).date()
            end = prolonged(term.ends_on, term.suspended_on, held_to)
            _successor(session, term, end, at, Source.SUSPENSION, None)


async def _all_standing(session: Session, asset_id: UUID) -> list[WarrantyTerm]:
    standing_now = queries.terms(asset_id, is_current=True).where(col(WarrantyTerm.ended_on).is_(None))
    rows = await session.execute(standing_now.order_by(col(WarrantyTerm.id)).with_for_update())
    return list(rows.scalars())


async def tell_expiring(session: Session, now: datetime) -> int:
    """Tell once per threshold that a term ends soon."""
    furthest = plus_months(now.date(), 1 + max(WARRANTY_EXPIRY_DAYS) // 28)
    due = (
        select(WarrantyTerm)
        .where(
            col(WarrantyTerm.superseded_at).is_(None),
            col(WarrantyTerm.ended_on).is_(None),
            col(WarrantyTerm.ends_on) >= now.date(),
            col(WarrantyTerm.ends_on) <= furthest,
        )
        .order_by(col(WarrantyTerm.ends_on), col(WarrantyTerm.id))
        .with_for_update(skip_locked=True)
    )
    told = 0
    for term in (await session.execute(due)).scalars():
        told += _tell_left(session, term, now)
        if told >= SWEEP_BATCH:
            break
    return told


def _tell_left(session: Session, term: WarrantyTerm, now: datetime) -> int:
    if term.ends_on is None:
        return 0
    left = (term.ends_on - now.astimezone(ZoneInfo(term.time_zone)).date()).days
    threshold = threshold_reached(left, WARRANTY_EXPIRY_DAYS, term.expiry_announced)
    if threshold is None:
        return 0
    term.expiry_announced = [*term.expiry_announced, threshold]
    touch(session, term, now)
    event = events.WarrantyExpiring(**facts_of(term), days_left=left)
    publish(session, event, of=term, occurred_at=now, now=now)
    return 1


async def _current(session: Session, asset_id: UUID, term_id: UUID, at: Moment) -> WarrantyTerm:
    term = await locked(session, WarrantyTerm, term_id, at.version)
    if term.asset_id != asset_id or term.superseded_at is not None:
        raise Conflict("term-superseded")
    return term


def _successor(
    session: Session, old: WarrantyTerm, end: date | None, at: Moment, source: Source, reason: str | None
) -> WarrantyTerm:
    old.superseded_at = at.now
    touch(session, old, at.now)
    audit(session, "supersede", old, at.now, reason)
    kept = (
        "customer_id",
        "asset_id",
        "component_id",
        "scopes",
        "rule",
        "time_zone",
        "starts_on",
        "is_provisional",
    )
    term = made(
        session,
        WarrantyTerm,
        at.now,
        **{name: getattr(old, name) for name in kept},
        waits_for=old.waits_for,
        source=source,
        clause=CLAUSES[source],
        ends_on=end,
        previous_term_id=old.id,
        reason=reason,
        expiry_announced=[],
    )
    _tell(session, term, events.WarrantyChanged(**facts_of(term), replaced_term_id=old.id), at)
    return term


def _made(
    session: Session,
    asset: Asset,
    component: Component | None,
    rule: ScopedRule,
    end: Ending,
    starts_on: date,
    at: Moment,
    zone: ZoneInfo,
    source: Source = Source.ACCEPTANCE,
    previous: WarrantyTerm | None = None,
) -> WarrantyTerm:
    return made(
        session,
        WarrantyTerm,
        at.now,
        customer_id=asset.customer_id,
        asset_id=asset.id,
        component_id=None if component is None else component.id,
        scopes=list(rule.scopes),
        source=source,
        rule=rule.text,
        clause=CLAUSES[source],
        time_zone=zone.key,
        starts_on=starts_on,
        ends_on=end.on,
        is_provisional=end.is_provisional,
        waits_for=list(end.waits_for),
        previous_term_id=None if previous is None else previous.id,
        expiry_announced=[],
    )


def _tell(session: Session, term: WarrantyTerm, event: events.TermEvent, at: Moment) -> None:
    publish(session, event, of=term, occurred_at=at.occurred_at or at.now, now=at.now)
    audit(session, "create", term, at.now)


def _rules(contract: Contract | None, part_number: str | None) -> list[ScopedRule]:
    if contract is None:
        return rules_of({}, DEFAULT_WARRANTY_MONTHS, part_number)
    return rules_of(contract.terms, contract.warranty_months, part_number)


def zone_of(contract: Contract | None) -> ZoneInfo:
    """The time zone in which a contract's days are decided."""
    return ZoneInfo(DEFAULT_TIME_ZONE if contract is None else contract.time_zone)


def facts_of(term: WarrantyTerm) -> dict[str, Any]:
    """The facts that every event about a term carries."""
    names = (name for name in events.TermEvent.model_fields if name != "term_id")
    return {"term_id": term.id, **{name: getattr(term, name) for name in names}}
