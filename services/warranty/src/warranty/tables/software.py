"""Software releases, and what was installed where."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Published, Resource, Stateful, one_of
from warranty.domain.software.releases import Channel, Effect, ReleaseState
from warranty.domain.software.versions import Scheme
from warranty.tables.rows import Row


class SoftwareRelease(Published, Stateful, Row, table=True):
    """A version of a product's software; customers see it once it is out."""

    __tablename__: ClassVar[str] = "software_release"
    __table_args__ = (
        one_of("state", ReleaseState),
        one_of("channel", Channel),
        one_of("scheme", Scheme),
        CheckConstraint("state <> 'released' OR (tested_on <= released_on)", name="tested"),
        CheckConstraint("(scheme = 'ranked') = (rank IS NOT NULL)", name="rank"),
        UniqueConstraint("product_id", "release_version", name="uq_software_release_version"),
        UniqueConstraint("product_id", "order_key", name="uq_software_release_order"),
        Index("ix_software_release_created_at", "created_at", "id"),
        Index("ix_software_release_product", "product_id", "created_at", "id"),
        Index("ix_software_release_state", "state", "created_at", "id"),
    )

    product_id: UUID = Field(foreign_key="product.id")
    release_version: str
    channel: str
    scheme: str
    rank: int | None = None
    order_key: str = Field(sa_type=Text(collation="C"))
    minimum_version: str | None = None
    minimum_key: str | None = Field(default=None, sa_type=Text(collation="C"))
    compatibility: dict[str, list[str]] = Field(sa_type=JSON)
    notes_zh: str
    notes_en: str
    tested_on: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None


class SoftwareInstallation(CustomerOwned, Resource, Row, table=True):
    """A release that was installed on an asset, by which change and with what effect."""

    __tablename__: ClassVar[str] = "software_installation"
    __table_args__ = (
        one_of("effect", Effect),
        CheckConstraint("downtime_minutes >= 0", name="downtime_minutes"),
        Index("ix_software_installation_asset", "asset_id", "installed_at", "id"),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    release_id: UUID = Field(foreign_key="software_release.id")
    previous_release_id: UUID | None = Field(default=None, foreign_key="software_release.id")
    installed_at: datetime = Field(sa_type=INSTANT)
    change_id: UUID | None = None
    change_reference: str | None = None
    effect: str
    downtime_minutes: int
    is_rollback: bool
    note: str | None = None
