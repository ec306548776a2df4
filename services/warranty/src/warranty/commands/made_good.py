"""Whether a claimed item may be made good: looked at under the locks of asset and component (§1.2.5)."""

from uuid import UUID

from common.db import Session
from common.locking import locked
from warranty.domain.claims import Remedy
from warranty.domain.made_good import GIVEN, Other, Sought, check_once, check_there
from warranty.queries import claims as queries
from warranty.queries.assets import has_successor
from warranty.tables.assets import Asset, Component
from warranty.tables.claims import Claim


async def check_may_be_made_good(session: Session, row: Claim, remedy: Remedy) -> None:
    """The item of the locked claim is there, and no other claim was or is to be made good for it.

    Asset and component stay locked, in that order, so that of two claims one sees the other.

    Raises:
        Conflict: ``claim-made-good``, ``claim-promised`` or ``claimed-item-gone``.
    """
    asset = await locked(session, Asset, row.asset_id)
    await check_item(session, row, Sought(remedy, row.component_id))
    has_new_unit = asset.replaced_by_id is not None
    check_there(remedy, is_gone=asset.state == "retired", has_successor=has_new_unit)
    if row.component_id is not None:
        component = await locked(session, Component, row.component_id)
        is_replaced = await has_successor(session, component)
        check_there(remedy, is_gone=component.removed_at is not None, has_successor=is_replaced)


async def check_item(session: Session, row: Claim, sought: Sought) -> None:
    """Under the lock of the claim's asset: no other claim stands in the way of what is sought.

    Raises:
        Conflict: ``claim-made-good`` or ``claim-promised``.
    """
    check_once(sought, [_other(one) for one in await queries.others_with_remedy(session, row)])


def _other(row: Claim) -> Other:
    return Other(
        id=row.id,
        number=row.number,
        state=row.state,
        has_been_given=row.state in GIVEN and row.fulfilled_at is not None,
        sought=Sought(Remedy(row.remedy or ""), row.component_id),
        replaced=[UUID(one["component_id"]) for one in row.replacements if one["component_id"]],
    )
