"""Customers from a file."""

from collections.abc import Sequence

from sqlmodel import col

from common.db import Session
from common.moves import Moment
from warranty.commands import directory
from warranty.commands.imports.matching import Match, View, named, texts
from warranty.domain.imports.records import Record
from warranty.domain.told import NewCustomer
from warranty.tables.directory import Customer


async def match(session: Session, records: Sequence[Record], view: View) -> list[Match[Customer]]:
    """Each row beside the customer of its code."""
    rows = await named(session, Customer, col(Customer.code), texts(records, "code"), locks=view.locks)
    known = {row.code: row for row in rows}
    return [Match(one, known.get(str(one.values.get("code"))), told=dict(one.values)) for one in records]


async def write(session: Session, found: Sequence[Match[Customer]], at: Moment) -> None:
    """Make known what is new and correct what differs."""
    for one in found:
        if one.row is None:
            await directory.create_customer(session, NewCustomer(**one.told), at)
        elif changes := one.differences():
            directory.correct_customer(session, one.row, changes, at)
