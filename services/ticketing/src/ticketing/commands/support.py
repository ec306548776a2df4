"""Consents and support sessions (§1.2.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.errors import NotFound
from common.locking import locked
from common.moves import Moment, ask, audit, check_time, land, made, touch
from ticketing.commands import dispatch, inspections
from ticketing.commands.moves import tell
from ticketing.commands.texts import cleaned
from ticketing.domain import support as rules
from ticketing.domain import tickets as ticket_rules
from ticketing.domain.support import Outcome, SessionKind
from ticketing.tables import Consent, SupportSession, Ticket


async def grant_consent(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    granted_by: str,
    scope: str,
    granted_at: datetime | None,
    expires_at: datetime,
    access_reference: str | None,
) -> Consent:
    """Record that the customer allows remote access, by whom, for what and until when.

    Raises:
        Invalid: ``occurred-in-future`` or ``consent-period``.
    """
    ticket = await locked(session, Ticket, ticket_id)
    rules.check_consent_period(granted_at or at.now, expires_at, at.now)
    consent = made(
        session,
        Consent,
        at.now,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        granted_by=granted_by,
        scope=scope,
        granted_at=granted_at or at.now,
        expires_at=expires_at,
        access_reference=cleaned(access_reference),
    )
    tell(
        session,
        ticket,
        events.ConsentGranted,
        consent.granted_at,
        at.now,
        consent_id=consent.id,
        expires_at=expires_at,
    )
    audit(session, "grant", consent, at.now)
    return consent


async def start(
    session: Session,
    ticket_id: UUID,
    at: Moment,
    *,
    kind: str,
    engineer_id: UUID | None,
    consent_id: UUID | None,
    started_at: datetime | None,
) -> SupportSession:
    """Begin a hotline or remote session; a remote one under a consent in force.

    Raises:
        Conflict: the ticket is settled, ``reporter-unverified`` or ``consent-required``.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    ticket_rules.LIFECYCLE.ask("assign", ticket.state, said_as="startSupportSession", asker=at.asker)
    begun_at = started_at or at.now
    check_time(begun_at, not_before=ticket.reported_at, now=at.now, field="started_at")
    consent = await _consent(session, ticket, consent_id)
    if kind == SessionKind.REMOTE:
        rules.check_remote(
            is_reporter_unverified=ticket.is_reporter_unverified,
            consent=None if consent is None else (consent.granted_at, consent.expires_at),
            started_at=begun_at,
        )
    row = made(
        session,
        SupportSession,
        at.now,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        kind=kind,
        state=rules.LIFECYCLE.initial,
        state_changed_at=begun_at,
        engineer_id=engineer_id,
        consent_id=consent_id,
        started_at=begun_at,
    )
    ticket.at_work_count += 1
    tell(
        session, ticket, events.SupportSessionStarted, begun_at, at.now, session_id=row.id, session_kind=kind
    )
    audit(session, "start", row, at.now)
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
    at: Moment,
    *,
    outcome: str,
    actions: str,
) -> SupportSession:
    """End a session; a remote one that failed makes the ticket on-site required as of its end (§1.2.4).

    Raises:
        Conflict: another version, or the session has ended.
        Invalid: the time told cannot be true.
    """
    ticket = await locked(session, Ticket, ticket_id)
    row = await locked(session, SupportSession, session_id, at.version)
    if row.ticket_id != ticket_id:
        raise NotFound("not-found")
    move = ask(rules.LIFECYCLE, "end", row.state, at, floor=row.started_at)
    land(row, move)
    ticket.at_work_count -= 1
    row.ended_at, row.outcome, row.actions = move.occurred_at, outcome, cleaned(actions)
    touch(session, row, at.now)
    audit(session, "end", row, at.now)
    tell(
        session,
        ticket,
        events.SupportSessionEnded,
        move.occurred_at,
        at.now,
        note=row.actions,
        session_id=row.id,
        session_kind=row.kind,
        outcome=outcome,
    )
    if row.kind == SessionKind.REMOTE and outcome == Outcome.FAILED:
        await _send_somebody(session, ticket, Moment(at.now, move.occurred_at))
    await inspections.departed(session, ticket, move)
    return row


async def _send_somebody(session: Session, ticket: Ticket, ended: Moment) -> None:
    move = ask(ticket_rules.LIFECYCLE, "requireOnsite", ticket.state, ended, floor=ticket.reported_at)
    await dispatch.need_onsite(session, ticket, move, note=rules.REMOTE_FAILED)
