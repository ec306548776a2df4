"""Decisions on who pays: computed from what is stored, by hand overridden, both kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import coverage as events
from common.db import Session
from common.errors import Invalid
from common.moves import Moment, announce, begin, land, made, touch
from warranty.commands.needs import begun, needed
from warranty.commands.terms import zone_of
from warranty.domain import coverage as rules
from warranty.domain.coverage import LIFECYCLE, Cause, Coverage, CoverageFacts, Decision, TermFact
from warranty.domain.terms.terms import Source
from warranty.policy import DEFAULT_EXCLUSIONS
from warranty.queries import coverage as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part, Product
from warranty.tables.contracts import Contract
from warranty.tables.coverage import CoverageDecision, WarrantyTerm


async def decide(
    session: Session,
    *,
    asset_id: UUID,
    decided_for: datetime,
    at: Moment,
    component_id: UUID | None = None,
    ticket_id: UUID | None = None,
    claim_id: UUID | None = None,
    cause: Cause | None = None,
    known_at: datetime | None = None,
) -> CoverageDecision:
    """Decide who pays for a fault of an asset or a component of it.

    Args:
        session: the unit of work.
        asset_id: the asset.
        decided_for: the instant the fault counts for.
        at: now.
        component_id: the component concerned, where that is known.
        ticket_id: the ticket it is decided for.
        claim_id: the claim it is decided for.
        cause: what the fault came from, where that is known.
        known_at: decide by what was known at that moment; left out: by what is known now.

    Raises:
        Invalid: ``asset-unknown``, ``component-unknown`` or ``known-in-future``.
    """
    as_known = known_at or at.now
    if as_known > at.now:
        raise Invalid("known-in-future", pointer="#/known_at", now=at.now.isoformat())
    asset = await needed(session, Asset, asset_id, "asset-unknown", "#/asset_id")
    facts = await gather(session, asset, component_id, decided_for, as_known, cause)
    found = rules.decide(facts)
    row = made(
        session,
        CoverageDecision,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=at.now,
        customer_id=asset.customer_id,
        asset_id=asset_id,
        component_id=component_id,
        ticket_id=ticket_id,
        claim_id=claim_id,
        decided_for=decided_for,
        known_at=as_known,
        cause=cause,
        coverage=found.coverage,
        by_scope=dict(found.by_scope),
        computed=found.coverage,
        reasons=_told(found),
        facts=_stored(facts),
        overrides=[],
        supersedes_id=await _before(session, ticket_id),
    )
    return begun(session, row, events.CoverageDecided(**facts_of(row)), at)


async def _before(session: Session, ticket_id: UUID | None) -> UUID | None:
    before = None if ticket_id is None else await queries.latest_of_ticket(session, ticket_id)
    return None if before is None else before.id


async def gather(
    session: Session,
    asset: Asset,
    component_id: UUID | None,
    decided_for: datetime,
    known_at: datetime,
    cause: Cause | None,
) -> CoverageFacts:
    """All that the decision depends on, as it was known at ``known_at``.

    A component without terms of its own shares its asset's.

    Raises:
        Invalid: ``component-unknown``.
    """
    contract = await one(session, Contract, asset.contract_id)
    product = await one(session, Product, asset.product_id)
    component, part = await _component(session, asset, component_id)
    terms = await queries.standing(session, asset.id, component_id, known_at)
    if component_id is not None and not terms:
        terms = await queries.standing(session, asset.id, None, known_at)
    third_party = product is not None and product.is_third_party
    return CoverageFacts(
        day=decided_for.astimezone(zone_of(contract)).date(),
        is_accepted=asset.accepted_at is not None and asset.accepted_at <= decided_for,
        cause=cause,
        terms=[_term(one_) for one_ in terms],
        scope={} if contract is None else contract.scope,
        item={
            "product": product.code if product else None,
            "technology": product.technology if product else None,
            "module": component.position if component else None,
            "part": part.number if part else None,
        },
        exclusions=DEFAULT_EXCLUSIONS | frozenset(() if contract is None else contract.exclusions),
        is_consumable=part is not None and part.is_consumable,
        manufacturer_terms=product.manufacturer_terms if product is not None and third_party else {},
    )


async def _component(
    session: Session, asset: Asset, component_id: UUID | None
) -> tuple[Component | None, Part | None]:
    if component_id is None:
        return None, None
    component = await needed(session, Component, component_id, "component-unknown", "#/component_id")
    if component.asset_id != asset.id:
        raise Invalid("component-unknown", pointer="#/component_id")
    return component, await one(session, Part, component.part_id)


def _term(row: WarrantyTerm) -> TermFact:
    return TermFact(
        id=str(row.id),
        scopes=tuple(row.scopes),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_provisional=row.is_provisional,
        is_goodwill=row.source == Source.GOODWILL,
        source=row.source,
        clause=row.clause,
    )


async def override(
    session: Session, decision_id: UUID, at: Moment, *, outcome: Coverage, reason: str
) -> CoverageDecision:
    """A manager decides otherwise; what was decided before is kept beside it."""
    row, move = await begin(session, CoverageDecision, decision_id, LIFECYCLE, "override", at)
    entry = {
        "from": row.coverage,
        "to": outcome.value,
        "reason": reason,
        "by": session.context.caller.subject,
        "at": move.occurred_at.isoformat(),
    }
    row.overrides = [*row.overrides, entry]
    row.coverage, row.by_scope = outcome, dict.fromkeys(rules.SCOPES, outcome.value)
    land(row, move)
    touch(session, row, at.now)
    return announce(session, row, move, events.CoverageOverridden(**facts_of(row)), note=reason)


def facts_of(row: CoverageDecision) -> dict[str, Any]:
    """The facts that every event about a decision carries."""
    return {
        "decision_id": row.id,
        "customer_id": row.customer_id,
        "asset_id": row.asset_id,
        "component_id": row.component_id,
        "ticket_id": row.ticket_id,
        "claim_id": row.claim_id,
        "coverage": row.coverage,
        **row.by_scope,
        "reasons": list(dict.fromkeys(reason["rule"] for reason in row.reasons)),
        "clauses": list(dict.fromkeys(reason["clause"] for reason in row.reasons)),
        "cause": row.cause,
        "decided_for": row.decided_for,
        "decided_at": row.updated_at,
        "is_overridden": bool(row.overrides),
    }


def _told(found: Decision) -> list[dict[str, Any]]:
    return [
        {"rule": one_.rule, "clause": one_.clause, "holds": one_.holds, "facts": dict(one_.facts)}
        for one_ in found.reasons
    ]


def _stored(facts: CoverageFacts) -> dict[str, Any]:
    """The facts as JSON, kept with the decision so that it can be computed again for good."""
    return {
        "day": facts.day.isoformat(),
        "is_accepted": facts.is_accepted,
        "terms": [
            {
                "id": term.id,
                "scopes": list(term.scopes),
                "starts_on": term.starts_on.isoformat(),
                "ends_on": term.ends_on and term.ends_on.isoformat(),
                "is_provisional": term.is_provisional,
                "is_goodwill": term.is_goodwill,
            }
            for term in facts.terms
        ],
        "scope": {name: list(codes) for name, codes in facts.scope.items()},
        "item": dict(facts.item),
        "exclusions": sorted(facts.exclusions),
        "is_consumable": facts.is_consumable,
        "manufacturer_terms": dict(facts.manufacturer_terms),
    }
