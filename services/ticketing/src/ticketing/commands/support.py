"""Consents and support sessions (§1.2.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.ids import new_id
from common.locking import locked
from common.rows import fresh
from ticketing.commands import dispatch
from ticketing.commands.moves import ask, audit, tell, touch
from ticketing.commands.texts import cleaned
from ticketing.domain import support as rules
from ticketing.domain import tickets as ticket_rules
from ticketing.domain.support import Outcome, SessionKind
from ticketing.tables import Consent, SupportSession, Ticket


async def grant_consent(
    session: Session,
    ticket_id: UUID,
    *,
    granted_by: str,
    scope: str,
    granted_at: datetime | None,
    expires_at: datetime,
    access_reference: str | None,
    now: datetime,
) -> Consent:
    """Record that the customer allows remote access, by whom, for what and until when.

    Raises:
        Invalid: ``occurred-in-future`` or ``consent-period``.
    """
    ticket = await locked(session, Ticket, ticket_id)
    rules.check_consent_period(granted_at or now, expires_at, now)
    by = session.context.caller.subject
    consent = fresh(
        Consent,
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=by,
        updated_by=by,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        granted_by=granted_by,
        scope=scope,
        granted_at=granted_at or now,
        expires_at=expires_at,
        access_reference=cleaned(access_reference),
    )
    session.insert(consent)
    tell(
        session,
        ticket,
        events.ConsentGranted,
        consent.granted_at,
        now,
        consent_id=consent.id,
        expires_at=expires_at,
    )
    audit(session, "consent", "grant", consent, now)
    return consent


async def start(
    session: Session,
    ticket_id: UUID,
    *,
    kind: str,
    engineer_id: UUID | None,
    consent_id: UUID | None,
    started_at: datetime | None,
    now: datetime,
) -> SupportSession:
    """Begin a hotline or remote session; a remote one under a consent in force.

    Raises:
        Conflict: the ticket is settled, ``reporter-unverified`` or ``consent-required``.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    ticket_rules.LIFECYCLE.ask("assign", ticket.state)
    begun_at = started_at or now
    ticket_rules.check_time(begun_at, not_before=ticket.reported_at, now=now)
    consent = await _consent(session, ticket, consent_id)
    if kind == SessionKind.REMOTE:
        rules.check_remote(
            is_reporter_unverified=ticket.is_reporter_unverified,
            consent=None if consent is None else (consent.granted_at, consent.expires_at),
            started_at=begun_at,
        )
    by = session.context.caller.subject
    row = fresh(
        SupportSession,
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=by,
        updated_by=by,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        kind=kind,
        state=rules.LIFECYCLE.initial,
        state_changed_at=begun_at,
        engineer_id=engineer_id,
        consent_id=consent_id,
        started_at=begun_at,
    )
    session.insert(row)
    tell(session, ticket, events.SupportSessionStarted, begun_at, now, session_id=row.id, session_kind=kind)
    audit(session, "support_session", "start", row, now)
    return row


async def _consent(session: Session, ticket: Ticket, consent_id: UUID | None) -> Consent | None:
    if consent_id is None:
        return None
    named = select(Consent).where(col(Consent.id) == consent_id, col(Consent.ticket_id) == ticket.id)
    consent = (await session.execute(named)).scalar_one_or_none()
    if consent is None:
        raise NotFound("consent-not-found", pointer="#/consent_id")
    return consent


async def end(
    session: Session,
    ticket_id: UUID,
    session_id: UUID,
    *,
    outcome: str,
    actions: str,
    version: int | None,
    occurred_at: datetime | None,
    now: datetime,
) -> SupportSession:
    """End a session; a remote one that failed makes the ticket on-site required as of its end (§1.2.4).

    Raises:
        Conflict: another version, or the session has ended.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    row = await locked(session, SupportSession, session_id, version)
    if row.ticket_id != ticket_id:
        raise NotFound("not-found")
    move = ask(rules.LIFECYCLE, "end", row.state, floor=row.started_at, occurred_at=occurred_at, now=now)
    row.state, row.state_changed_at = move.transition.lands_in(row.state), move.occurred_at
    row.ended_at, row.outcome, row.actions = move.occurred_at, outcome, cleaned(actions)
    touch(session, row, now)
    audit(session, "support_session", "end", row, now)
    tell(
        session,
        ticket,
        events.SupportSessionEnded,
        move.occurred_at,
        now,
        note=row.actions,
        session_id=row.id,
        session_kind=row.kind,
        outcome=outcome,
    )
    if row.kind == SessionKind.REMOTE and outcome == Outcome.FAILED:
        await _send_somebody(session, ticket, move.occurred_at, now)
    return row


async def _send_somebody(session: Session, ticket: Ticket, ended_at: datetime, now: datetime) -> None:
    if ticket.state not in ticket_rules.OPEN.split():
        return
    floor = ticket.reported_at
    move = ask(
        ticket_rules.LIFECYCLE, "requireOnsite", ticket.state, floor=floor, occurred_at=ended_at, now=now
    )
    await dispatch.need_onsite(session, ticket, move, note="remote session failed")
