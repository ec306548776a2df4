"""What time does: one module per thing, all of them listed here."""

from common.sweeps import Sweep

SWEEPS: tuple[Sweep, ...] = ()
