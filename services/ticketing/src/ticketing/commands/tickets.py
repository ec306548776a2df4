"""Tickets opened, corrected, settled and taken up again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Conflict, Forbidden
from common.locking import locked
from common.moves import Moment, Move, ask, audit, changes, made
from common.numbers import number_of
from common.outbox import publish
from common.search import terms
from ticketing.commands import dispatch
from ticketing.commands.directory import keep_all, learn_all
from ticketing.commands.moves import announce, begin, facts, remember, tell
from ticketing.commands.texts import clean, cleaned
from ticketing.commands.verification import correct, place, plain
from ticketing.domain import directory
from ticketing.domain import tickets as rules
from ticketing.domain.directory import Known, Told, judge
from ticketing.domain.settling import check_inspection
from ticketing.domain.severity import SUGGESTED_ROUTE
from ticketing.domain.tickets import NewTicket, ResponseCase
from ticketing.policy import POLICY
from ticketing.queries import directory as directory_queries
from ticketing.queries import tickets as queries
from ticketing.tables import Ticket

SIGNED_IN = "已登录客户门户 / Signed in to the portal"

DISSATISFIED = "客户对上门服务不满意 / The customer is not satisfied with the visit"
"""Why a ticket is reopened that was resolved before the customer said so."""

REOPENING = timedelta(days=POLICY.reopen_within_days)

PLACING = frozenset({"site_id", "asset_id", "locality", "distance_km", "reporter_contact_id"})
"""What is held against the directory when it changes."""

FACT_FIELDS = PLACING | {"failed_at", "is_directory_unverified", "is_reporter_unverified"}


async def open_(
    session: Session,
    told: NewTicket,
    at: Moment,
    *,
    number: str,
    known: Known,
    looked_up: Known,
) -> Ticket:
    """Open a ticket under ``number``, as of its report.

    Args:
        session: the unit of work.
        told: the report.
        at: when it is said.
        number: the ticket's number.
        known: what the directory says of the ids that the report names.
        looked_up: what of it came from the directory's owner and is not in the replica yet.

    Raises:
        Forbidden: a customer's caller opens for another organisation, or states what the vendor does.
        Invalid: the report or the failure lies in the future, or the failure after the report; or the ids
            contradict each other.
        Conflict: ``external-reference-taken`` with the id of the ticket that has it.
    """
    caller = session.context.caller
    is_customer = caller.customer_id is not None
    if caller.customer_id not in (None, told.customer_id):
        raise Forbidden("customer-confined", pointer="#/customer_id")
    rules.check_stated(told.vendors_part, is_customer=is_customer)
    rules.check_told_now(told.reported_at, at.now, is_customer=is_customer)
    rules.check_report(told.reported_at, told.failed_at, at.now)
    directory.check(told.named, known, is_customer=is_customer)
    await _refuse_known(session, told)
    await learn_all(session, looked_up, at.now)
    return put(session, told, at, number=number, known=known, verified_how=SIGNED_IN if is_customer else None)


def put(
    session: Session, told: NewTicket, at: Moment, *, number: str, known: Known, verified_how: str | None
) -> Ticket:
    """Write a new ticket down, with what the directory says of it, and announce it.

    Args:
        session: the unit of work.
        told: the report, found sound.
        at: when it is said.
        number: the ticket's number.
        known: what the directory says of the ids; what contradicts them is flagged.
        verified_how: how it is known that the reporter may report; ``None`` where it is not.
    """
    ticket = _new(session, told, number, at.now)
    ticket.is_reporter_unverified, ticket.reporter_verified_how = verified_how is None, verified_how
    place(ticket, judge(told.named, known, Told(told.locality, told.distance_km, told.reported_at)))
    opened = events.TicketOpened(**facts(ticket))
    publish(session, opened, of=ticket, occurred_at=told.reported_at, now=at.now)
    remember(session, ticket, opened.type, told.reported_at, at.now, {"channel": ticket.channel})
    audit(session, "open", ticket, at.now)
    return ticket


async def called_for(session: Session, told: NewTicket, at: Moment, *, verified_how: str) -> Ticket:
    """Open a ticket that another service calls for; its ids come from their owner and are not refused."""
    number = await number_of(session, f"{rules.PREFIXES[told.kind]}-{told.reported_at.year}")
    known = await directory_queries.known(session, told.named)
    return put(session, told, at, number=number, known=known, verified_how=verified_how)


async def _refuse_known(session: Session, told: NewTicket) -> None:
    if told.external_reference is None:
        return
    client_id = session.context.caller.client_id
    known = await queries.by_external_reference(session, client_id, told.customer_id, told.external_reference)
    if known is not None:
        raise Conflict("external-reference-taken", pointer="#/external_reference", existing_id=str(known))


def _new(session: Session, told: NewTicket, number: str, now: datetime) -> Ticket:
    title, in_title = clean(told.title)
    description, in_description = clean(told.description)
    return made(
        session,
        Ticket,
        now,
        customer_id=told.customer_id,
        number=number,
        kind=told.kind,
        state=rules.LIFECYCLE.initial,
        state_changed_at=told.reported_at,
        title=title,
        description=description,
        channel=told.channel,
        severity=told.severity,
        response_case=ResponseCase.NORMAL,
        route=told.route or SUGGESTED_ROUTE[told.kind, told.severity],
        site_id=told.site_id,
        asset_id=told.asset_id,
        reporter_contact_id=told.reporter_contact_id,
        is_reporter_unverified=True,
        is_directory_unverified=True,
        directory_issues=[],
        locality=told.locality,
        distance_km=told.distance_km,
        external_reference=told.external_reference,
        client_id=session.context.caller.client_id,
        coverage_reasons=[],
        tags=list(told.tags),
        masked_secrets=sorted({*in_title, *in_description}),
        search_terms=terms(f"{title} {description}", number, told.external_reference or ""),
        is_major=told.is_major,
        failed_at=told.failed_at,
        reported_at=told.reported_at,
        routine_inspection_id=told.routine_inspection_id,
        awaits_inspection=told.routine_inspection_id is not None,
    )


async def update(
    session: Session, ticket_id: UUID, told: Mapping[str, Any], at: Moment, *, looked_up: Known
) -> Ticket:
    """Correct or complete what was stated about a ticket that is not settled.

    Args:
        session: the unit of work.
        ticket_id: the ticket.
        told: the fields that change.
        at: when it is said.
        looked_up: what the directory's owner said of ids that the replica does not know.

    Raises:
        Forbidden: ``field-is-the-vendors``, told by a customer's caller.
        Conflict: another version, or ``ticket-settled``.
        Invalid: ``failed-after-report``, or the ids contradict each other.
    """
    is_customer = session.context.caller.customer_id is not None
    if PLACING & told.keys():
        await keep_all(session, looked_up, at.now)  # the directory before any ticket, as its news take them
    ticket = await locked(session, Ticket, ticket_id, at.version)
    rules.check_stated(told, is_customer=is_customer)
    rules.check_editable(ticket.state)
    rules.check_report(ticket.reported_at, told.get("failed_at", ticket.failed_at), at.now)
    before = {name: getattr(ticket, name) for name in FACT_FIELDS}
    found = set(ticket.masked_secrets)
    for name, value in told.items():
        setattr(ticket, name, _cleaned_into(found, name, value))
    ticket.masked_secrets = sorted(found)
    ticket.search_terms = terms(
        f"{ticket.title} {ticket.description}", ticket.number, ticket.external_reference or ""
    )
    if PLACING & told.keys():
        await correct(session, ticket, before, told)
    if not changes(session, ticket):
        return ticket
    previous = plain({name: value for name, value in before.items() if getattr(ticket, name) != value})
    tell(session, ticket, events.TicketDetailsChanged, at.now, at.now, previous=previous)
    audit(session, "update", ticket, at.now)
    return ticket


def _cleaned_into(found: set[str], name: str, value: Any) -> Any:  # noqa: ANN401 - a column's value
    if name not in ("title", "description"):
        return value
    text, findings = clean(value)
    found.update(findings)
    return text


async def resolve(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    cause_code: str,
    fix: str,
    prevention: str | None,
) -> Ticket:
    """The matter is solved, with its cause and fix; visits still to come are called off (§1.2.1.6, §1.2.6).

    Raises:
        Conflict: ``inspection-settles-it``, ``engineer-on-site`` or ``session-running``.
        Invalid: ``prevention-required`` at levels 1 and 2.
    """
    ticket, move = await begin(session, ticket_id, "resolve", at)
    _check_inspection(session, ticket)
    rules.check_resolution(ticket.severity, prevention)
    await dispatch.settle(session, ticket, move)
    ticket.cause_code, ticket.fix, ticket.prevention = cause_code, cleaned(fix), cleaned(prevention)
    ticket.resolved_at, ticket.waiting_reason = move.occurred_at, None
    return announce(session, ticket, move, events.TicketResolved, cause_code=cause_code)


async def close(session: Session, ticket_id: UUID, at: Moment) -> Ticket:
    """Nothing is left to do."""
    ticket, move = await begin(session, ticket_id, "close", at)
    ticket.closed_at = move.occurred_at
    return announce(session, ticket, move, events.TicketClosed)


async def reopen(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Ticket:
    """The matter came back; a visit that resolving it called off is asked for again.

    Raises:
        Conflict: ``reopen-too-late``.
    """
    ticket, move = await begin(session, ticket_id, "reopen", at)
    rules.check_reopening(ticket.resolved_at or ticket.state_changed_at, REOPENING, move.occurred_at)
    return await _reopened(session, ticket, move, note=cleaned(reason))


async def take_up_again(session: Session, ticket: Ticket, cause: Move) -> Move:
    """Reopen the locked ticket, if it is settled, for a customer who is not satisfied with a visit (§1.2.4).

    Args:
        session: the unit of work.
        ticket: the locked row.
        cause: the customer's word.

    Returns:
        ``cause`` as of when the ticket is open again, for what follows from it.

    Raises:
        Conflict: ``dissatisfaction-too-late``.
    """
    if ticket.state in rules.OPEN.split():
        return cause
    since = ticket.state_changed_at
    then = max(cause.occurred_at, since)
    rules.check_dissatisfaction(ticket.state, ticket.resolved_at or since, REOPENING, then)
    at = Moment(max(cause.now, then), then)
    move = ask(rules.LIFECYCLE, "reopen", ticket.state, at, floor=since)
    await _reopened(session, ticket, move, note=DISSATISFIED)
    return replace(cause, occurred_at=then)


async def _reopened(session: Session, ticket: Ticket, move: Move, *, note: str | None) -> Ticket:
    ticket.resolved_at = ticket.closed_at = ticket.restored_at = None
    ticket.reopened_at, ticket.reopened_count = move.occurred_at, ticket.reopened_count + 1
    announce(session, ticket, move, events.TicketReopened, note=note)
    await dispatch.ask_again(session, ticket, move)
    return ticket


async def cancel(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    reason: str,
) -> Ticket:
    """The ticket is withdrawn; visits still to come are called off.

    Raises:
        Forbidden: ``inspection-is-agreed``, told a customer.
        Conflict: ``inspection-settles-it``, ``engineer-on-site`` or ``session-running``.
    """
    ticket, move = await begin(session, ticket_id, "cancel", at)
    _check_inspection(session, ticket)
    await dispatch.settle(session, ticket, move)
    ticket.cancelled_at, ticket.waiting_reason = move.occurred_at, None
    return announce(session, ticket, move, events.TicketCancelled, note=cleaned(reason))


def _check_inspection(session: Session, ticket: Ticket) -> None:
    check_inspection(
        ticket.routine_inspection_id,
        awaits_inspection=ticket.awaits_inspection,
        is_customer=session.context.caller.customer_id is not None,
    )
