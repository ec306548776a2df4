"""What errors of the driver mean, also behind SQLAlchemy's: try again, a rule broken, a connection ended."""

import asyncpg
from sqlalchemy.exc import DBAPIError

REFUSED = (DBAPIError, asyncpg.PostgresError, asyncpg.InternalClientError, asyncpg.InterfaceError)
"""Everything with which a statement ends other than well."""

_ENDED = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)


def is_broken_off(error: BaseException) -> bool:
    """Whether the connection ended under the work; what was not committed by then is undone."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    seen: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    while seen is not None and not (isinstance(seen, _ENDED) or is_unsent(seen)):
        seen = seen.__cause__
    return seen is not None


def cause_of(error: BaseException) -> asyncpg.PostgresError | None:
    """The driver's error behind what SQLAlchemy or the driver raised."""
    seen: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    while seen is not None and not isinstance(seen, asyncpg.PostgresError):
        seen = seen.__cause__
    return seen


def constraint_of(error: BaseException) -> str | None:
    """Name of the constraint that ``error`` says was violated."""
    cause = cause_of(error)
    if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
        return str(cause.constraint_name)
    return None


def is_retriable(error: BaseException) -> bool:
    """Whether the same work may simply be tried again: a deadlock or a serialization failure."""
    return isinstance(cause_of(error), (asyncpg.DeadlockDetectedError, asyncpg.SerializationError))


def is_unsent(error: BaseException) -> bool:
    """Whether the driver refused a statement before it was sent: the server has said farewell already.

    Between the server's last message and the end of the connection nothing else tells.
    """
    if isinstance(error, asyncpg.InternalClientError):
        return "cannot switch to state" in str(error)
    return isinstance(error, asyncpg.InterfaceError) and "connection is closed" in str(error)
