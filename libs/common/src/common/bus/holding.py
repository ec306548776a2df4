"""Holding on while the database is away, giving back what was in hand; or doubting that it is away."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import structlog

from common.bus.intake import Intake
from common.bus.reader import Reader
from common.outages import is_outage

T = TypeVar("T")

log = structlog.get_logger()

HOLD_SECONDS = (0.1, 2.0)
DOUBTS = 5
"""How often work may fail as if the database were away, though that answers, before the work is blamed."""


class Abandoned(Exception):  # noqa: N818 - said of the work
    """What is in hand is another replica's by now, or the process ends."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What was brought by a client under one assignment of partitions.

    Args:
        reader: the client.
        generation: of its assignment.
    """

    reader: Reader
    generation: int


class Holding:
    """Does work that needs the database, and waits for that where it is away.

    Args:
        intake: whose database it is.
        stop: set when the process is to end.
    """

    def __init__(self, intake: Intake, stop: asyncio.Event) -> None:
        self._intake, self._stop = intake, stop
        self._doubts = 0
        self.last_sign = 0.0

    def sign(self) -> None:
        """Take note that whoever works here lives."""
        self.last_sign = asyncio.get_running_loop().time()

    @property
    def is_doubtful(self) -> bool:
        """Whether the work is to be blamed for its failures by now."""
        return self._doubts >= DOUBTS

    def trust(self) -> None:
        """Forget doubts: something was done."""
        self._doubts = 0

    def check(self, hand: Hand) -> None:
        """Go on only with what is still in hand.

        Raises:
            Abandoned: it is not.
        """
        if self._is_over(hand):
            raise Abandoned

    async def guarded(self, hand: Hand, act: Callable[[], Awaitable[T]]) -> T:
        """Do ``act`` unless what is in hand is no longer ours.

        Raises:
            Abandoned: it is not, or the database went away and has come back.
        """
        self.check(hand)
        try:
            return await act()
        except Exception as error:  # noqa: BLE001 - raised again unless the database is away
            self._doubts = self._doubts + 1 if await self._intake.is_database_there() else 0
            await self.give_back(hand, error)

    async def give_back(self, hand: Hand, error: Exception) -> NoReturn:
        """Stay in the group, paused, until the database answers; then go on from the positions it knows.

        Not from the batch in hand: a database that comes back may have lost its last transactions, and with
        them the positions, and reading them again is what brings the effects back.

        Raises:
            Abandoned: always, unless ``error`` has nothing to do with the database being away.
        """
        if not is_outage(error):
            raise error
        log.warning("database away, holding", error=repr(error))
        hand.reader.pause()
        pause = HOLD_SECONDS[0]
        while not self._is_over(hand):
            self.sign()
            await hand.reader.idle(pause)
            if await self._intake.is_database_there():
                hand.reader.unsettle()
                break
            pause = min(pause * 2, HOLD_SECONDS[1])
        raise Abandoned from error

    def _is_over(self, hand: Hand) -> bool:
        return self._stop.is_set() or hand.reader.generation != hand.generation
