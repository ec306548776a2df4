"""Noticing that a source has fallen silent, by the time this process was awake and listening."""

import asyncio
from datetime import datetime, timedelta

import structlog

from common.clock import Clock
from common.context import Context
from common.db import Database, Session
from common.horizon import Watermark, note_silence
from common.outages import is_outage

log = structlog.get_logger()

MISSED_SECONDS = 1.5
QUIET_SECONDS = 5.0
NOTE_SECONDS = 1.0


class Silence:
    """Counts the seconds since each source was heard and notes long ones in the database.

    The seconds are those of the process, not of the calendar: a machine that slept, or a consumer that has
    just begun to listen, has missed nothing yet.

    Args:
        database: the service's.
        context: on whose authority it notes.
        clock: the present.
    """

    def __init__(self, database: Database, context: Context, clock: Clock) -> None:
        self._database, self._context, self._clock = database, context, clock
        self._heard: dict[str, float] = {}
        self._newest: dict[str, datetime] = {}
        self._asked: dict[str, float] = {}
        self._noted = 0.0

    def listen(self, sources: set[str]) -> None:
        """From here on exactly ``sources`` are listened to by this process."""
        present = asyncio.get_running_loop().time()
        self._heard = {source: self._heard.get(source, present) for source in sources}

    def heard(self, watermark: Watermark) -> None:
        """A watermark has come; a sign of life unless it is an old one that was read again."""
        source, moment = watermark.source, watermark.committed_before
        present = asyncio.get_running_loop().time()
        known = self._newest.get(source)
        is_reread = present - self._asked.get(source, -MISSED_SECONDS) < MISSED_SECONDS
        if source in self._heard and (known is None or moment > known or (moment == known and not is_reread)):
            self._newest[source] = moment
            self._heard[source] = present

    def missed(self) -> set[str]:
        """Sources that should have been heard by now; each is named again after a while only."""
        present = asyncio.get_running_loop().time()
        missed = {source for source, last in self._heard.items() if present - last > MISSED_SECONDS}
        missed = {
            source for source in missed if present - self._asked.get(source, -QUIET_SECONDS) > QUIET_SECONDS
        }
        self._asked |= dict.fromkeys(missed, present)
        return missed

    async def note(self) -> None:
        """Write down who has been silent for some seconds; at most once a second."""
        present = asyncio.get_running_loop().time()
        if present - self._noted < NOTE_SECONDS:
            return
        self._noted = present
        quiet = {source: present - last for source, last in self._heard.items()}
        quiet = {source: seconds for source, seconds in quiet.items() if seconds > QUIET_SECONDS}
        if quiet:
            await self._write(quiet)

    async def _write(self, quiet: dict[str, float]) -> None:
        now = self._clock()

        async def note(session: Session) -> None:
            for source, seconds in sorted(quiet.items()):
                await note_silence(session, source, now - timedelta(seconds=seconds), now)

        try:
            await self._database.run(self._context, note)
        except Exception as error:
            if not is_outage(error):
                raise
