"""Customers, their sites, and the vendor's service bases."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from common.rows import JSON, CustomerOwned, Resource, one_of
from warranty.domain.directory import Locality, Tier
from warranty.tables.rows import Row


class Customer(CustomerOwned, Resource, Row, table=True):
    """An organisation the vendor serves; ``customer_id`` repeats its id, so that confinement finds it."""

    __tablename__: ClassVar[str] = "customer"
    __table_args__ = (
        one_of("tier", Tier),
        CheckConstraint("customer_id = id", name="owns_itself"),
        UniqueConstraint("code", name="uq_customer_code"),
        Index("ix_customer_created_at", "created_at", "id"),
        Index("ix_customer_search", "search_terms", postgresql_using="gin"),
    )

    code: str
    name_zh: str
    name_en: str
    industry: str
    tier: str
    time_zone: str
    language: str
    search_terms: list[str] = Field(sa_type=JSON)


class Site(CustomerOwned, Resource, Row, table=True):
    """A place of a customer where assets stand."""

    __tablename__: ClassVar[str] = "site"
    __table_args__ = (
        one_of("locality", Locality),
        CheckConstraint("distance_km >= 0", name="distance_km"),
        UniqueConstraint("customer_id", "code", name="uq_site_code"),
        Index("ix_site_created_at", "created_at", "id"),
        Index("ix_site_customer", "customer_id", "created_at", "id"),
        Index("ix_site_search", "search_terms", postgresql_using="gin"),
    )

    customer_id: UUID = Field(foreign_key="customer.id")
    code: str
    name: str
    address: str
    city: str
    position: dict[str, float] | None = Field(default=None, sa_type=JSON)
    distance_km: float | None = None
    is_distance_stated: bool = False
    locality: str | None = None
    is_locality_stated: bool = False
    access_rules: str | None = None
    search_terms: list[str] = Field(sa_type=JSON)


class ServiceBase(Resource, Row, table=True):
    """A place from which the vendor's engineers set out."""

    __tablename__: ClassVar[str] = "service_base"
    __table_args__ = (
        UniqueConstraint("code", name="uq_service_base_code"),
        Index("ix_service_base_created_at", "created_at", "id"),
    )

    code: str
    name: str
    city: str
    position: dict[str, float] = Field(sa_type=JSON)
