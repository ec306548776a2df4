"""Decisions on who pays: computed from what is stored, by hand overridden, both kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import coverage as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import one_at_a_time
from common.moves import Moment, announce, begin, land, made, touch
from warranty.commands.claim_facts import follow_override, hold_claim_of, take_ticket
from warranty.commands.gathering import gather, stored
from warranty.commands.needs import begun, needed
from warranty.domain import coverage as rules
from warranty.domain.coverage import LIFECYCLE, Cause, Coverage, Decision, Reason
from warranty.queries import coverage as queries
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.coverage import CoverageDecision
from warranty.tables.heard import HeardTicket


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be decided, and for which ticket or claim."""

    asset: Asset
    decided_for: datetime
    known_at: datetime
    component_id: UUID | None = None
    cause: Cause | None = None
    ticket_id: UUID | None = None
    claim_id: UUID | None = None


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
        ticket_id: the ticket it is decided for; the decision that stood there before is superseded.
        claim_id: the claim it is decided for; the same holds for it.
        cause: what the fault came from, where that is known.
        known_at: decide by what was known at that moment; left out: by what is known now.

    Raises:
        Invalid: ``asset-unknown``, ``component-unknown``, ``known-in-future``, ``known-at-decides-nothing``,
            ``ticket-of-another``, ``ticket-about-another``.
    """
    if known_at is not None:
        _check_known(known_at, at.now, is_question=ticket_id is None and claim_id is None)
    asset = await needed(session, Asset, asset_id, "asset-unknown", "#/asset_id")
    if ticket_id is not None:
        await take_ticket(session, ticket_id, asset.customer_id)
        await _check_about(session, ticket_id, asset)
    question = _Question(asset, decided_for, known_at or at.now, component_id, cause, ticket_id, claim_id)
    facts = await gather(session, asset, component_id, decided_for, at, known_at=known_at, cause=cause)
    before = await _standing(session, ticket_id, claim_id)
    return _made(session, question, stored(facts), rules.decide(facts), before, at)


async def _check_about(session: Session, ticket_id: UUID, asset: Asset) -> None:
    """A ticket's decision is about its asset; of one that was not heard of yet, nothing is known."""
    heard = await one(session, HeardTicket, ticket_id)
    if heard is not None and heard.asset_id not in {None, asset.id}:
        raise Invalid("ticket-about-another", pointer="#/asset_id", asset_id=str(heard.asset_id))


def _check_known(known_at: datetime, now: datetime, *, is_question: bool) -> None:
    if known_at > now:
        raise Invalid("known-in-future", pointer="#/known_at", now=now.isoformat())
    if not is_question:
        raise Invalid("known-at-decides-nothing", pointer="#/known_at")


async def decide_again(
    session: Session, ticket_id: UUID, asset: Asset, decided_for: datetime, cause: Cause | None, at: Moment
) -> CoverageDecision | None:
    """Decide on a ticket by the latest that is known of it.

    What somebody added by hand on the same asset, the component or the cause, is not forgotten.

    Returns:
        The new decision; ``None`` where the one that stands was made of the same.
    """
    before = await _standing(session, ticket_id)
    same = before if before is not None and before.asset_id == asset.id else None
    component_id = None if same is None else same.component_id
    cause = Cause(same.cause) if cause is None and same is not None and same.cause else cause
    question = _Question(asset, decided_for, at.now, component_id, cause, ticket_id)
    facts = await gather(session, asset, component_id, decided_for, at, cause=cause)
    if same is not None and _is_same(same, question, stored(facts)):
        return None
    return _made(session, question, stored(facts), rules.decide(facts), before, at)


def _is_same(row: CoverageDecision, question: _Question, facts: dict[str, Any]) -> bool:
    return (row.decided_for, row.cause, row.facts) == (question.decided_for, question.cause, facts)


async def _standing(
    session: Session, ticket_id: UUID | None, claim_id: UUID | None = None
) -> CoverageDecision | None:
    """The decision that stands on a ticket or claim, locked, so that nobody overrides it meanwhile.

    The first one of each has nothing to lock but the word.
    """
    if ticket_id is None and claim_id is None:
        return None
    await one_at_a_time(session, f"decision:{ticket_id or claim_id}")
    found = queries.standing_decision(ticket_id, claim_id=claim_id).with_for_update(of=CoverageDecision)
    return (await session.execute(found)).scalar_one_or_none()


def _made(
    session: Session,
    question: _Question,
    facts: dict[str, Any],
    found: Decision,
    before: CoverageDecision | None,
    at: Moment,
) -> CoverageDecision:
    """The decision as a row; what a manager decided on the same asset stands until one says otherwise."""
    row = made(
        session,
        CoverageDecision,
        at.now,
        customer_id=question.asset.customer_id,
        asset_id=question.asset.id,
        component_id=question.component_id,
        ticket_id=question.ticket_id,
        claim_id=question.claim_id,
        decided_for=question.decided_for,
        known_at=question.known_at,
        cause=question.cause,
        computed=found.coverage,
        reasons=_told([*found.reasons, *_override_before(before, question)]),
        facts=facts,
        supersedes_id=None if before is None else before.id,
        **_outcome(found, before, question.asset, at),
    )
    return begun(session, row, events.CoverageDecided(**facts_of(row)), at)


def _outcome(found: Decision, before: CoverageDecision | None, asset: Asset, at: Moment) -> dict[str, Any]:
    """What was computed, or what a manager decided before on the same asset."""
    if before is not None and before.overrides and before.asset_id == asset.id:
        kept = ("state", "state_changed_at", "coverage", "by_scope", "overrides")
        return {name: getattr(before, name) for name in kept}
    return {
        "state": LIFECYCLE.initial,
        "state_changed_at": at.now,
        "coverage": found.coverage,
        "by_scope": dict(found.by_scope),
        "overrides": [],
    }


def _override_before(before: CoverageDecision | None, question: _Question) -> list[Reason]:
    """A manager's word on the decision before: kept on the same asset, told of where the asset is another."""
    if before is None or not before.overrides:
        return []
    is_kept = before.asset_id == question.asset.id
    told = {"decision_id": str(before.id), "coverage": before.coverage, "asset_id": str(before.asset_id)}
    rule = "override_kept" if is_kept else "override_of_another_asset"
    return [Reason(rule, "§1.2.3.1(1)", holds=None, facts=told)]


async def override(
    session: Session, decision_id: UUID, at: Moment, *, outcome: Coverage, reason: str
) -> CoverageDecision:
    """A manager decides otherwise; what was decided before is kept beside it.

    Raises:
        Conflict: ``decision-superseded``.
    """
    await hold_claim_of(session, decision_id)
    row, move = await begin(session, CoverageDecision, decision_id, LIFECYCLE, "override", at)
    if await queries.is_superseded(session, row.id):
        raise Conflict("decision-superseded")
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
    await follow_override(session, row, at, reason=reason)
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
        "rules": _without_facts(row.reasons),
    }


def _without_facts(reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each rule once per what it came to: asked for several scopes, it may have come to the same."""
    named = ("rule", "clause", "holds")
    distinct = dict.fromkeys(tuple(reason[name] for name in named) for reason in reasons)
    return [dict(zip(named, values, strict=True)) for values in distinct]


def _told(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule, "clause": one.clause, "holds": one.holds, "facts": dict(one.facts)}
        for one in reasons
    ]
