"""The database: one transaction per unit of work, which collects its new rows and writes them together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import Table, event, inspect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import InstanceState, ORMExecuteState, make_transient_to_detached, with_loader_criteria
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm.base import DEFAULT_STATE_ATTR
from sqlalchemy.util import await_only
from sqlmodel import SQLModel

from common.bell import Bell
from common.context import Context
from common.database_errors import REFUSED, constraint_of, is_broken_off, is_retriable
from common.errors import Conflict
from common.inserts import Part, Values, channels_of, compose
from common.pools import Pool
from common.rows import CustomerOwned, Disclosed, Published
from common.statements import Statements

T = TypeVar("T")

WRITERS = 12
ALONE = 12
"""Connections for units of work that come to one statement."""

READERS = 12
RETRIES = 3

_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


class TransactionOpen(RuntimeError):  # noqa: N818 - said of the state it was found in
    """Something that must not happen inside a transaction was about to."""


def forbid_transaction() -> None:
    """Guard for effects on the outside.

    Raises:
        TransactionOpen: the present task holds a transaction.
    """
    if _open_transactions.get():
        raise TransactionOpen


_OF_THE_ORM = frozenset({"sync_session", "_proxied", "_async_bind", "_async_binds"})


class _ConfinedSession(SyncSession):
    """The synchronous half of a session; the hook below acts on its statements."""


class Session(AsyncSession):
    """A unit of work: reads and changes rows, collects new ones, and knows on whose authority it acts."""

    sync_session_class = _ConfinedSession

    def __init__(self, engine: AsyncEngine, context: Context) -> None:  # see __getattr__ for the ORM's part
        """Work on ``engine`` in the course of ``context``."""
        self.context = context
        self._engine = engine
        self._collected: list[tuple[Table, Values]] = []
        self._new: list[SQLModel] = []
        self._last: list[Part] = []
        self.wakes: set[str] = set()
        self.is_committing = False
        """Whether it was sent off: if the connection breaks from here on, it may have been done."""
        self.before: dict[InstanceState[Any], dict[str, Any]] = {}
        """Per row what columns held when the audit was last told, where a flush has written others since."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever is missing
        """The ORM's own session, made when something first asks for it: many a unit of work only inserts."""
        if name not in _OF_THE_ORM:
            raise AttributeError(name)
        super().__init__(self._engine, expire_on_commit=False, autoflush=True)
        self.sync_session.info["session"] = self
        return self.__dict__[name]

    @property
    def is_used(self) -> bool:
        """Whether there was anything that a connection was needed for."""
        return "sync_session" in self.__dict__

    async def __aexit__(self, *error: object) -> None:
        if self.is_used:
            await super().__aexit__(*error)

    def insert(self, row: SQLModel) -> None:
        """Write ``row`` with the others at the next statement or at commit; it may be changed until then."""
        self._new.append(row)

    def collect(self, table: Table, values: Values) -> None:
        """Write a row that nobody reads back in this transaction (outbox, audit, timeline)."""
        self._collected.append((table, values))

    def do_at_last(self, sql: str, values: Sequence[Any]) -> None:
        """A statement in the driver's own form that goes with the rows written at the next one or at commit.

        It sees nothing of what is written with it, and whatever reads past the ORM does not see it before.
        """
        self._last.append((sql, values))

    def wake(self, channel: str) -> None:
        """Notify ``channel`` once this is committed."""
        self.wakes.add(channel)

    @property
    def _is_empty(self) -> bool:
        return not (self._new or self._collected or self._last)

    def _take(self) -> tuple[str, list[Any], list[SQLModel]]:
        """The statement that writes everything collected, its values, and the rows that may still change."""
        rows, self._new = self._new, []
        last, self._last = self._last, []
        collected = [(_table(row), _values(row)) for row in rows] + self._collected
        self._collected = []
        self.wakes |= channels_of(collected)
        return *compose(collected, last), rows

    def expunge_all(self) -> None:
        """Forget every row that was written, so that memory stays flat however many a unit of work has."""
        super().expunge_all()
        self.before.clear()

    async def write_collected(self) -> None:
        """Write what was collected so far inside the transaction, so that statements after it see it."""
        if self._is_empty:
            return
        sql, parameters, rows = self._take()
        connection = await self.connection()
        await connection.exec_driver_sql(sql, tuple(parameters))
        for row in rows:
            make_transient_to_detached(row)
            self.add(row)

    async def finish(self, alone: Statements) -> None:
        """Write what is left and commit; what comes to a single statement goes over ``alone``."""
        if not (self.is_used and self.in_transaction()):
            if not self._is_empty:
                sql, parameters, _ = self._take()
                self.is_committing = True
                await alone.fetch(sql, *parameters)
            return
        await self.flush()
        if not self._is_empty:
            connection = await self.connection()
            driver = await _driver(connection)
            if driver.is_in_transaction():
                sql, parameters, _ = self._take()
                await driver.fetch(sql, *parameters)
            else:
                await self.write_collected()
        self.is_committing = True
        await self.commit()


async def _driver(connection: AsyncConnection) -> Any:  # noqa: ANN401 - asyncpg has no types of its own
    """The driver's own connection, for prepared statements without SQLAlchemy's detours."""
    return (await connection.get_raw_connection()).driver_connection


def _values(row: SQLModel) -> Values:
    """What ``row`` holds, without what the ORM keeps with it."""
    return {name: value for name, value in row.__dict__.items() if name != DEFAULT_STATE_ATTR}


def _table(row: SQLModel) -> Table:
    return row.__table__  # type: ignore[attr-defined,no-any-return]


