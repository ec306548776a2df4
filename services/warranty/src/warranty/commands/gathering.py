"""The facts of a decision on who pays, gathered from what is stored as it was known at a moment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.db import Session
from common.errors import Invalid
from warranty.commands.needs import needed
from warranty.commands.terms import zone_of
from warranty.domain.coverage import Cause, CoverageFacts, TermFact
from warranty.domain.terms.terms import Source
from warranty.policy import DEFAULT_EXCLUSIONS
from warranty.queries import coverage as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset, Component
from warranty.tables.catalogue import Part, Product
from warranty.tables.contracts import Contract
from warranty.tables.coverage import WarrantyTerm


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


def stored(facts: CoverageFacts) -> dict[str, Any]:
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
