"""One lane of a consumer: takes in batch after batch of its own partitions, whatever happens around it."""

import asyncio
from contextlib import suppress

from common.bus.holding import DOUBTS, Abandoned, Hand, Holding
from common.bus.intake import Intake
from common.bus.reader import Reader
from common.bus.silence import Silence
from common.bus.sorting import Polled
from common.inbox import FellBack
from common.outages import is_outage

STUCK_SECONDS = 60.0


class Stuck(Exception):  # noqa: N818 - said of the client
    """The client brings no records although there are some."""


class Lane:
    """Takes in what comes of the partitions of one lane; the lanes' partitions have none in common.

    Args:
        number: which lane.
        intake: applies what was polled.
        silence: is told what was heard.
        stop: set when the process is to end.
    """

    def __init__(self, number: int, intake: Intake, silence: Silence, stop: asyncio.Event) -> None:
        self._number, self._intake, self._silence, self._stop = number, intake, silence, stop
        self._holding = Holding(intake, stop)

    @property
    def last_sign(self) -> float:
        """When the lane last showed that it lives."""
        return self._holding.last_sign

    async def go_on(self, reader: Reader) -> None:
        """Take in batches until stopped, or until partitions have to be set up.

        Raises:
            Stuck: the client brings nothing.
        """
        while not (self._stop.is_set() or reader.unsettled):
            if reader.is_stuck:
                raise Stuck
            self._holding.sign()
            with suppress(Abandoned):
                await self._next(reader)

    async def _next(self, reader: Reader) -> None:
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                polled = await reader.poll(self._number)
        except TimeoutError:
            if reader.is_busy:  # a rebalance waits for another lane, and this poll for the rebalance
                return
            raise Stuck from None
        if polled is None:
            return
        hand = Hand(reader, reader.generation)
        async with reader.in_hand(self._number):
            await self._take(hand, polled)
            reader.applied(polled)
        for watermark in polled.watermarks:
            self._silence.heard(watermark)

    async def _take(self, hand: Hand, polled: Polled) -> None:
        """Apply a batch; where it fails, event by event."""
        holding, intake = self._holding, self._intake
        is_applied = not holding.is_doubtful and await holding.guarded(
            hand, lambda: intake.apply_batch(polled)
        )
        if not is_applied:
            for single in polled.singles():
                await self._take_single(hand, single)
        holding.trust()

    async def _take_single(self, hand: Hand, single: Polled) -> None:
        """Apply or park one event, also one whose failure looks like the database's though that answers."""
        cause: Exception | None = None
        for _ in range(DOUBTS):
            self._holding.check(hand)
            try:
                await self._intake.apply_single(single)
            except Exception as error:  # noqa: BLE001 - raised again unless the database seems to be away
                is_away = isinstance(error, FellBack) or not await self._intake.is_database_there()
                if is_away or not is_outage(error):
                    await self._holding.give_back(hand, error)
                cause = error
            else:
                return
        if cause is not None:
            failure = cause
            await self._holding.guarded(hand, lambda: self._intake.park(single, failure))
