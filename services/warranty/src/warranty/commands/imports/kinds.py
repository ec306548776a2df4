"""What each kind of row is matched with and how it is written."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from common.db import Session
from common.moves import Moment
from warranty.commands.imports import assets, components, contacts, customers, parts, products, sites
from warranty.commands.imports.matching import Match, View
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.records import Record


class Matcher(Protocol):
    """Finds what is known of the things in some rows."""

    def __call__(
        self, session: Session, records: Sequence[Record], view: View
    ) -> Awaitable[Sequence[Match[Any]]]:
        """Each row beside what is known."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How rows of one kind come in.

    Args:
        match: finds what is known of them.
        write: makes known what is new, corrects what differs.
    """

    match: Matcher
    write: Callable[[Session, Sequence[Match[Any]], Moment], Awaitable[None]]


KINDS: Mapping[ImportKind, Rows] = MappingProxyType(
    {
        ImportKind.CUSTOMERS: Rows(customers.match, customers.write),
        ImportKind.SITES: Rows(sites.match, sites.write),
        ImportKind.CONTACTS: Rows(contacts.match, contacts.write),
        ImportKind.PRODUCTS: Rows(products.match, products.write),
        ImportKind.PARTS: Rows(parts.match, parts.write),
        ImportKind.ASSETS: Rows(assets.match, assets.write),
        ImportKind.COMPONENTS: Rows(components.match, components.write),
    }
)
