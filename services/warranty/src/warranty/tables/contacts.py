"""Contacts of customers, and the authorisations they were given."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, CustomerOwned, Resource, Stateful, one_of
from warranty.domain.contacts import ContactState, ErasureGround
from warranty.tables.rows import Row

_FORGOTTEN = (
    "state <> 'erased' OR (name IS NULL AND title IS NULL AND department IS NULL AND email IS NULL "
    "AND note IS NULL AND phones = '[]' AND search_terms = '[]' AND roles = '[]')"
)


class Contact(CustomerOwned, Stateful, Row, table=True):
    """A person of a customer; once erased, an id that other records may still point at."""

    __tablename__: ClassVar[str] = "contact"
    __table_args__ = (
        one_of("state", ContactState),
        one_of("erasure_ground", ErasureGround),
        CheckConstraint(_FORGOTTEN, name="erased_is_forgotten"),
        CheckConstraint("state = 'erased' OR name IS NOT NULL", name="name"),
        CheckConstraint("authorized_to IS NULL OR authorized_to >= authorized_from", name="period"),
        Index("ix_contact_created_at", "created_at", "id"),
        Index("ix_contact_customer", "customer_id", "created_at", "id"),
        Index("ix_contact_name", "customer_id", "name", postgresql_where=text("name IS NOT NULL")),
        Index("ix_contact_site", "site_id", "created_at", "id"),
        Index("ix_contact_state", "state", "created_at", "id"),
        Index("ix_contact_email", "email", postgresql_where=text("email IS NOT NULL")),
        Index("ix_contact_search", "search_terms", postgresql_using="gin"),
        Index("ix_contact_roles", "roles", postgresql_using="gin"),
        Index(
            "ix_contact_phones",
            "phones",
            postgresql_using="gin",
            postgresql_ops={"phones": "jsonb_path_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "ix_contact_authorized",
            "created_at",
            "id",
            postgresql_where=text("authorized_from_at IS NOT NULL"),
        ),
    )

    personal: ClassVar[frozenset[str]] = frozenset(
        {"name", "title", "department", "email", "phones", "note", "search_terms"}
    )

    customer_id: UUID = Field(foreign_key="customer.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    name: str | None = None
    title: str | None = None
    department: str | None = None
    language: str
    roles: list[str] = Field(sa_type=JSON)
    phones: list[dict[str, str]] = Field(sa_type=JSON)
    email: str | None = None
    note: str | None = None
    search_terms: list[str] = Field(sa_type=JSON)
    authorized_from: date | None = None
    authorized_to: date | None = None
    authorized_from_at: datetime | None = Field(default=None, sa_type=INSTANT)
    authorized_until_at: datetime | None = Field(default=None, sa_type=INSTANT)
    authorized_by: str | None = None
    authorized_at: datetime | None = Field(default=None, sa_type=INSTANT)
    erasure_ground: str | None = None
    erasure_reference: str | None = None


class ContactAuthorization(CustomerOwned, Resource, Row, table=True):
    """An authorisation as it was given, and its end where it was withdrawn before its last day."""

    __tablename__: ClassVar[str] = "contact_authorization"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="period"),
        Index("ix_contact_authorization_contact", "contact_id", "created_at", "id"),
    )

    contact_id: UUID = Field(foreign_key="contact.id")
    from_on: date
    to_on: date | None = None
    note: str | None = None
    authorized_by: str
    authorized_at: datetime = Field(sa_type=INSTANT)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None
