"""What time does: one module per thing, all of them listed here."""

from common.sweeps import Sweep
from warranty.sweeps import claims, ending, imports, maintenance, stock

SWEEPS: tuple[Sweep, ...] = (
    *maintenance.SWEEPS,
    *imports.SWEEPS,
    *claims.SWEEPS,
    *ending.SWEEPS,
    *stock.SWEEPS,
)
