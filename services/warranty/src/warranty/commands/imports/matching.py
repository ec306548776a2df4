"""Rows of a file beside what is known: which are new, which differ, which cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.rows import Resource
from warranty.domain.imports.life import Outcome
from warranty.domain.imports.records import Fault, Record
from warranty.tables.directory import Customer, Site

R = TypeVar("R", bound=Resource)


@dataclass(slots=True)
class Match(Generic[R]):
    """A row of the file and what is known of the same thing.

    Args:
        record: the row.
        row: what is known; ``None`` where it is new.
        named: the rows that its references name, by what they are.
        told: what it says, column to value as stored.
        faults: what is wrong with it, seen beside what is known.
    """

    record: Record
    row: R | None = None
    named: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def differences(self) -> dict[str, Any]:
        """What it says otherwise than is known."""
        return {name: value for name, value in self.told.items() if getattr(self.row, name) != value}

    def refuse(self, column: str, code: str) -> None:
        """The value in ``column`` cannot be."""
        self.faults.append(Fault(column, code, str(self.record.values.get(column, ""))))

    @property
    def outcome(self) -> Outcome:
        """What the row means for what is known."""
        if self.faults or self.record.faults:
            return Outcome.WRONG
        if self.row is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.differences() else Outcome.UNCHANGED


def texts(records: Iterable[Record], column: str) -> set[str]:
    """The values of ``column``."""
    return {str(one.values[column]) for one in records if column in one.values}


async def named(
    session: Session,
    kind: type[R],
    column: Any,  # noqa: ANN401 - a mapped column
    values: Iterable[object],
    *,
    locks: bool = False,
) -> Sequence[R]:
    """Rows of ``kind`` whose ``column`` is one of ``values``; locked in the order of their ids."""
    found = select(kind).where(column.in_(sorted(set(values), key=str))).order_by(col(kind.id))
    if locks:
        found = found.with_for_update()
    return (await session.execute(found.execution_options(populate_existing=True))).scalars().all()


async def customers_by_code(session: Session, codes: Iterable[str]) -> Mapping[str, Customer]:
    """Customers by their codes."""
    return {row.code: row for row in await named(session, Customer, col(Customer.code), codes)}


async def sites_by_code(
    session: Session, customers: Iterable[Customer], codes: Iterable[str], *, locks: bool = False
) -> Mapping[tuple[UUID, str], Site]:
    """Sites of these customers by customer and code."""
    found = (
        select(Site)
        .where(
            col(Site.customer_id).in_(sorted(one.id for one in customers)), col(Site.code).in_(sorted(codes))
        )
        .order_by(col(Site.id))
    )
    if locks:
        found = found.with_for_update()
    rows = (await session.execute(found.execution_options(populate_existing=True))).scalars()
    return {(row.customer_id, row.code): row for row in rows}
