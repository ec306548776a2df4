"""Remarks on a ticket."""

from datetime import datetime
from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Forbidden
from common.ids import new_id
from common.locking import locked
from common.rows import fresh
from ticketing.commands.moves import audit, tell
from ticketing.commands.texts import clean
from ticketing.tables import Comment, Ticket


async def add(session: Session, ticket_id: UUID, *, body: str, visibility: str, now: datetime) -> Comment:
    """Comment on a ticket; secrets in the text are masked.

    Raises:
        NotFound: no such ticket for this caller.
        Forbidden: a customer's user writes an internal comment.
    """
    caller = session.context.caller
    if caller.customer_id is not None and visibility != "public":
        raise Forbidden("internal-comments-are-the-vendors", pointer="#/visibility")
    ticket = await locked(session, Ticket, ticket_id)
    text, findings = clean(body)
    comment = fresh(
        Comment,
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=caller.subject,
        updated_by=caller.subject,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        visibility=visibility,
        body=text,
        masked_secrets=findings,
    )
    session.insert(comment)
    tell(
        session,
        ticket,
        events.TicketCommentAdded,
        now,
        now,
        shown=visibility,
        comment_id=comment.id,
        visibility=visibility,
    )
    audit(session, "comment", "add", comment, now)
    return comment
