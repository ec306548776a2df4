"""Rows of a file beside what is known: which are new, which differ, which cannot be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.db import Session
from common.errors import Conflict, Fact, Invalid
from common.inbox import execute, fetch
from common.rows import Resource
from warranty.domain.imports.life import Outcome
from warranty.domain.imports.records import Fault, Record
from warranty.tables.assets import Asset
from warranty.tables.catalogue import Product
from warranty.tables.directory import Customer, Site

R = TypeVar("R", bound=Resource)
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class View:
    """From where rows are looked at.

    Args:
        now: the present.
        file: the import that is being checked, none of whose rows is written; ``None`` while it is written:
            the rows above are, and what is found stays as it is until the transaction ends.
    """

    now: datetime
    file: UUID | None = None

    @property
    def locks(self) -> bool:
        """Whether what is found is held."""
        return self.file is None


@dataclass(slots=True)
class Match(Generic[R]):
    """A row of the file and what is known of the same thing.

    Args:
        record: the row.
        row: what is known; ``None`` where it is new.
        named: the rows that its references name, by what they are.
        told: what it says, column to value as stored.
        faults: what is wrong with it, seen beside what is known.
        is_news: it tells something that happened, beside what the columns of the thing say.
        forms: values that are typed in many ways, as things are known by them.
    """

    record: Record
    row: R | None = None
    named: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_news: bool = False
    forms: dict[str, str] = field(default_factory=dict)

    def differences(self) -> dict[str, Any]:
        """What it says otherwise than is known."""
        return {name: value for name, value in self.told.items() if getattr(self.row, name) != value}

    def text(self, column: str) -> str | None:
        """What stands in ``column``."""
        value = self.record.values.get(column)
        return None if value is None else str(value)

    def refuse(self, column: str, code: str, **facts: Fact) -> None:
        """The value in ``column`` cannot be."""
        self.faults.append(Fault(column, code, str(self.record.values.get(column, "")), facts))

    @property
    def outcome(self) -> Outcome:
        """What the row means for what is known."""
        if self.faults or self.record.faults:
            return Outcome.WRONG
        if self.row is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.differences() or self.is_news else Outcome.UNCHANGED


@contextmanager
def ruled(one: Match[Any], column: str, **pointed: str) -> Iterator[None]:
    """What a rule of the thing itself refuses, as it would of one told by hand, is wrong with the row.

    Args:
        one: the row.
        column: where it is wrong,
        pointed: unless the refusal points at one of these fields, which stand in the columns named.
    """
    try:
        yield
    except (Invalid, Conflict) as refused:
        field_name = (refused.pointer or "").removeprefix("#/")
        one.refuse(pointed.get(field_name, column), refused.code, **refused.facts)


def found(one: Match[Any], column: str, known: Mapping[str, K], code: str) -> K | None:
    """What the cell names; a blank one names nothing, and what is not known is refused with ``code``."""
    name = one.record.values.get(column)
    if name is not None and name not in known:
        one.refuse(column, code)
    return known.get(str(name))


def texts(records: Iterable[Record], column: str) -> set[str]:
    """The values of ``column``."""
    return {str(one.values[column]) for one in records if column in one.values}


async def plan_anew(session: Session) -> None:
    """Plan each statement of the transaction for what tables hold by then.

    They grow by a whole file in the meantime; a plan that was kept from the beginning reads all of them.
    """
    await execute(session, "SET LOCAL plan_cache_mode = force_custom_plan")


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


_BY_PAIR = """
SELECT found.id FROM unnest($1::uuid[], $2::text[]) AS told (owner, name)
CROSS JOIN LATERAL (SELECT id FROM {table} WHERE {owner} = told.owner AND {name} = told.name LIMIT 1) AS found
"""
"""One probe of the unique index for each pair, whatever the planner takes a table that grows to hold."""


async def paired(
    session: Session,
    kind: type[R],
    columns: tuple[str, str],
    pairs: Iterable[tuple[UUID, str]],
    *,
    locks: bool,
) -> Sequence[R]:
    """Rows of ``kind`` by the two ``columns`` of a natural key; locked in the order of their ids."""
    told = sorted(set(pairs))
    sql = _BY_PAIR.format(table=kind.__tablename__, owner=columns[0], name=columns[1])
    await session.write_collected()
    found = await fetch(session, sql, [one[0] for one in told], [one[1] for one in told])
    ids = [one.id for one in found]
    return await named(session, kind, col(kind.id), ids, locks=locks) if ids else ()


def _pairs(
    records: Iterable[Record], owner: str, owners: Mapping[str, Customer] | Mapping[str, Product], column: str
) -> list[tuple[UUID, str]]:
    """Id of the known owner that ``owner`` names, and what ``column`` says, of the records that tell both."""
    return [
        (owners[str(one.values[owner])].id, str(one.values[column]))
        for one in records
        if one.values.get(owner) in owners and column in one.values
    ]


async def sites_by_code(
    session: Session,
    customers: Mapping[str, Customer],
    records: Iterable[Record],
    column: str,
    *,
    locks: bool = False,
) -> Mapping[tuple[UUID, str], Site]:
    """The sites that ``column`` of the records names, by customer and code."""
    pairs = _pairs(records, "customer_code", customers, column)
    rows = await paired(session, Site, ("customer_id", "code"), pairs, locks=locks)
    return {(row.customer_id, row.code): row for row in rows}


async def assets_by_serial(
    session: Session,
    products: Mapping[str, Product],
    records: Iterable[Record],
    column: str,
    *,
    locks: bool,
) -> dict[tuple[UUID, str], Asset]:
    """The assets that ``column`` of the records names, by product and serial number."""
    pairs = _pairs(records, "product_code", products, column)
    rows = await paired(session, Asset, ("product_id", "serial_number"), pairs, locks=locks)
    return {(row.product_id, row.serial_number): row for row in rows}
