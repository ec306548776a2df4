"""Before a ticket is written: what the directory says of its ids, asked of the owner where need be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.web.work import Work
from ticketing.domain.directory import Known, Named, completed, known_of, missing, refuse_unknown
from ticketing.gateways import Directory, Unreachable
from ticketing.queries import directory as queries
from ticketing.tables import Ticket

ROUNDS = 2
"""An asset that the owner tells of leads to its site, and there it ends."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the ids that a ticket names.

    Args:
        named: the ids, with those that follow from them.
        known: all that is known of them.
        looked_up: what of it the owner said just now, for the replica to keep.
    """

    named: Named
    known: Known
    looked_up: Known


async def look_up(work: Work, named: Named) -> Found:
    """What the replica knows of the ids, and what their owner says of the others.

    An owner that cannot be reached, or is not configured, leaves them unknown.

    Raises:
        Invalid: ``customer-unknown``, ``site-unknown``, ``asset-unknown`` or ``contact-unknown``.
    """
    known = await queries.known_by(work.fetch, named)
    owner: Directory | None = work.services.get("directory")
    looked_up = Known() if owner is None else await _asked(owner, named, known)
    known = known.filled_with(looked_up)
    return Found(completed(named, known), known, looked_up)


def named_after(ticket: Ticket, told: Mapping[str, Any]) -> Named:
    """The ids that the ticket will name with the changes told; its site follows another asset."""
    follows = "asset_id" in told and "site_id" not in told
    return Named(
        ticket.customer_id,
        None if follows else told.get("site_id", ticket.site_id),
        told.get("asset_id", ticket.asset_id),
        told.get("reporter_contact_id", ticket.reporter_contact_id),
    )


async def _asked(owner: Directory, named: Named, known: Known) -> Known:
    """What the owner says of the ids that are not ``known``."""
    looked_up = Known()
    for _ in range(ROUNDS):
        so_far = known.filled_with(looked_up)
        wanted = missing(completed(named, so_far), so_far)
        if not wanted:
            break
        try:
            answers = await owner.find(wanted)
        except Unreachable:
            break
        for sort, thing in answers.items():
            if thing is None:
                raise refuse_unknown(sort)
        looked_up = looked_up.filled_with(known_of(answers))
    return looked_up
