"""Quotes: computed from the contract's rates, offered, answered by the customer, ended by time (§1.2.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.contracts.warranty import quotes as events
from common.db import Session
from common.errors import Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, ask, begin, beginning, corrected, land, made, touch
from warranty.commands import decisions
from warranty.commands.claim_facts import check_alive, take_ticket, worked_on
from warranty.commands.needs import begun, needed
from warranty.domain import quotes as rules
from warranty.domain.agreeing import check_named
from warranty.domain.quotes import LIFECYCLE, RATE_OF, Item, Line, LineKind, QuoteState
from warranty.policy import DEFAULT_CURRENCY, QUOTE_DAYS, SWEEP_BATCH
from warranty.queries import claims as queries
from warranty.queries import coverage as coverage_queries
from warranty.queries.catalogue import parts_of
from warranty.queries.single import one
from warranty.tables.assets import Asset
from warranty.tables.claims import Claim, Quote
from warranty.tables.contracts import Contract
from warranty.tables.coverage import CoverageDecision
from warranty.tables.directory import Site


@dataclass(frozen=True, slots=True)
class NewQuote:
    """A quote as it is told: for a claim, or for an asset and perhaps a ticket; ``asked`` as it is stored."""

    claim_id: UUID | None
    asset_id: UUID | None
    ticket_id: UUID | None
    asked: Mapping[str, Any]
    currency: str | None
    valid_until: datetime | None
    note: str | None


async def draft(session: Session, told: NewQuote, number: str, at: Moment) -> Quote:
    """Compute what the work would cost the customer.

    Also for a claim that was rejected and is not over: a repair that the customer pays may follow (§1.2.5).
    A quote of the past is told with when it was drafted.

    Raises:
        Invalid: ``occurred-in-future``, ``quote-subject``, ``claim-unknown``, ``asset-unknown``,
            ``ticket-of-another``, ``expiry-passed`` or ``rate-agreed``.
        Conflict: ``claim-over``, ``coverage-open``, ``price-missing``, ``currency-differs``, ``quote-open``.
    """
    drafted_at = beginning(at)
    claim, asset = await _subject(session, told)
    contract = await one(session, Contract, asset.contract_id)
    decision = await _decision(session, claim, asset, told.ticket_id, at)
    valid_until = told.valid_until or drafted_at + timedelta(days=QUOTE_DAYS)
    rules.check_valid(valid_until, drafted_at)
    currency = _currency(contract, told.currency)
    lines = await _lines(session, asset, contract, told.asked, decision, currency)
    row = made(
        session,
        Quote,
        at.now,
        number=number,
        state=LIFECYCLE.initial,
        state_changed_at=drafted_at,
        customer_id=asset.customer_id,
        visibility="internal",
        asset_id=asset.id,
        claim_id=told.claim_id,
        ticket_id=told.ticket_id if claim is None else claim.ticket_id,
        contract_id=asset.contract_id,
        decision_id=decision.id,
        asked=dict(told.asked),
        lines=_stored(lines),
        amount=rules.total(lines),
        currency=currency,
        valid_until=valid_until,
        note=told.note,
    )
    return begun(session, row, events.QuoteDrafted(**facts(row)), at)


async def _subject(session: Session, told: NewQuote) -> tuple[Claim | None, Asset]:
    if (told.claim_id is None) == (told.asset_id is None):
        raise Invalid("quote-subject", pointer="#/claim_id")
    if told.claim_id is None:
        asset = await needed(session, Asset, told.asset_id, "asset-unknown", "#/asset_id")
        await take_ticket(session, told.ticket_id, asset.customer_id)
        return None, asset
    claim = await worked_on(session, told.claim_id)
    return claim, await needed(session, Asset, claim.asset_id, "asset-unknown", "#/asset_id")


async def _decision(
    session: Session, claim: Claim | None, asset: Asset, ticket_id: UUID | None, at: Moment
) -> CoverageDecision:
    """The decision that says what is free: the claim's, the ticket's on this asset, else one made now."""
    if claim is not None:
        known = await one(session, CoverageDecision, claim.decision_id)
    else:
        found = coverage_queries.standing_decision(ticket_id)
        known = None if ticket_id is None else (await session.execute(found)).scalar_one_or_none()
    if known is not None and known.asset_id == asset.id:
        return known
    return await decisions.decide(
        session, asset_id=asset.id, decided_for=at.occurred_at or at.now, at=Moment(at.now)
    )


def _currency(contract: Contract | None, told: str | None) -> str:
    if contract is None:
        return told or DEFAULT_CURRENCY
    if told not in {None, contract.currency}:
        raise Invalid("quote-currency", pointer="#/currency", currency=contract.currency)
    return contract.currency


async def _lines(
    session: Session,
    asset: Asset,
    contract: Contract | None,
    asked: Mapping[str, Any],
    decision: CoverageDecision,
    currency: str,
) -> list[Line]:
    items = [
        *await _parts(session, asked["parts"]),
        *await _work(session, asset, {} if contract is None else contract.rates, asked),
    ]
    if not items:
        raise Invalid("quote-empty", pointer="#/parts")
    return rules.priced(items, decision.by_scope, currency)


async def _parts(session: Session, asked: Iterable[Mapping[str, Any]]) -> list[Item]:
    known = await parts_of(session, {UUID(line["part_id"]) for line in asked})
    items = []
    for number, line in enumerate(asked):
        part = known.get(UUID(line["part_id"]))
        if part is None:
            raise Invalid("part-unknown", pointer=f"#/parts/{number}/part_id")
        told = line["unit_price"]
        price = part.unit_price if told is None else Decimal(told["amount"])
        currency = part.currency if told is None else told["currency"]
        quantity, pointer = Decimal(line["quantity"]), f"#/parts/{number}"
        items.append(Item(LineKind.PART, quantity, price, currency, part.number, pointer, part.id))
    return items


async def _work(
    session: Session, asset: Asset, agreed: Mapping[str, Any], asked: Mapping[str, Any]
) -> list[Item]:
    """Labour, travel and visits by the contract's rates; a told rate only fills what the contract leaves."""
    quantities = {
        LineKind.LABOUR: _decimal(asked["labour_hours"]),
        LineKind.TRAVEL: await _kilometres(session, asset, asked),
        LineKind.VISIT: _decimal(asked["visits"]),
    }
    told = {name: rate for name, rate in asked["rates"].items() if rate is not None}
    for name in told:
        if name in agreed:
            raise Invalid("rate-agreed", pointer=f"#/rates/{name}", rate=agreed[name]["amount"])
    rates = {**told, **agreed}
    return [
        _item(kind, quantity, rates.get(RATE_OF[kind])) for kind, quantity in quantities.items() if quantity
    ]


