"""When a ticket may be settled: resolved, cancelled or merged into another."""

from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid
from ticketing.domain.tickets import OPEN


def check_inspection(inspection_id: UUID | None, *, awaits_inspection: bool, is_customer: bool) -> None:
    """A request for an inspection is settled with the inspection, and called off by whoever may do that.

    Args:
        inspection_id: the inspection that the ticket is for; ``None`` for any other ticket.
        awaits_inspection: the inspection is still to settle it.
        is_customer: whether a customer's user settles it, who agrees on the day with the vendor.

    Raises:
        Forbidden: ``inspection-is-agreed``, told a customer.
        Conflict: ``inspection-settles-it``.
    """
    if inspection_id is not None and is_customer:
        raise Forbidden("inspection-is-agreed")
    if awaits_inspection:
        raise Conflict("inspection-settles-it", inspection_id=str(inspection_id))


def check_nobody_at_work(visit_id: UUID | None, session_id: UUID | None, *, is_customer: bool) -> None:
    """A ticket is not settled under the hands of whoever works on it.

    Args:
        visit_id: a visit whose engineer is on site.
        session_id: a support session that runs.
        is_customer: whether a customer's user settles it, who can end neither.

    Raises:
        Conflict: ``engineer-on-site`` or ``session-running``; told a customer, ``work-under-way``.
    """
    if is_customer and (visit_id or session_id):
        raise Conflict("work-under-way")
    if visit_id is not None:
        raise Conflict("engineer-on-site", visit_id=str(visit_id))
    if session_id is not None:
        raise Conflict("session-running", session_id=str(session_id))


def check_merge(
    ticket_id: object,
    into_id: object,
    *,
    same_customer: bool,
    into_state: str,
    is_for_inspection: bool,
) -> None:
    """A ticket is merged into another open one of the same customer, a request for an inspection never.

    Raises:
        Invalid: ``merge-into-itself`` or ``merge-across-customers``.
        Conflict: ``merge-target-settled`` or ``merge-of-inspection``.
    """
    if ticket_id == into_id:
        raise Invalid("merge-into-itself", pointer="#/into_id")
    if not same_customer:
        raise Invalid("merge-across-customers", pointer="#/into_id")
    if into_state not in OPEN.split():
        raise Conflict("merge-target-settled", current_state=into_state)
    if is_for_inspection:
        raise Conflict("merge-of-inspection", pointer="#/into_id")
