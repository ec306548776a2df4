"""Terms as rows: made, succeeded, told of; a chain read back as a value."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlmodel import col

from common.contracts.warranty import coverage as events
from common.db import Session
from common.moves import Moment, audit, made, touch
from common.outbox import publish
from common.rows import fresh
from warranty.domain.notices import days_left, next_notice_at, still_told
from warranty.domain.terms.chain import Ends, Link, ends
from warranty.domain.terms.ending import ItemFacts
from warranty.domain.terms.meters import limits, reached
from warranty.domain.terms.reading import read_written
from warranty.domain.terms.rules import Milestone, Rule
from warranty.domain.terms.terms import CLAUSES, ScopedRule, Source
from warranty.policy import WARRANTY_EXPIRY_DAYS
from warranty.queries import coverage as queries
from warranty.queries import meters
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
from warranty.tables.coverage import WarrantyTerm

BEGINNINGS = frozenset({Source.ACCEPTANCE, Source.RESTART, Source.REMAINDER})
"""Terms that begin; all others go on with one that did."""

_KEPT = ("customer_id", "asset_id", "component_id", "scopes", "rule", "time_zone")


async def standing(session: Session, asset_id: UUID) -> list[WarrantyTerm]:
    """What stands now on an asset and everything inside it, locked in one order."""
    return await _locked(session, queries.terms(asset_id, is_current=True))


async def standing_of(session: Session, asset_id: UUID, component_id: UUID | None) -> list[WarrantyTerm]:
    """What stands now on one component, or with ``None`` on the asset itself; locked in one order."""
    of_item = col(WarrantyTerm.component_id)
    found = queries.terms(asset_id, is_current=True)
    return await _locked(
        session, found.where(of_item.is_(None) if component_id is None else of_item == component_id)
    )


async def _locked(session: Session, found: Select[WarrantyTerm]) -> list[WarrantyTerm]:
    taken = found.order_by(col(WarrantyTerm.id)).with_for_update().execution_options(populate_existing=True)
    return list((await session.execute(taken)).scalars())


async def ends_of(session: Session, term: WarrantyTerm) -> Ends:
    """When a term ends by all that is known now: computed through its whole chain."""
    return ends(await _chain(session, term))


async def _chain(session: Session, term: WarrantyTerm) -> list[Link]:
    found = [await _link(session, term)]
    before = await one(session, WarrantyTerm, term.previous_term_id)
    while before is not None:
        found.append(await _link(session, before))
        before = await one(session, WarrantyTerm, before.previous_term_id)
    return found[::-1]


async def _link(session: Session, term: WarrantyTerm) -> Link:
    rule, basis = read_written(term.rule), term.basis
    minimum = read_written(basis["minimum"]) if basis.get("minimum") else None
    counts = limits(rule) | (limits(minimum) if minimum else frozenset())
    return Link(
        source=Source(term.source),
        rule=rule,
        starts_on=term.starts_on,
        facts=await _facts(session, term, counts),
        minimum=minimum,
        months=basis.get("months", 0),
        held_from=_day(basis.get("held_from")),
        held_to=_day(basis.get("held_to")),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


async def _facts(session: Session, term: WarrantyTerm, counts: frozenset[int]) -> ItemFacts:
    asset = await one(session, Asset, term.asset_id)
    assert asset is not None  # noqa: S101 - a term's asset is there
    accepted_on = _accepted_on(asset, term)
    told = {
        Milestone.SHIPPED: asset.shipped_on,
        Milestone.DELIVERED: asset.delivered_on,
        Milestone.INSTALLED: asset.installed_on,
        Milestone.INVOICED: asset.invoiced_on,
        Milestone.ACCEPTED: accepted_on,
    }
    hours: Mapping[int, date] = {}
    if counts:
        component = await one(session, Component, term.component_id)
        readings, since = await meters.of_item(session, asset.id, component, ZoneInfo(term.time_zone))
        hours = reached(counts, readings, since)
    return ItemFacts({name: day for name, day in told.items() if day is not None}, None, hours)


def _accepted_on(asset: Asset, term: WarrantyTerm) -> date:
    """The day of the acceptance, in the zone in which the term counts."""
    if asset.accepted_at is None:
        return term.starts_on
    return asset.accepted_at.astimezone(ZoneInfo(term.time_zone)).date()


async def began_on(session: Session, term: WarrantyTerm) -> date:
    """The first day of a term by what is known now: it moves with the acceptance that it began with."""
    first = term
    while first.source not in BEGINNINGS:
        before = await one(session, WarrantyTerm, first.previous_term_id)
        assert before is not None  # noqa: S101 - only beginnings stand on no other
        first = before
    if first.source != Source.ACCEPTANCE:
        return term.starts_on
    asset = await one(session, Asset, first.asset_id)
    assert asset is not None  # noqa: S101 - a term's asset is there
    return _accepted_on(asset, first)


async def make(
    session: Session,
    asset: Asset,
    component: Component | None,
    rule: ScopedRule,
    starts_on: date,
    zone: ZoneInfo,
    at: Moment,
    *,
    source: Source = Source.ACCEPTANCE,
    previous: WarrantyTerm | None = None,
    minimum: Rule | None = None,
) -> WarrantyTerm:
    """A term that begins on a day; what it began with is kept with it."""
    told = {
        "customer_id": asset.customer_id,
        "asset_id": asset.id,
        "component_id": None if component is None else component.id,
        "scopes": list(rule.scopes),
        "rule": rule.text,
        "time_zone": zone.key,
        "starts_on": starts_on,
    }
    basis = {} if minimum is None else {"minimum": ScopedRule(minimum, rule.scopes).text}
    return await _made(session, told, source, basis, previous, None, at)


async def succeed(
    session: Session,
    old: WarrantyTerm,
    source: Source,
    at: Moment,
    *,
    basis: Mapping[str, Any],
    reason: str | None = None,
    starts_on: date | None = None,
) -> WarrantyTerm:
    """Another term takes the place of the locked ``old``, which stays as it was; it begins when that did."""
    old.superseded_at, old.notice_at = at.now, None
    touch(session, old, at.now)
    audit(session, "supersede", old, at.now, reason)
    told = {name: getattr(old, name) for name in _KEPT}
    told["starts_on"] = starts_on or old.starts_on
    term = await _made(session, told, source, basis, old, reason, at)
    tell(session, term, events.WarrantyChanged(**facts_of(term), replaced_term_id=old.id), at)
    return term


async def _made(
    session: Session,
    told: Mapping[str, Any],
    source: Source,
    basis: Mapping[str, Any],
    previous: WarrantyTerm | None,
    reason: str | None,
    at: Moment,
) -> WarrantyTerm:
    values = {
        **told,
        "source": source,
        "clause": CLAUSES[source],
        "basis": dict(basis),
        "previous_term_id": None if previous is None else previous.id,
        "reason": reason,
        "suspended_on": _suspended(basis, previous),
    }
    found = await ends_of(session, fresh(WarrantyTerm, expiry_announced=[], **values))
    columns = {**values, **_columns(found)}
    return made(session, WarrantyTerm, at.now, **columns, **_notices(columns, previous, at))


def _notices(told: Mapping[str, Any], previous: WarrantyTerm | None, at: Moment) -> dict[str, Any]:
    """What was told of the end already, and when there is more to tell; nothing of one that is halted."""
    ends_on, zone = told["ends_on"], ZoneInfo(told["time_zone"])
    if ends_on is None or told["suspended_on"] is not None:
        return {"expiry_announced": [], "notice_at": None}
    left = days_left(ends_on, at.now.astimezone(zone).date())
    announced = still_told([] if previous is None else previous.expiry_announced, left)
    due_at = next_notice_at(ends_on, zone, WARRANTY_EXPIRY_DAYS, announced)
    return {"expiry_announced": announced, "notice_at": due_at}


def _suspended(basis: Mapping[str, Any], previous: WarrantyTerm | None) -> date | None:
    """Since when the vendor holds the item; what takes a halted term's place is halted as well."""
    if "held_to" in basis:
        return None
    if "held_from" in basis:
        return _day(basis["held_from"])
    return None if previous is None or previous.ended_on is not None else previous.suspended_on