def _item(kind: LineKind, quantity: Decimal, rate: Mapping[str, str] | None) -> Item:
    pointer = f"#/rates/{RATE_OF[kind]}"
    if rate is None:
        return Item(kind, quantity, None, None, RATE_OF[kind], pointer)
    return Item(kind, quantity, Decimal(rate["amount"]), rate["currency"], RATE_OF[kind], pointer)


async def _kilometres(session: Session, asset: Asset, asked: Mapping[str, Any]) -> Decimal:
    """Kilometres as told; else there and back for every visit, where the site's distance is known."""
    if asked["travel_km"] is not None:
        return _decimal(asked["travel_km"])
    site = await one(session, Site, asset.site_id)
    distance = None if site is None else site.distance_km
    return Decimal(0) if distance is None else _decimal(2 * distance * asked["visits"])


def _decimal(figure: float) -> Decimal:
    return Decimal(str(figure)).quantize(rules.CENT)


def _stored(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "kind": line.item.kind.value,
            "item": line.item.label,
            "part_id": line.item.part_id and str(line.item.part_id),
            "quantity": str(line.item.quantity),
            "unit_price": None if line.item.unit_price is None else str(line.item.unit_price),
            "coverage": line.coverage,
            "amount": str(line.amount.quantize(rules.CENT)),
        }
        for line in lines
    ]


async def update(session: Session, quote_id: UUID, told: Mapping[str, Any], at: Moment) -> Quote:
    """Correct a draft; where other work is asked, it is computed anew, by what is free then.

    Raises:
        NotFound, Conflict: no such quote, another version, it is no draft, or as for ``draft``.
        Invalid: as for ``draft``.
    """
    row = await locked(session, Quote, quote_id, at.version)
    LIFECYCLE.ask("offer", row.state, said_as="update", asker=at.asker)
    previous = amend(row, {**{name: told[name] for name in APART & told.keys()}, "asked": _asked(row, told)})
    if "valid_until" in previous:
        rules.check_valid(row.valid_until, at.now)
    if "asked" in previous:
        await _compute(session, row, at)
    return corrected(session, row, at, lambda: events.QuoteUpdated(**facts(row)))


APART = {"valid_until", "note"}
"""What may be corrected and is no part of what is asked."""


def _asked(row: Quote, told: Mapping[str, Any]) -> dict[str, Any]:
    return {**row.asked, **{name: told[name] for name in row.asked if name in told}}


