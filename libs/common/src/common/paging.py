"""Keyset paging: a cursor that says where the next page begins, bound to its filters and signed."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select, tuple_

from common.db import Session
from common.web.refusals import BadRequest

Row = TypeVar("Row")

CURSOR_LIFE = timedelta(hours=72)
COUNT_CAP = 10_000
_SIGNATURE = 16
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Order:
    """One term of a sort order.

    Args:
        name: the field as the client writes it.
        column: what it stands for.
        is_descending: highest first.
    """

    name: str
    column: Any
    is_descending: bool


class Sorts:
    """The fields a list may be sorted by; the id is always the last term, so that the order is total.

    Args:
        id_column: the unique column; rows carry it as their ``id``.
        columns: field name to column. A nullable column cannot be sorted by.
    """

    def __init__(self, id_column: Any, columns: Mapping[str, Any]) -> None:  # noqa: ANN401 - columns of any type
        self._id = id_column
        self._columns = columns

    def parse(self, sort: str) -> tuple[Order, ...]:
        """The order that ``sort`` (``-created_at,number``) asks for; a repeated field counts once.

        Raises:
            BadRequest: it names a field that is not sortable.
        """
        orders: dict[str, Order] = {}
        for term in sort.split(","):
            name = term.removeprefix("-")
            if name not in self._columns:
                raise BadRequest("invalid-cursor", parameter="sort")
            orders.setdefault(name, Order(name, self._columns[name], term.startswith("-")))
        last = next(reversed(orders.values())).is_descending
        return *orders.values(), Order(self._id.key, self._id, last)


class Cursors:
    """Seals and opens cursors: HMAC over position, filters and expiry; they carry no authorisation.

    Args:
        secret: key of the signature, at least 32 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, values: Sequence[object], filters: bytes, now: datetime) -> str:
        """A cursor at the row with these sort values, good for 72 hours and the same filters."""
        expires = int((now + CURSOR_LIFE).timestamp())
        said = orjson.dumps([_FORMAT, [_plain(value) for value in values], filters[:8].hex(), expires])
        return urlsafe_b64encode(self._sign(said) + said).rstrip(b"=").decode()

    def open(self, cursor: str, filters: bytes, now: datetime) -> list[Any]:
        """The sort values where the next page begins.

        Raises:
            BadRequest: the cursor is altered, expired or was made with other filters.
        """
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (NotBase64, ValueError) as error:
            raise BadRequest("invalid-cursor", parameter="cursor") from error
        signature, said = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(said)):
            raise BadRequest("invalid-cursor", parameter="cursor")
        form, values, made_with, expires = orjson.loads(said)
        if form != _FORMAT or made_with != filters[:8].hex() or expires < now.timestamp():
            raise BadRequest("invalid-cursor", parameter="cursor")
        return list(values)

    def _sign(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, said, "sha256")[:_SIGNATURE]


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page.

    Args:
        rows: its rows.
        next_cursor: where the next one begins, ``None`` at the end.
        total: number of matches up to the cap, where it was asked for.
    """

    rows: Sequence[Row]
    next_cursor: str | None
    total: int | None = None

    @property
    def total_is_capped(self) -> bool:
        """Whether counting stopped before the end."""
        return self.total == COUNT_CAP


def filters_digest(path: str, filters: Mapping[str, object]) -> bytes:
    """What binds a cursor to its list and filters, order included."""
    return sha256(orjson.dumps([path, filters], default=str, option=orjson.OPT_SORT_KEYS)).digest()


async def paginate(
    session: Session,
    query: Select[Row],
    orders: Sequence[Order],
    cursors: Cursors,
    *,
    limit: int,
    cursor: str | None,
    filters: bytes,
    now: datetime,
    counts: bool = False,
) -> Found[Row]:
    """One page of ``query``.

    Args:
        session: a read session.
        query: selects one mapped row, with neither order nor limit.
        orders: the sort order, id last.
        cursors: the cursor codec.
        limit: rows on the page.
        cursor: where it begins; the start where ``None``.
        filters: digest of the filters (``filters_digest``).
        now: present instant, for the cursor's expiry.
        counts: also count the matches, up to 10,000.

    Raises:
        BadRequest: the cursor does not fit.
    """
    page = query.order_by(*(_by(order) for order in orders)).limit(limit + 1)
    if cursor is not None:
        page = page.where(_after(orders, cursors.open(cursor, filters, now)))
    rows: list[Row] = list((await session.execute(page)).scalars())
    total = await _count(session, query) if counts else None
    if len(rows) <= limit:
        return Found(rows, None, total)
    last = rows[limit - 1]
    values = [getattr(last, order.column.key) for order in orders]
    return Found(rows[:limit], cursors.seal(values, filters, now), total)


async def _count(session: Session, query: Select[Any]) -> int:
    capped = (
        query.with_only_columns(null(), maintain_column_froms=True).order_by(None).limit(COUNT_CAP).subquery()
    )
    return int((await session.execute(select(func.count()).select_from(capped))).scalar_one())


def _by(order: Order) -> ColumnElement[Any]:
    by: ColumnElement[Any] = order.column.desc() if order.is_descending else order.column.asc()
    return by


def _after(orders: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows behind ``values`` in this order; one row comparison where all terms run the same way."""
    bounds = [_typed(order.column, value) for order, value in zip(orders, values, strict=True)]
    if len({order.is_descending for order in orders}) == 1:
        left, right = tuple_(*(order.column for order in orders)), tuple_(*bounds)
        return left < right if orders[0].is_descending else left > right
    steps = []
    for place, order in enumerate(orders):
        equal = [earlier.column == bounds[i] for i, earlier in enumerate(orders[:place])]
        beyond = order.column < bounds[place] if order.is_descending else order.column > bounds[place]
        steps.append(and_(*equal, beyond))
    return or_(*steps)


def _typed(column: Any, value: object) -> Any:  # noqa: ANN401 - a bound value of the column's type
    kind = column.type.python_type
    if isinstance(value, str) and kind in _READERS:
        return _READERS[kind](value)
    return value


_READERS: Mapping[type, Any] = {datetime: datetime.fromisoformat, date: date.fromisoformat, UUID: UUID}


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
