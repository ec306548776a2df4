"""Numbers for people (``INC-2026-000123``): unique and short, handed out from blocks reserved ahead."""

import asyncio
from collections import deque
from typing import ClassVar

from sqlmodel import Field

from common.db import Database, Session
from common.inbox import fetch
from common.rows import CommonRow

BLOCK = 50
"""Numbers reserved at once; what a process has not handed out when it ends is a gap."""


class NumberSeries(CommonRow, table=True):
    """How far a series is reserved."""

    __tablename__: ClassVar[str] = "number_series"

    series: str = Field(primary_key=True)
    reserved: int


_RESERVE = """
INSERT INTO number_series AS known (series, reserved) VALUES ($1, $2)
ON CONFLICT (series) DO UPDATE SET reserved = known.reserved + excluded.reserved RETURNING reserved
"""


class Numbers:
    """Hands out numbers of any series without a round trip for each.

    Args:
        database: where the series are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks: dict[str, deque[int]] = {}
        self._reserving = asyncio.Lock()

    async def next(self, series: str) -> str:
        """The next number of ``series`` (``INC-2026``), as ``INC-2026-000123``."""
        block = self._blocks.setdefault(series, deque())
        while not block:
            async with self._reserving:
                if not block:
                    block.extend(await self._reserve(series))
        return f"{series}-{block.popleft():06d}"

    async def _reserve(self, series: str) -> range:
        [(last,)] = await self._database.fetch(_RESERVE, series, BLOCK)
        return range(last - BLOCK + 1, last + 1)


async def number_of(session: Session, series: str) -> str:
    """The next number of ``series`` for what is made inside ``session``; others wait for it to end.

    For the rare thing that is made in the background; whoever makes many asks ``Numbers``.
    """
    [(number,)] = await fetch(session, _RESERVE, series, 1)
    return f"{series}-{number:06d}"
