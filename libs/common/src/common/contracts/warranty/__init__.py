"""What warranty publishes, one module per thing; ids and figures only, no names, phones or addresses."""

from common.contracts.warranty import (
    assets,
    catalogue,
    claims,
    coverage,
    directory,
    imports,
    installations,
    loaners,
    maintenance,
    quotes,
    software,
    stock,
    upstream,
)

__all__ = [
    "assets",
    "catalogue",
    "claims",
    "coverage",
    "directory",
    "imports",
    "installations",
    "loaners",
    "maintenance",
    "quotes",
    "software",
    "stock",
    "upstream",
]
