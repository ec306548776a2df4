"""What warranty stores: rows, constraints and indexes, one module per thing; no behaviour."""

from warranty.tables import (
    assets,
    catalogue,
    contacts,
    contracts,
    coverage,
    directory,
    heard,
    installations,
    loaners,
    maintenance,
    meters,
    planning,
    readings,
    reservations,
    stock,
    stock_view,
    transfers,
)
from warranty.tables.rows import WARRANTY

__all__ = [
    "WARRANTY",
    "assets",
    "catalogue",
    "contacts",
    "contracts",
    "coverage",
    "directory",
    "heard",
    "installations",
    "loaners",
    "maintenance",
    "meters",
    "planning",
    "readings",
    "reservations",
    "stock",
    "stock_view",
    "transfers",
]
