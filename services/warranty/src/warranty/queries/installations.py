"""Questions about installations, their steps, assets and defects."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from warranty.domain.installations import DefectState
from warranty.queries.single import narrowed
from warranty.tables.installations import Defect, Installation, InstallationAsset, InstallationStep


def installations(**told: Any) -> Select[Installation]:  # noqa: ANN401 - values of filters
    """Installations by customer, site, contract, state and number."""
    return narrowed(select(Installation), Installation, told)


def defects(**told: Any) -> Select[Defect]:  # noqa: ANN401 - values of filters
    """Defects by installation, customer, kind and state."""
    return narrowed(select(Defect), Defect, told)


async def steps_of(session: Session, installation_id: UUID) -> list[InstallationStep]:
    """The steps in their order."""
    found = select(InstallationStep).where(col(InstallationStep.installation_id) == installation_id)
    return list((await session.execute(found.order_by(col(InstallationStep.rank)))).scalars())


async def is_under_way(session: Session, asset_id: UUID) -> bool:
    """Whether an installation of the asset is planned or under way."""
    found = select(col(InstallationAsset.id)).where(
        col(InstallationAsset.asset_id) == asset_id, col(InstallationAsset.is_under_way)
    )
    return (await session.execute(found)).first() is not None


async def under_way(session: Session, asset_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these assets have an installation that is planned or under way."""
    found = select(col(InstallationAsset.asset_id)).where(
        col(InstallationAsset.asset_id).in_(list(asset_ids)), col(InstallationAsset.is_under_way)
    )
    return set((await session.execute(found)).scalars())


async def assets_of(session: Session, installation_id: UUID) -> list[InstallationAsset]:
    """What is installed, in the order it was named."""
    found = select(InstallationAsset).where(col(InstallationAsset.installation_id) == installation_id)
    return list((await session.execute(found.order_by(col(InstallationAsset.id)))).scalars())


async def open_blocking(session: Session, installation_id: UUID, asset_ids: list[UUID]) -> dict[str, str]:
    """The open defects that stand in the way of accepting these assets: id to what each is about."""
    found = select(col(Defect.id), col(Defect.item)).where(
        col(Defect.installation_id) == installation_id,
        col(Defect.state) == DefectState.OPEN.value,
        col(Defect.is_blocking),
        col(Defect.asset_id).is_(None) | col(Defect.asset_id).in_(asset_ids),
    )
    rows = (await session.execute(found.order_by(col(Defect.id)))).all()
    return {str(defect_id): item for defect_id, item in rows}
