"""What inspections found becomes an incident, once, or is added to the one that is open."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.contracts import ticketing as events
from common.db import Session
from common.locking import one_at_a_time
from common.moves import Moment, audit
from common.rows import fresh
from ticketing.commands.moves import tell
from ticketing.commands.tickets import called_for
from ticketing.domain import findings as rules
from ticketing.domain.findings import Anomaly, Known
from ticketing.domain.tickets import OPEN, Channel, Kind, NewTicket
from ticketing.tables import Finding, Ticket

INSPECTED = "由供应商巡检发现 / Found by the vendor's own inspection"
"""How the reporter of such an incident is known."""


async def take_up(session: Session, anomaly: Anomaly, known: Known, now: datetime) -> None:
    """Open an incident for what an inspection found, or add it to the open one about the same item (§1.2.7).

    A finding counts once, however often it is told; findings about one item are taken one after the other.
    """
    await one_at_a_time(session, f"finding:{anomaly.thing_id}:{anomaly.item}")
    if await session.get(Finding, anomaly.finding_id) is not None:
        return
    ticket = await _open_about(session, anomaly)
    if ticket is None:
        ticket = await called_for(session, _report(anomaly, known), Moment(now), verified_how=INSPECTED)
    else:
        _add(session, ticket, anomaly, now)
    told = {name: value for name, value in asdict(anomaly).items() if name != "finding_id"}
    row = fresh(Finding, **told, id=anomaly.finding_id, thing_id=anomaly.thing_id, ticket_id=ticket.id)
    session.insert(row)


async def _open_about(session: Session, anomaly: Anomaly) -> Ticket | None:
    """The open ticket about the same item of the same thing, locked; the oldest where there are several.

    A ticket that was merged goes on in the one that it was merged into.
    """
    found = (
        select(Ticket)
        .where(col(Ticket.id).in_(_tickets_about(anomaly)), col(Ticket.state).in_(OPEN.split()))
        .order_by(col(Ticket.id))
        .limit(1)
        .with_for_update(of=Ticket)
    )
    return (await session.execute(found)).scalars().first()


def _tickets_about(anomaly: Anomaly) -> Select[UUID]:
    """Ids of the tickets that hold such findings, and of those that they were merged into, step by step."""
    ids = col(Ticket.id), col(Ticket.merged_into_id)
    about = (
        select(*ids)
        .join(Finding, col(Finding.ticket_id) == col(Ticket.id))
        .where(col(Finding.thing_id) == anomaly.thing_id, col(Finding.item) == anomaly.item)
        .cte("about", recursive=True)
    )
    about = about.union(select(*ids).join(about, col(Ticket.id) == about.c.merged_into_id))
    return select(about.c.id)


def _report(anomaly: Anomaly, known: Known) -> NewTicket:
    return NewTicket(
        kind=Kind.INCIDENT,
        title=rules.title(anomaly, known),
        description=rules.description(anomaly, known),
        channel=Channel.INSPECTION,
        severity=anomaly.severity,
        customer_id=anomaly.customer_id,
        reported_at=anomaly.found_at,
        site_id=anomaly.site_id,
        asset_id=anomaly.asset_id,
        tags=("inspection_anomaly",),
    )


def _add(session: Session, ticket: Ticket, anomaly: Anomaly, now: datetime) -> None:
    """The locked ticket has another finding; a graver one raises its level."""
    tell(
        session,
        ticket,
        events.TicketFindingAdded,
        anomaly.found_at,
        now,
        finding_id=anomaly.finding_id,
        inspection_id=anomaly.inspection_id,
        item=anomaly.item,
        value=anomaly.value,
        unit=anomaly.unit,
    )
    if rules.graver(anomaly.severity, ticket.severity):
        previous = {"severity": ticket.severity}
        ticket.severity = anomaly.severity
        tell(session, ticket, events.TicketSeverityChanged, now, now, previous=previous)
    audit(session, "addFinding", ticket, now)
