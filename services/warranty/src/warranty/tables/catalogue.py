"""Products and parts."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from common.rows import JSON, Resource
from warranty.tables.rows import Row


class Product(Resource, Row, table=True):
    """A model that the vendor delivers."""

    __tablename__: ClassVar[str] = "product"
    __table_args__ = (
        UniqueConstraint("code", name="uq_product_code"),
        Index("ix_product_created_at", "created_at", "id"),
        Index("ix_product_search", "search_terms", postgresql_using="gin"),
    )

    code: str
    name_zh: str
    name_en: str
    maker: str
    technology: str | None = None
    is_third_party: bool
    manufacturer_terms: dict[str, Any] = Field(sa_type=JSON)
    search_terms: list[str] = Field(sa_type=JSON)


class Part(Resource, Row, table=True):
    """A part that assets are made of and that is kept in stock."""

    __tablename__: ClassVar[str] = "part"
    __table_args__ = (
        CheckConstraint("superseded_by_id <> id", name="supersession"),
        CheckConstraint("lead_time_days >= 0", name="lead_time_days"),
        CheckConstraint("annual_failure_rate >= 0", name="annual_failure_rate"),
        UniqueConstraint("number", name="uq_part_number"),
        Index("ix_part_created_at", "created_at", "id"),
        Index("ix_part_superseded_by", "superseded_by_id"),
        Index("ix_part_search", "search_terms", postgresql_using="gin"),
    )

    number: str
    name_zh: str
    name_en: str
    is_key_part: bool
    is_consumable: bool
    is_serialised: bool
    is_lot_tracked: bool
    shelf_life_days: int | None = None
    unit_price: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    currency: str | None = None
    lead_time_days: int
    annual_failure_rate: float
    superseded_by_id: UUID | None = Field(default=None, foreign_key="part.id")
    compatible_product_ids: list[str] = Field(sa_type=JSON)
    search_terms: list[str] = Field(sa_type=JSON)
