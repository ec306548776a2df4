"""Assets and the components inside them."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Resource, Stateful, one_of
from warranty.domain.assets import AssetState
from warranty.tables.rows import Row


class Asset(CustomerOwned, Stateful, Row, table=True):
    """An installed serialised item."""

    __tablename__: ClassVar[str] = "asset"
    __table_args__ = (
        one_of("state", AssetState),
        UniqueConstraint("product_id", "serial_number", name="uq_asset_serial"),
        Index("ix_asset_created_at", "created_at", "id"),
        Index("ix_asset_serial_number", "serial_number", "created_at", "id"),
        Index("ix_asset_customer", "customer_id", "created_at", "id"),
        Index("ix_asset_site", "site_id", "created_at", "id"),
        Index("ix_asset_product", "product_id", "created_at", "id"),
        Index("ix_asset_contract", "contract_id", "created_at", "id"),
        Index("ix_asset_state", "state", "created_at", "id"),
        Index("ix_asset_software", "software_release_id", "created_at", "id"),
        Index(
            "ix_asset_software_unknown",
            "product_id",
            "created_at",
            "id",
            postgresql_where=text("software_release_id IS NULL"),
        ),
        Index("ix_asset_search", "search_terms", postgresql_using="gin"),
    )

    customer_id: UUID = Field(foreign_key="customer.id")
    serial_number: str
    product_id: UUID = Field(foreign_key="product.id")
    site_id: UUID = Field(foreign_key="site.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    shipped_on: date | None = None
    delivered_on: date | None = None
    installed_on: date | None = None
    invoiced_on: date | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    acceptance_reference: str | None = None
    is_acceptance_told: bool = False
    accepted_specification: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    software_release_id: UUID | None = Field(default=None, foreign_key="software_release.id")
    replaced_by_id: UUID | None = Field(default=None, foreign_key="asset.id")
    search_terms: list[str] = Field(sa_type=JSON)


class Component(CustomerOwned, Resource, Row, table=True):
    """A part inside an asset, with when it came and went."""

    __tablename__: ClassVar[str] = "component"
    __table_args__ = (
        Index("ix_component_place", "asset_id", "position_key", "removed_at"),
        Index("ix_component_serial", "serial_number", postgresql_where=text("serial_number IS NOT NULL")),
        Index("ix_component_replaces", "replaces_id", postgresql_where=text("replaces_id IS NOT NULL")),
        Index("ix_component_part", "part_id", postgresql_where=text("removed_at IS NULL")),
        Index(
            "uq_component_position",
            text("coalesce(parent_id, asset_id)"),
            "position_key",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_component_serial",
            "part_id",
            "serial_number",
            unique=True,
            postgresql_where=text("removed_at IS NULL AND serial_number IS NOT NULL"),
        ),
    )

    asset_id: UUID = Field(foreign_key="asset.id")
    parent_id: UUID | None = Field(default=None, foreign_key="component.id")
    part_id: UUID = Field(foreign_key="part.id")
    serial_number: str | None = None
    lot: str | None = None
    position: str
    position_key: str
    is_key_part: bool
    installed_at: datetime = Field(sa_type=INSTANT)
    removed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    removal_reason: str | None = None
    replaces_id: UUID | None = Field(default=None, foreign_key="component.id")
    meter: dict[str, Any] = Field(sa_type=JSON)
