"""What is shipped with an asset: the newest release there is (§1.2.3.1(2))."""

from datetime import date
from uuid import UUID

from common.db import Session
from common.errors import Conflict, Invalid
from warranty.commands.needs import needed
from warranty.queries import software as queries
from warranty.tables.software import SoftwareRelease


async def check_newest(
    session: Session, release_id: UUID, product_id: UUID, day: date, pointer: str
) -> SoftwareRelease:
    """The release, where it is the newest of the product that was out on ``day``.

    Raises:
        Invalid: ``release-unknown``, also for another product's.
        Conflict: ``release-not-newest`` with the one that is.
    """
    row = await needed(session, SoftwareRelease, release_id, "release-unknown", pointer)
    if row.product_id != product_id:
        raise Invalid("release-unknown", pointer=pointer)
    newest = await queries.newest_on(session, product_id, day)
    if newest is None or newest.id != row.id:
        told = None if newest is None else newest.release_version
        raise Conflict("release-not-newest", pointer=pointer, newest=told, day=day.isoformat())
    return row
