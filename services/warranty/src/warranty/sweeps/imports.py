"""What becomes of imports by themselves: waiting ones are checked and written, old ones forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, TypeVar

import structlog

from common.context import Context, system
from common.db import Database, Session
from common.errors import Conflict, Invalid
from common.sweeps import Chore, Sweep, Swept
from warranty.commands.imports import checking, claims, forgetting, writing
from warranty.commands.imports.asking import CHANNEL
from warranty.commands.imports.claims import Claim, ClaimLost
from warranty.domain.imports.life import ImportState
from warranty.gateways.sheets.process import Batch, Sheets
from warranty.queries import imports as queries

log = structlog.get_logger()
T = TypeVar("T")

LOOK_EVERY = timedelta(seconds=30)
OUTDATED = "import-outdated"


class Run:
    """One run over one import, in short transactions but for the one that writes.

    Args:
        database: the service's database.
        sheets: reads files.
        held: the import and the run.
        now: when the run began; time goes on from there.
    """

    def __init__(self, database: Database, sheets: Sheets, held: Claim, now: datetime) -> None:
        self._database, self._sheets, self._held = database, sheets, held
        self._began, self._clock = now, asyncio.get_running_loop().time
        self._start = self._clock()

    @property
    def now(self) -> datetime:
        """The present."""
        return self._began + timedelta(seconds=self._clock() - self._start)

    async def check(self) -> None:
        """Read the file and keep its rows, batch by batch, then report."""
        await self._do(lambda s: checking.begin_anew(s, self._held))
        done = 0
        with TemporaryFile() as file:
            await self._fetch(file)
            async for batch in self._sheets.rows(file, self._held.kind, self._held.encoding):
                done += len(batch.records)
                await self._keep(batch, done)
        await self._do(lambda s: checking.report(s, self._held, self.now))

    async def _keep(self, batch: Batch, done: int) -> None:
        await self._do(
            lambda s: checking.keep(s, self._held, batch.records, done=done, share=batch.share, now=self.now)
        )

    async def _fetch(self, file: IO[bytes]) -> None:
        """The file out of the database, piece by piece."""
        number = 0
        while True:
            async with self._database.read(_OWN) as session:
                piece = await queries.part(session, self._held.import_id, number)
            if piece is None:
                file.flush()
                return
            file.write(piece)
            number += 1

    async def write(self) -> None:
        """Write the checked rows, all at once, on the word of who asked for it."""
        await self._do(lambda s: writing.write_all(s, self._held, self._sign, self.now), self._held.context)

    async def _sign(self, done: int) -> None:
        """Seen from outside while the long transaction is open: it goes over a connection of its own."""
        await self._do(lambda s: claims.give_sign(s, self._held, done=done, share=0.0, now=self.now))

    async def refuse(self, problem: Invalid | Conflict) -> None:
        """The file cannot be imported."""
        facts = dict(problem.facts)
        await self._do(lambda s: checking.refuse(s, self._held, problem.code, facts, self.now))

    async def _do(self, act: Callable[[Session], Awaitable[T]], context: Context | None = None) -> T:
        return await self._database.run(context or _OWN, act)


_OWN = system("warranty")


def imports_advanced(database: Database, sheets: Sheets) -> Chore:
    """The oldest import that waits is taken the next step; several workers share them."""

    async def run(now: datetime) -> Swept:
        held = await database.run(_OWN, lambda s: claims.claim(s, now))
        if held is None:
            async with database.read(_OWN) as session:
                return Swept(0, next_due=await claims.next_due(session, now))
        await _advance(Run(database, sheets, held, now), held)
        return Swept(1, more=True)

    return Chore("imports_advanced", run, LOOK_EVERY, CHANNEL)


async def _advance(run: Run, held: Claim) -> None:
    """Check or write; what cannot be imported is told, what was taken away is left alone."""
    with suppress(ClaimLost):
        try:
            await (run.check() if held.state == ImportState.CHECKING else run.write())
        except Invalid as refused:
            await run.refuse(refused)
        except Conflict as refused:
            if refused.code != OUTDATED:
                raise
            await run.refuse(refused)


async def imports_forgotten(session: Session, now: datetime) -> Swept:
    """Files, rows and problems of imports that are over long enough are gone."""
    count = await forgetting.forget_one(session, now)
    return Swept(count, more=count > 0)


SWEEPS: tuple[Sweep, ...] = (Sweep("imports_forgotten", imports_forgotten, every=timedelta(minutes=10)),)
