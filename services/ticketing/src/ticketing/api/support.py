"""Consents to remote access and support sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import (
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Prose,
    Shape,
    Text,
    sortable,
)
from common.web.told import Act, Name
from common.web.work import Work
from ticketing.api.told import EngineerId
from ticketing.commands import support as commands
from ticketing.domain.support import LIFECYCLE, ConsentScope, Outcome, SessionKind, SessionState
from ticketing.queries import tickets as queries
from ticketing.tables import Consent, SupportSession

routes = Routes(
    "support sessions", "Help by hotline or remote access, and the customer's consent to the latter."
)

CONSENTS = "/v1/tickets/{ticket_id:uuid}/consents"
SESSIONS = "/v1/tickets/{ticket_id:uuid}/support-sessions"
CONSENT_SORTS = Sorts(Consent.id, {"granted_at": Consent.granted_at})
SESSION_SORTS = Sorts(SupportSession.id, {"started_at": SupportSession.started_at})


class ConsentCreate(Shape):
    """Who allows remote access, for what and until when."""

    granted_by: Name
    scope: ConsentScope
    granted_at: Annotated[Maybe[Occasion], Field(description="Left out: now.")] = None
    expires_at: Annotated[Occasion, Field(examples=["2027-01-01T00:00:00Z"])]
    access_reference: Annotated[
        Maybe[Annotated[str, Text(300)]],
        Field(description="Where the access details are kept; never the details."),
    ] = None


class ConsentOut(OutShape):
    """A consent to remote access."""

    id: UUID
    ticket_id: UUID
    granted_by: str
    scope: ConsentScope
    granted_at: OutInstant
    expires_at: OutInstant
    access_reference: str | None
    version: int
    created_at: OutInstant
    created_by: str


class ConsentPage(Page[ConsentOut]):
    """A page of consents."""


class ConsentQuery(ListQuery):
    """Paging of consents."""

    sort: Annotated[str, sortable("granted_at")] = "granted_at"


class SupportSessionCreate(Shape):
    """A session that begins; a remote one names its consent."""

    kind: SessionKind
    engineer_id: Maybe[EngineerId] = None
    consent_id: Maybe[UUID] = None
    started_at: Annotated[Maybe[Occasion], Field(description="Left out: now.")] = None


class EndSupportSession(Act):
    """What the session came to."""

    outcome: Outcome
    actions: Annotated[str, Prose(10_000), Field(examples=["Restarted the line card; no change."])]


class SupportSessionOut(OutShape):
    """A support session."""

    id: UUID
    ticket_id: UUID
    kind: SessionKind
    state: SessionState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    engineer_id: UUID | None
    consent_id: UUID | None
    started_at: OutInstant
    ended_at: OutInstant | None
    actions: str | None
    outcome: Outcome | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant

    @classmethod
    def of(cls, row: SupportSession) -> "SupportSessionOut":
        """The session with what may be done with it."""
        return cls.model_validate({**vars(row), "allowed_actions": LIFECYCLE.allowed(row.state)})


class SupportSessionPage(Page[SupportSessionOut]):
    """A page of support sessions."""


class SupportSessionQuery(ListQuery):
    """Paging of support sessions."""

    sort: Annotated[str, sortable("started_at")] = "started_at"


@routes.create(CONSENTS, "consents.write", ConsentOut)
async def create_ticket_consent(work: Work, ticket_id: UUID, body: ConsentCreate) -> Response:
    """Record the customer's consent to remote access."""
    return await work.write(
        lambda s: commands.grant_consent(s, ticket_id, work.at(), **dict(body)),
        ConsentOut.model_validate,
        status=201,
    )


@routes.list(CONSENTS, "consents.read", ConsentPage)
async def list_ticket_consents(
    work: Work, ticket_id: UUID, filters: Annotated[ConsentQuery, Query()]
) -> Response:
    """Consents on a ticket."""
    return await work.page(
        queries.consents(ticket_id),
        CONSENT_SORTS,
        filters,
        ConsentOut.model_validate,
        given=lambda s: queries.ensure(s, ticket_id),
    )


@routes.create(SESSIONS, "sessions.write", SupportSessionOut, conflicts=True)
async def create_ticket_support_session(work: Work, ticket_id: UUID, body: SupportSessionCreate) -> Response:
    """Begin a session; a remote one needs a verified reporter and a consent in force."""
    return await work.write(
        lambda s: commands.start(s, ticket_id, work.at(), **dict(body)), SupportSessionOut.of, status=201
    )


@routes.list(SESSIONS, "sessions.read", SupportSessionPage)
async def list_ticket_support_sessions(
    work: Work, ticket_id: UUID, filters: Annotated[SupportSessionQuery, Query()]
) -> Response:
    """Sessions on a ticket."""
    return await work.page(
        queries.support_sessions(ticket_id),
        SESSION_SORTS,
        filters,
        SupportSessionOut.of,
        given=lambda s: queries.ensure(s, ticket_id),
    )


@routes.get(f"{SESSIONS}/{{session_id:uuid}}", "sessions.read", SupportSessionOut)
async def get_ticket_support_session(work: Work, ticket_id: UUID, session_id: UUID) -> Response:
    """One session."""
    return await work.read(
        lambda s: queries.of_ticket(s, SupportSession, ticket_id, session_id), SupportSessionOut.of
    )


@routes.action(f"{SESSIONS}/{{session_id:uuid}}:end", "sessions.write", SupportSessionOut)
async def end_ticket_support_session(
    work: Work, ticket_id: UUID, session_id: UUID, body: EndSupportSession
) -> Response:
    """End a session; a remote one that failed makes the ticket on-site required as of its end."""
    return await work.write(
        lambda s: commands.end(
            s, ticket_id, session_id, work.at(body.occurred_at), outcome=body.outcome, actions=body.actions
        ),
        SupportSessionOut.of,
    )