def _columns(found: Ends) -> dict[str, Any]:
    given, owed = found.given, found.owed.on
    return {
        "ends_on": given.on,
        "latest_on": given.latest,
        "owed_until": owed if owed != given.on else None,
        "is_provisional": given.is_provisional,
        "waits_for": list(given.waits_for),
    }


def is_settled_otherwise(term: WarrantyTerm, found: Ends) -> bool:
    """Whether what is known now gives another end than the one that the term has."""
    return any(getattr(term, name) != value for name, value in _columns(found).items())


def end(session: Session, term: WarrantyTerm, ended_on: date, at: Moment) -> None:
    """The item is no longer there: its term covers until that day, and no further."""
    term.ended_on, term.superseded_at, term.notice_at = ended_on, at.now, None
    touch(session, term, at.now)
    audit(session, "end", term, at.now)


def tell(session: Session, term: WarrantyTerm, event: events.TermEvent, at: Moment) -> None:
    """Tell audit and bus of a term that was just made."""
    publish(session, event, of=term, occurred_at=at.occurred_at or at.now, now=at.now)
    audit(session, "create", term, at.now)


def facts_of(term: WarrantyTerm) -> dict[str, Any]:
    """The facts that every event about a term carries."""
    names = (name for name in events.TermEvent.model_fields if name != "term_id")
    return {"term_id": term.id, **{name: getattr(term, name) for name in names}}
