"""What warranty stores: rows, constraints and indexes, one module per thing; no behaviour."""

from warranty.tables import directory
from warranty.tables.rows import WARRANTY

__all__ = ["WARRANTY", "directory"]
