"""Actions on tickets: every verb is a route of its own."""

from collections.abc import Callable
from uuid import UUID

from starlette.responses import Response

from common.web.routes import Routes
from common.web.told import NOW, Act, ActWithReason
from common.web.work import Work
from ticketing.api.ticket_shapes import (
    AssignTicket,
    ChangeRoute,
    ChangeSeverity,
    EscalateTicket,
    MergeTicket,
    ResolveTicket,
    SetResponseCase,
    TicketOut,
    VerifyReporter,
    WaitTicket,
)
from ticketing.commands import handling, merging, tickets
from ticketing.tables import Ticket

routes = Routes(
    "ticket actions", "What may be done with a ticket; `allowed_actions` of the ticket says what now."
)
PATH = "/v1/tickets/{ticket_id:uuid}"


def _shown(work: Work) -> Callable[[Ticket], TicketOut]:
    return lambda row: TicketOut.of(row, work.caller)


@routes.action(f"{PATH}:acknowledge", "tickets.write", TicketOut)
async def acknowledge_ticket(work: Work, ticket_id: UUID, body: Act = NOW) -> Response:
    """Record that the customer got the first response."""
    return await work.write(
        lambda s: handling.acknowledge(s, ticket_id, work.at(body.occurred_at)),
        _shown(work),
    )


@routes.action(f"{PATH}:start", "tickets.write", TicketOut)
async def start_ticket(work: Work, ticket_id: UUID, body: Act = NOW) -> Response:
    """Begin work."""
    return await work.write(
        lambda s: handling.start(s, ticket_id, work.at(body.occurred_at)),
        _shown(work),
    )


@routes.action(f"{PATH}:wait", "tickets.write", TicketOut)
async def wait_ticket(work: Work, ticket_id: UUID, body: WaitTicket) -> Response:
    """Let work wait for somebody else."""
    return await work.write(
        lambda s: handling.wait(s, ticket_id, work.at(body.occurred_at), reason=body.reason, note=body.note),
        _shown(work),
    )


@routes.action(f"{PATH}:resume", "tickets.write", TicketOut)
async def resume_ticket(work: Work, ticket_id: UUID, body: Act = NOW) -> Response:
    """Go on after waiting."""
    return await work.write(
        lambda s: handling.resume(s, ticket_id, work.at(body.occurred_at)),
        _shown(work),
    )


@routes.action(f"{PATH}:changeSeverity", "tickets.write", TicketOut)
async def change_ticket_severity(work: Work, ticket_id: UUID, body: ChangeSeverity) -> Response:
    """Set the fault level anew."""
    return await work.write(
        lambda s: handling.change_severity(
            s, ticket_id, work.at(body.occurred_at), severity=body.severity, reason=body.reason
        ),
        _shown(work),
    )


@routes.action(f"{PATH}:changeRoute", "tickets.write", TicketOut)
async def change_ticket_route(work: Work, ticket_id: UUID, body: ChangeRoute) -> Response:
    """Choose another support route."""
    return await work.write(
        lambda s: handling.change_route(
            s, ticket_id, work.at(body.occurred_at), route=body.route, reason=body.reason
        ),
        _shown(work),
    )


@routes.action(f"{PATH}:requireOnsite", "tickets.write", TicketOut)
async def require_ticket_onsite(work: Work, ticket_id: UUID, body: ActWithReason) -> Response:
    """Say that an engineer is needed on site; a visit is asked for."""
    return await work.write(
        lambda s: handling.require_onsite(s, ticket_id, work.at(body.occurred_at), reason=body.reason),
        _shown(work),
    )


@routes.action(f"{PATH}:assign", "tickets.write", TicketOut)
async def assign_ticket(work: Work, ticket_id: UUID, body: AssignTicket) -> Response:
    """Give the ticket to an engineer."""
    return await work.write(
        lambda s: handling.assign(s, ticket_id, work.at(body.occurred_at), engineer_id=body.engineer_id),
        _shown(work),
    )


