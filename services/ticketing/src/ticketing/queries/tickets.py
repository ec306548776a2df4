"""Questions about tickets and what hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.errors import NotFound
from common.rows import Resource
from common.search import holds
from ticketing.tables import Comment, Consent, Escalation, SupportSession, Ticket, TimelineEntry, Visit

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list of tickets is narrowed by; several values of one filter mean any of them."""

    kind: Sequence[str] = ()
    state: Sequence[str] = ()
    severity: Sequence[int] = ()
    number: str | None = None
    customer_id: UUID | None = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    engineer_id: UUID | None = None
    external_reference: str | None = None
    is_major: bool | None = None
    is_directory_unverified: bool | None = None
    q: str | None = None
    reported_after: datetime | None = None
    reported_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None


def tickets(told: TicketFilter) -> Select[Ticket]:
    """Tickets that fit the filter; periods are half open."""
    found = select(Ticket)
    for name in ("kind", "state", "severity"):
        if values := getattr(told, name):
            found = found.where(getattr(Ticket, name).in_(values))
    for name in (
        "number",
        "customer_id",
        "site_id",
        "asset_id",
        "engineer_id",
        "external_reference",
        "is_major",
        "is_directory_unverified",
    ):
        if (value := getattr(told, name)) is not None:
            found = found.where(getattr(Ticket, name) == value)
    for name in ("reported", "updated"):
        if (after := getattr(told, f"{name}_after")) is not None:
            found = found.where(getattr(Ticket, f"{name}_at") >= after)
        if (before := getattr(told, f"{name}_before")) is not None:
            found = found.where(getattr(Ticket, f"{name}_at") < before)
    if told.q:
        found = found.where(holds(col(Ticket.search_terms), told.q))
    return found


async def one(session: Session, ticket_id: UUID) -> Ticket | None:
    """The ticket, where the caller may see it."""
    return await session.get(Ticket, ticket_id)


async def of_ticket(session: Session, kind: type[R], ticket_id: UUID, row_id: UUID) -> R | None:
    """A child row of the ticket by its id."""
    row = await session.get(kind, row_id)
    return row if row is not None and getattr(row, "ticket_id", None) == ticket_id else None


async def ensure(session: Session, ticket_id: UUID) -> None:
    """The ticket exists for this caller.

    Raises:
        NotFound: it does not.
    """
    if (await session.execute(select(col(Ticket.id)).where(col(Ticket.id) == ticket_id))).first() is None:
        raise NotFound("not-found")


async def by_external_reference(
    session: Session, client_id: str, customer_id: UUID, reference: str
) -> UUID | None:
    """Id of the ticket that ``client_id`` opened for the customer under ``reference``."""
    known = select(col(Ticket.id)).where(
        col(Ticket.external_reference) == reference,
        col(Ticket.client_id) == client_id,
        col(Ticket.customer_id) == customer_id,
    )
    return (await session.execute(known)).scalar_one_or_none()


def comments(ticket_id: UUID) -> Select[Comment]:
    """Comments on the ticket that the caller may read."""
    return select(Comment).where(col(Comment.ticket_id) == ticket_id)


def timeline(ticket_id: UUID) -> Select[TimelineEntry]:
    """What happened to the ticket, as far as the caller may read it."""
    return select(TimelineEntry).where(col(TimelineEntry.ticket_id) == ticket_id)


def consents(ticket_id: UUID) -> Select[Consent]:
    """Consents to remote access on the ticket."""
    return select(Consent).where(col(Consent.ticket_id) == ticket_id)


def support_sessions(ticket_id: UUID) -> Select[SupportSession]:
    """Hotline and remote sessions on the ticket."""
    return select(SupportSession).where(col(SupportSession.ticket_id) == ticket_id)


def escalations(ticket_id: UUID) -> Select[Escalation]:
    """Steps of the ladder that the ticket climbed."""
    return select(Escalation).where(col(Escalation.ticket_id) == ticket_id)


def visits(*, ticket_id: UUID | None, engineer_id: UUID | None, state: Sequence[str]) -> Select[Visit]:
    """Visits by ticket, engineer and state."""
    found = select(Visit)
    if ticket_id is not None:
        found = found.where(col(Visit.ticket_id) == ticket_id)
    if engineer_id is not None:
        found = found.where(col(Visit.engineer_id) == engineer_id)
    return found.where(col(Visit.state).in_(state)) if state else found


async def visit(session: Session, visit_id: UUID) -> Visit | None:
    """The visit, where the caller may see it."""
    return await session.get(Visit, visit_id)
