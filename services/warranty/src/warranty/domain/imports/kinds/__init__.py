"""Each kind of spreadsheet as a table: its columns, its natural key, what goes together."""

from collections.abc import Mapping
from types import MappingProxyType

from warranty.domain.imports.columns import ImportKind, Kind
from warranty.domain.imports.kinds.catalogue import PARTS, PRODUCTS
from warranty.domain.imports.kinds.directory import CONTACTS, CUSTOMERS, SITES
from warranty.domain.imports.kinds.owning import ASSETS, COMPONENTS

KINDS: Mapping[ImportKind, Kind] = MappingProxyType(
    {
        ImportKind.CUSTOMERS: CUSTOMERS,
        ImportKind.SITES: SITES,
        ImportKind.CONTACTS: CONTACTS,
        ImportKind.PRODUCTS: PRODUCTS,
        ImportKind.PARTS: PARTS,
        ImportKind.ASSETS: ASSETS,
        ImportKind.COMPONENTS: COMPONENTS,
    }
)
