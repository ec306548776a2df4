"""Erasing a person reaches what is staged: no file that was sent before brings them back unseen."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from common.db import Session
from common.inbox import execute
from common.moves import Moment
from warranty.commands.imports.steps import fail
from warranty.domain.imports.kinds import KINDS
from warranty.domain.imports.life import ImportState
from warranty.domain.imports.records import ERASED_ROW, name_of
from warranty.queries import imports as queries
from warranty.tables.contacts import Contact
from warranty.tables.directory import Customer
from warranty.tables.imports import Import

_READING = frozenset({ImportState.QUEUED, ImportState.CHECKING})
_WAITING = _READING | {ImportState.CHECKED, ImportState.RUNNING}

_FORBID = """
INSERT INTO import_name (import_id, name, "row", is_unique) SELECT $1, name, $3, true
FROM unnest($2::text[]) AS told (name) ON CONFLICT DO NOTHING
"""


def names_of(row: Contact, customer: Customer) -> list[str]:
    """Everything that rows of a file may know the person by."""
    told: dict[str, str | float | list[str]] = {"customer_code": customer.code}
    told |= {name: value for name, value in (("name", row.name), ("email", row.email)) if value is not None}
    forms = [f"{phone['e164']};{phone['extension']}" for phone in row.phones]
    by_number = [
        name_of(("customer_code", "name", kind), {**told, kind: form})
        for form in forms
        for kind in ("mobile", "landline")
    ]
    names = [name_of(("customer_code", "email"), told), *by_number]
    return [name for name in names if name is not None]


async def reach(session: Session, names: Sequence[str], at: Moment) -> None:
    """End every file that names the person; one that is not read to its end will find the row by itself.

    Args:
        session: the unit of work, which erases the person.
        names: what the person may be called by in a file.
        at: when.
    """
    for row in (await session.execute(_waiting())).scalars().all():
        rows = await queries.rows_called(session, row.id, names)
        if rows:
            fail(session, row, {"code": "import-names-erased", "facts": {"rows": rows}}, Moment(at.now))
        elif row.state in _READING:
            await _forbid(session, row.id, names)


def _waiting() -> Select[Import]:
    personal = [kind for kind, told in KINDS.items() if told.is_personal]
    found = select(Import).where(col(Import.state).in_(_WAITING), col(Import.kind).in_(personal))
    return found.order_by(col(Import.id)).with_for_update().execution_options(populate_existing=True)


async def _forbid(session: Session, import_id: UUID, names: Sequence[str]) -> None:
    await execute(session, _FORBID, import_id, list(names), ERASED_ROW)
