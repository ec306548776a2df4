"""Remarks on a ticket."""

from uuid import UUID

from common.contracts import ticketing as events
from common.db import Session
from common.errors import Forbidden
from common.locking import locked
from common.moves import Moment, audit, made
from ticketing.commands.moves import tell
from ticketing.commands.texts import clean
from ticketing.tables import Comment, Ticket


async def add(session: Session, ticket_id: UUID, at: Moment, *, body: str, visibility: str) -> Comment:
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
    comment = made(
        session,
        Comment,
        at.now,
        customer_id=ticket.customer_id,
        ticket_id=ticket_id,
        visibility=visibility,
        body=text,
        masked_secrets=findings,
    )
    tell(
        session,
        ticket,
        events.TicketCommentAdded,
        at.now,
        at.now,
        shown=visibility,
        comment_id=comment.id,
        visibility=visibility,
    )
    audit(session, "add", comment, at.now)
    return comment