@routes.action(f"{PATH}:restore", "tickets.write", TicketOut)
async def restore_ticket(work: Work, ticket_id: UUID, body: Act = NOW) -> Response:
    """Record that the customer's service runs again."""
    return await work.write(
        lambda s: handling.restore(s, ticket_id, work.at(body.occurred_at)),
        _shown(work),
    )


@routes.action(f"{PATH}:resolve", "tickets.write", TicketOut)
async def resolve_ticket(work: Work, ticket_id: UUID, body: ResolveTicket) -> Response:
    """Resolve with cause and fix."""
    return await work.write(
        lambda s: tickets.resolve(
            s,
            ticket_id,
            work.at(body.occurred_at),
            cause_code=body.cause_code,
            fix=body.fix,
            prevention=body.prevention,
        ),
        _shown(work),
    )


@routes.action(f"{PATH}:close", "tickets.write", TicketOut)
async def close_ticket(work: Work, ticket_id: UUID, body: Act = NOW) -> Response:
    """Close a resolved ticket."""
    return await work.write(
        lambda s: tickets.close(s, ticket_id, work.at(body.occurred_at)),
        _shown(work),
    )


@routes.action(f"{PATH}:reopen", "tickets.write", TicketOut)
async def reopen_ticket(work: Work, ticket_id: UUID, body: ActWithReason) -> Response:
    """Take a settled matter up again."""
    return await work.write(
        lambda s: tickets.reopen(s, ticket_id, work.at(body.occurred_at), reason=body.reason),
        _shown(work),
    )


@routes.action(f"{PATH}:cancel", "tickets.write", TicketOut)
async def cancel_ticket(work: Work, ticket_id: UUID, body: ActWithReason) -> Response:
    """Withdraw the ticket."""
    return await work.write(
        lambda s: tickets.cancel(s, ticket_id, work.at(body.occurred_at), reason=body.reason),
        _shown(work),
    )


@routes.action(f"{PATH}:escalate", "tickets.write", TicketOut)
async def escalate_ticket(work: Work, ticket_id: UUID, body: EscalateTicket) -> Response:
    """Call a step of the ladder."""
    return await work.write(
        lambda s: handling.escalate(s, ticket_id, work.at(body.occurred_at), to=body.to, reason=body.reason),
        _shown(work),
    )


@routes.action(f"{PATH}:merge", "tickets.write", TicketOut)
async def merge_ticket(work: Work, ticket_id: UUID, body: MergeTicket) -> Response:
    """Merge into another ticket about the same matter."""
    return await work.write(
        lambda s: merging.merge(s, ticket_id, work.at(body.occurred_at), into_id=body.into_id),
        _shown(work),
    )


@routes.action(f"{PATH}:verifyReporter", "tickets.write", TicketOut)
async def verify_ticket_reporter(work: Work, ticket_id: UUID, body: VerifyReporter) -> Response:
    """Record how the reporter was verified."""
    return await work.write(
        lambda s: handling.verify_reporter(s, ticket_id, work.at(body.occurred_at), how=body.how),
        _shown(work),
    )


@routes.action(f"{PATH}:flagMajor", "tickets.write", TicketOut)
async def flag_ticket_major(work: Work, ticket_id: UUID, body: ActWithReason) -> Response:
    """Flag the fault as a major one."""
    return await work.write(
        lambda s: handling.flag_major(s, ticket_id, work.at(body.occurred_at), reason=body.reason),
        _shown(work),
    )


@routes.action(f"{PATH}:setResponseCase", "tickets.write", TicketOut)
async def set_ticket_response_case(work: Work, ticket_id: UUID, body: SetResponseCase) -> Response:
    """Declare the response normal or special; a lead's decision."""
    return await work.write(
        lambda s: handling.set_response_case(
            s, ticket_id, work.at(body.occurred_at), response_case=body.response_case, reason=body.reason
        ),
        _shown(work),
    )
