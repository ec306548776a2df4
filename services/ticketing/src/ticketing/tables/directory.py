"""The replica of what warranty masters: who may report, from where, on what. No names, phones or addresses.

A row stands as its owner had it at ``version``; an older word that arrives late changes nothing.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned
from ticketing.tables.rows import Row


class Replicated(CustomerOwned):
    """The columns of every replicated row."""

    id: UUID = Field(primary_key=True)
    version: int


class Named(Replicated):
    """What tickets name.

    ``recheck_at`` is set when something of it is learnt: then tickets that were being opened at that very
    moment are looked at once more.
    """

    recheck_at: datetime | None = Field(default=None, sa_type=INSTANT)


def _due(table: str) -> Index:
    return Index(f"ix_{table}_recheck_at", "recheck_at", postgresql_where=text("recheck_at IS NOT NULL"))


class Customer(Named, Row, table=True):
    """A customer organisation; ``customer_id`` repeats its id."""

    __tablename__: ClassVar[str] = "customer"
    __table_args__ = (_due("customer"),)

    time_zone: str


class Site(Named, Row, table=True):
    """A place of a customer; the distance is in km from the nearest service base."""

    __tablename__: ClassVar[str] = "site"
    __table_args__ = (_due("site"),)

    locality: str | None = None
    distance_km: float | None = None
    latitude: float | None = None
    longitude: float | None = None


class Contact(Named, Row, table=True):
    """Whether and when somebody may report for a customer (§1.2.4); never who it is."""

    __tablename__: ClassVar[str] = "contact"
    __table_args__ = (_due("contact"),)

    authorized_from: date | None = None
    authorized_to: date | None = None
    is_erased: bool


class Asset(Named, Row, table=True):
    """An installed item and where it stands."""

    __tablename__: ClassVar[str] = "asset"
    __table_args__ = (_due("asset"),)

    site_id: UUID
    product_id: UUID
    contract_id: UUID | None = None
    state: str


class Contract(Replicated, Row, table=True):
    """A contract, as far as charges need it: in which money they are told."""

    __tablename__: ClassVar[str] = "contract"

    state: str
    currency: str


class Quote(Replicated, Row, table=True):
    """What a customer would pay for work on a ticket, as far as beginning it needs to be known."""

    __tablename__: ClassVar[str] = "quote"
    __table_args__ = (Index("ix_quote_ticket_id", "ticket_id"),)

    ticket_id: UUID | None = None
    state: str
