"""What rows are made of: a registry per service, the columns of every resource, ownership."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import class_mapper, registry
from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import Field, SQLModel

R = TypeVar("R", bound=SQLModel)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

INSTANT: Any = DateTime(timezone=True)
JSON: Any = JSONB


def new_registry() -> registry:
    """A registry of its own for one service's rows, with the naming convention of all of them."""
    return registry(metadata=MetaData(naming_convention=NAMING))


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A named CHECK that ``column`` holds one of the enum's values."""
    allowed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


COMMON = new_registry()


class CommonRow(SQLModel, registry=COMMON):
    """Base of the tables that every service's database has."""

    __abstract__: ClassVar[bool] = True


class Resource(SQLModel):
    """The columns of everything that has an id, a version and a history.

    ``personal`` names the columns that hold data of the person the row is about: the audit keeps commitments
    to them in place of the values, so that they can be erased.
    """

    personal: ClassVar[frozenset[str]] = frozenset()

    id: UUID = Field(primary_key=True)
    version: int = 1
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)
    created_by: str
    updated_by: str


class Stateful(Resource):
    """A resource with a life: the state its lifecycle gave it, and since when."""

    state: str
    state_changed_at: datetime = Field(sa_type=INSTANT)


def fresh(kind: type[R], /, **values: object) -> R:
    """A new row of ``kind`` with its values, and the declared defaults of what is left out.

    The same as calling the class, at a twentieth of its cost: a new row needs no change tracking until
    it is written, and shapes have validated what goes into it.
    """
    defaults = _defaults(kind)
    row: R = manager_of_class(kind).new_instance()
    state = vars(row)
    state.update(defaults)
    state.update(values)
    return row


@cache
def _defaults(kind: type[SQLModel]) -> dict[str, Any]:
    """Every field with its default; a required one is there as ``None`` for the database to refuse."""
    class_mapper(kind)  # maps the class on first use, as calling it would
    return {name: None if field.is_required() else field.default for name, field in kind.model_fields.items()}


class CustomerOwned(SQLModel):
    """A row that belongs to one customer organisation; other organisations never see it."""

    customer_id: UUID


class Published(SQLModel):
    """A row of the vendor's own that customers see once it is out, and never before."""

    released_on: date | None = None


class Disclosed(CustomerOwned):
    """A customer's row with a visibility: its own users see what is public, nothing internal."""

    visibility: str
