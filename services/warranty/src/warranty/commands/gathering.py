"""The facts of a decision on who pays, gathered from what is stored as it was known at a moment."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.db import Session
from common.moves import Moment
from warranty.commands.knowing import as_known
from warranty.commands.needs import component_of
from warranty.commands.terms import zone_of
from warranty.domain.coverage import Cause, CoverageFacts, TermFact
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
    at: Moment,
    *,
    known_at: datetime | None = None,
    cause: Cause | None = None,
) -> CoverageFacts:
    """All that the decision depends on: as it is known now, or as it was known at ``known_at``.

    A component without terms of its own shares its asset's.

    Raises:
        Invalid: ``component-unknown``, or ``not-known-then`` where asset or component was not known yet.
    """
    known = await as_known(session, asset, known_at)
    asset = asset if known is None else known
    contract = await as_known(session, await one(session, Contract, asset.contract_id), known_at)
    product = await as_known(session, await one(session, Product, asset.product_id), known_at)
    component, part = await _component(session, asset, component_id, known_at)
    terms = await _terms(session, asset.id, component_id, known_at or at.now)
    return CoverageFacts(
        day=decided_for.astimezone(zone_of(contract)).date(),
        is_accepted=asset.accepted_at is not None and asset.accepted_at <= decided_for,
        cause=cause,
        terms=terms,
        scope={} if contract is None else contract.scope,
        item={
            "product": product.code if product else None,
            "technology": product.technology if product else None,
            "module": component.position if component else None,
            "part": part.number if part else None,
        },
        exclusions=DEFAULT_EXCLUSIONS | frozenset(() if contract is None else contract.exclusions),
        is_consumable=part is not None and part.is_consumable,
        manufacturer_terms=_manufacturer_terms(product, contract),
    )


def _manufacturer_terms(product: Product | None, contract: Contract | None) -> dict[str, Any]:
    """The maker's terms of a third party's product: as the contract has them, else as the catalogue has."""
    if product is None or not product.is_third_party:
        return {}
    agreed = () if contract is None else contract.manufacturer_terms
    return next((dict(one_) for one_ in agreed if one_["maker"] == product.maker), product.manufacturer_terms)


async def _component(
    session: Session, asset: Asset, component_id: UUID | None, known_at: datetime | None
) -> tuple[Component | None, Part | None]:
    if component_id is None:
        return None, None
    component = await component_of(session, asset.id, component_id)
    part = await one(session, Part, component.part_id)
    return await as_known(session, component, known_at), await as_known(session, part, known_at)


async def _terms(
    session: Session, asset_id: UUID, component_id: UUID | None, known_at: datetime
) -> list[TermFact]:
    found = await queries.standing(session, asset_id, component_id, known_at)
    if component_id is not None and not found:
        found = await queries.standing(session, asset_id, None, known_at)
    return [_term(row, known_at) for row in found]


def _term(row: WarrantyTerm, known_at: datetime) -> TermFact:
    """The term as it was known then; that its item left counts from when it was told."""
    is_ended = row.superseded_at is not None and row.superseded_at <= known_at
    ended_on = row.ended_on if is_ended and row.ended_on is not None else date.max
    return TermFact(
        id=str(row.id),
        scopes=tuple(row.scopes),
        starts_on=row.starts_on,
        ends_on=row.ends_on and min(row.ends_on, ended_on),
        latest_on=min(row.latest_on or date.max, ended_on) if is_ended else row.latest_on,
        owed_until=row.owed_until,
        is_provisional=row.is_provisional,
        waits_for=tuple(row.waits_for),
        source=row.source,
        rule=row.rule,
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
                "latest_on": term.latest_on and term.latest_on.isoformat(),
                "owed_until": term.owed_until and term.owed_until.isoformat(),
                "is_provisional": term.is_provisional,
                "waits_for": list(term.waits_for),
                "rule": term.rule,
            }
            for term in facts.terms
        ],
        "scope": {name: list(codes) for name, codes in facts.scope.items()},
        "item": dict(facts.item),
        "exclusions": sorted(facts.exclusions),
        "is_consumable": facts.is_consumable,
        "manufacturer_terms": dict(facts.manufacturer_terms),
    }