@event.listens_for(_ConfinedSession, "before_flush")
def _before_flush(session: SyncSession, _context: object, _instances: object) -> None:
    """Keep what changed columns held: the ORM forgets it with the flush, and the audit may ask later."""
    unit: Session = session.info["session"]
    for row in session.dirty:
        state: InstanceState[Any] = inspect(row)
        kept = unit.before.setdefault(state, {})
        for name, old in state.committed_state.items():
            kept.setdefault(name, old)


UNCONFINED = "unconfined"
"""Execution option of what follows from a caller's act without being shown to them."""


@event.listens_for(_ConfinedSession, "do_orm_execute")
def _before_statement(execution: ORMExecuteState) -> None:
    """Write collected rows first, and keep a customer's caller to what is for them to see."""
    session: Session = execution.session.info["session"]
    await_only(session.write_collected())
    customer_id = session.context.caller.customer_id
    is_shown = execution.is_select and not execution.is_column_load
    if customer_id is not None and is_shown and UNCONFINED not in execution.execution_options:
        execution.statement = execution.statement.options(*_confined(customer_id))


def _confined(customer_id: UUID) -> tuple[Any, ...]:
    """Per table that is not for everybody's eyes, the condition on which a customer sees its rows.

    What a customer owns is that customer's (and public), what the vendor publishes is out.
    """
    owned = [with_loader_criteria(row, row.customer_id == customer_id) for row in _tables_of(CustomerOwned)]
    disclosed = [with_loader_criteria(row, row.visibility == "public") for row in _tables_of(Disclosed)]
    out = [with_loader_criteria(row, row.released_on.is_not(None)) for row in _tables_of(Published)]
    return (*owned, *disclosed, *out)


def _tables_of(kind: type[SQLModel]) -> list[Any]:
    found = [row for row in kind.__subclasses__() if hasattr(row, "__table__")]
    return found + [row for child in kind.__subclasses__() for row in _tables_of(child)]


def connector(
    dsn: str, settings: Mapping[str, str], name: str
) -> Callable[[], Awaitable[asyncpg.Connection]]:
    """How a pool makes a connection to ``dsn`` with these server settings, under an application name."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(
            dsn, server_settings={**settings, "application_name": name, "jit": "off"}
        )

    return connect


class Database:
    """One service's database.

    Args:
        dsn: ``postgresql://…`` as libpq writes it.
        name: application name shown in the server's views.
        conflicts: constraint name to the code of the ``Conflict`` that its violation means.
        statement_timeout_ms: bound of one statement.
    """

    def __init__(
        self,
        dsn: str,
        name: str,
        conflicts: Mapping[str, str] | None = None,
        statement_timeout_ms: int = 5000,
    ) -> None:
        """Open nothing yet; connections are made as they are needed."""
        self.dsn = dsn
        self.name = name
        self._conflicts = conflicts or {}
        timeout = str(statement_timeout_ms)
        reading = {"statement_timeout": timeout, "default_transaction_read_only": "on"}
        self._writers = Pool(connector(dsn, {"statement_timeout": timeout}, name), WRITERS)
        self._readers = Pool(connector(dsn, reading, name), READERS)
        self._reader = self._readers.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._alone = Statements(connector(dsn, {"statement_timeout": timeout}, name), ALONE)
        self._bell = Bell(connector(dsn, {"synchronous_commit": "off"}, f"{name}-bell"))

    @asynccontextmanager
    async def transaction(self, context: Context) -> AsyncIterator[Session]:
        """A unit of work that commits when the block ends and leaves no trace when it raises.

        Raises:
            Conflict: a constraint with a declared meaning was violated.
        """
        depth = _open_transactions.set(_open_transactions.get() + 1)
        try:
            async with Session(self._writers.engine, context) as session:
                yield session
                await session.finish(self._alone)
            self._bell.ring(session.wakes)
        except REFUSED as error:
            code = self._conflicts.get(constraint_of(error) or "")
            if code is None:
                raise
            raise Conflict(code) from error
        finally:
            _open_transactions.reset(depth)

    async def run(self, context: Context, act: Callable[[Session], Awaitable[T]]) -> T:
        """Do ``act`` in a transaction of its own.

        Again from the start where a deadlock ended it, or its connection broke before it was to commit.
        """
        for _ in range(RETRIES):
            session: Session | None = None
            try:
                async with self.transaction(context) as session:
                    return await act(session)
            except REFUSED as error:
                is_broken = is_broken_off(error)
                if is_broken:
                    self._writers.forget()
                is_undone = is_broken and session is not None and not session.is_committing
                if not (is_undone or is_retriable(error)):
                    raise
        async with self.transaction(context) as session:
            return await act(session)

    @asynccontextmanager
    async def read(self, context: Context) -> AsyncIterator[Session]:
        """A session for questions; the server refuses writes."""
        async with Session(self._reader, context) as session:
            yield session

    async def ask(self, context: Context, query: Callable[[Session], Awaitable[T]]) -> T:
        """What ``query`` finds; asked once more where its connection broke."""
        try:
            async with self.read(context) as session:
                return await query(session)
        except REFUSED as error:
            if not is_broken_off(error):
                raise
            self._readers.forget()
        async with self.read(context) as session:
            return await query(session)

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """One statement that commits by itself, past the units of work: for what belongs to no resource."""
        return await self._alone.fetch(sql, *values)

    async def connect(self) -> asyncpg.Connection:
        """A connection outside the pools, for advisory locks and LISTEN; the caller closes it."""
        return await asyncpg.connect(self.dsn, server_settings={"application_name": f"{self.name}-leader"})

    async def close(self) -> None:
        """Give back every connection."""
        await self._bell.close()
        await self._alone.close()
        await self._writers.engine.dispose()
        await self._reader.dispose()