async def _compute(session: Session, row: Quote, at: Moment) -> None:
    """Price what is asked now, by what is free now."""
    asset = await needed(session, Asset, row.asset_id, "asset-unknown", "#/asset_id")
    claim, contract = await one(session, Claim, row.claim_id), await one(session, Contract, row.contract_id)
    decision = await _decision(session, claim, asset, row.ticket_id, at)
    lines = await _lines(session, asset, contract, row.asked, decision, row.currency)
    row.decision_id, row.lines, row.amount = decision.id, _stored(lines), rules.total(lines)


async def offer(session: Session, quote_id: UUID, at: Moment) -> Quote:
    """The customer may see and accept it.

    Raises:
        Conflict: ``claim-over``.
        Invalid: ``expiry-passed``.
    """
    row, move = await begin(session, Quote, quote_id, LIFECYCLE, "offer", at)
    rules.check_valid(row.valid_until, move.occurred_at)
    row.offered_at = move.occurred_at
    await _check_claim(session, row)
    row.visibility = "public"
    return _told(session, row, move, events.QuoteOffered)


async def _check_claim(session: Session, row: Quote) -> None:
    claim = await one(session, Claim, row.claim_id)
    if claim is not None:
        check_alive(claim)


async def accept(
    session: Session, quote_id: UUID, at: Moment, *, accepted_by: str | None, reference: str | None
) -> Quote:
    """The customer accepts; work may begin.

    That it accepted in time may be told after the quote has expired, by the vendor's desk: the expiry did not
    come to be.

    Raises:
        Conflict: ``quote-expired`` or ``claim-over``.
        Invalid: ``agreement-unnamed``.
    """
    row = await locked(session, Quote, quote_id, at.version)
    caller = session.context.caller
    is_customer = caller.customer_id is not None
    LIFECYCLE.check_permission("accept", caller.roles, is_customer=is_customer)
    move = ask(LIFECYCLE, "accept", row.state, at, floor=row.offered_at or row.state_changed_at)
    rules.check_in_time(row.valid_until, at.now if is_customer else move.occurred_at)
    check_named(accepted_by, is_customer=is_customer)
    was_expired = row.state == QuoteState.EXPIRED
    if was_expired:
        await _check_claim(session, row)
    row.answered_at = move.occurred_at
    row.accepted_by = accepted_by or session.context.caller.subject
    row.acceptance_reference = reference
    return _told(session, row, move, events.QuoteAccepted, was_expired=was_expired)


async def decline(session: Session, quote_id: UUID, at: Moment, *, reason: str | None) -> Quote:
    """The customer does not want it."""
    row, move = await begin(session, Quote, quote_id, LIFECYCLE, "decline", at)
    row.answered_at = move.occurred_at
    row.end_reason = reason
    return _told(session, row, move, events.QuoteDeclined, row.end_reason)


async def withdraw(session: Session, quote_id: UUID, at: Moment, *, reason: str) -> Quote:
    """The vendor takes it back."""
    row, move = await begin(session, Quote, quote_id, LIFECYCLE, "withdraw", at)
    row.end_reason = reason
    return _told(session, row, move, events.QuoteWithdrawn, row.end_reason)


async def withdraw_open(session: Session, claim_id: UUID, at: Moment, *, reason: str) -> None:
    """The claim is rejected or over: what was quoted for it and not answered is taken back.

    Whoever may end the claim needs no leave to take back its quotes besides; it follows.
    """
    for row in await queries.open_quotes_for_update(session, claim_id):
        move = ask(LIFECYCLE, "withdraw", row.state, Moment(at.now), floor=row.state_changed_at)
        row.end_reason = reason
        _told(session, row, move, events.QuoteWithdrawn, row.end_reason)


async def expire_due(session: Session, now: datetime) -> int:
    """End offered quotes that nobody accepted in time; how many there were."""
    due = queries.expired_quotes(now).limit(SWEEP_BATCH).with_for_update(skip_locked=True)
    rows = list((await session.execute(due)).scalars())
    for row in rows:
        at = Moment(now, max(row.valid_until, row.state_changed_at))
        move = ask(LIFECYCLE, "expire", row.state, at, floor=row.state_changed_at)
        _told(session, row, move, events.QuoteExpired)
    return len(rows)


def _told(
    session: Session,
    row: Quote,
    move: Move,
    event: type[events.QuoteEvent],
    note: str | None = None,
    **further: Any,  # noqa: ANN401 - the event's own fields
) -> Quote:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row), **further), note=note)


def facts(row: Quote) -> dict[str, Any]:
    """The facts that every event about a quote carries."""
    names = (name for name in events.QuoteEvent.model_fields if name not in {"quote_id", "amount"})
    return {"quote_id": row.id, "amount": str(row.amount), **{name: getattr(row, name) for name in names}}
