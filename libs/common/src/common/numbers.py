"""Numbers for people (``INC-2026-000123``): unique and short, handed out from blocks reserved ahead."""

import asyncio
from collections import deque
from typing import ClassVar

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col

from common.context import Context
from common.db import Database, Session
from common.rows import CommonRow

BLOCK = 50
"""Numbers reserved at once; what a process has not handed out when it ends is a gap."""


class NumberSeries(CommonRow, table=True):
    """How far a series is reserved."""

    __tablename__: ClassVar[str] = "number_series"

    series: str = Field(primary_key=True)
    reserved: int


class Numbers:
    """Hands out numbers of any series without a round trip for each.

    Args:
        database: where the series are kept.
        context: on whose account blocks are reserved.
    """

    def __init__(self, database: Database, context: Context) -> None:
        self._database = database
        self._context = context
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
        async def reserve(session: Session) -> int:
            fresh = insert(NumberSeries).values(series=series, reserved=BLOCK)
            grown = fresh.on_conflict_do_update(
                index_elements=["series"], set_={"reserved": col(NumberSeries.reserved) + BLOCK}
            )
            return int((await session.execute(grown.returning(col(NumberSeries.reserved)))).scalar_one())

        last = await self._database.run(self._context, reserve)
        return range(last - BLOCK + 1, last + 1)
