"""A client that costs little: as many requests as are answered, or so many a second, and how long they took.

Run as a process of its own it reads a ``Plan`` as JSON from its input and writes a ``Result``.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

CREATED = 201
WARM_UP = 0.15
"""Share of the requests at the beginning that are not counted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent.

    Args:
        port: on loopback.
        path: of the endpoint.
        tokens: used in turn, so that no caller's quota is spent.
        body: of every request.
        seconds: for how long.
        connections: kept open, one request at a time on each.
        rate: requests a second at fixed instants; without it, the next one follows each answer.
        run: makes the idempotency keys of this run its own.
    """

    port: int
    path: str
    tokens: list[str]
    body: str
    seconds: float
    connections: int = 32
    rate: float | None = None
    run: str = ""


@dataclass(slots=True)
class Result:
    """What came of it.

    Args:
        rate: answers a second.
        answers: all of them, also those of the warm-up.
        refused: answers other than 201.
        reason: body of the last of them.
        milliseconds: from the instant a request was to be sent to its answer, one by one.
    """

    rate: float
    answers: int
    refused: int
    reason: str
    milliseconds: list[float] = field(default_factory=list)


Answered = Callable[["Connection", int, bytes], None]


class Connection(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, answered: Answered) -> None:
        self._answered = answered
        self._received = b""
        self.planned_at = 0.0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """An answer, or a piece of one."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._received = b""
            self._answered(self, int(head[9:12]), body)

    def send(self, request: bytes, planned_at: float) -> None:
        """Send a request that was to be sent at an instant of the monotonic clock."""
        self.planned_at = planned_at
        self.transport.write(request)


class Requests:
    """The bytes of one request after the other."""

    def __init__(self, plan: Plan) -> None:
        body = plan.body.encode()
        self._heads = itertools.cycle(
            f"POST {plan.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nauthorization: Bearer {token}\r\n"
            f'idempotency-key: "{plan.run}-'.encode()
            for token in plan.tokens
        )
        self._rest = b'"\r\n\r\n' + body
        self._numbers = itertools.count()

    def next(self) -> bytes:
        """A request with a key that was not used before."""
        return next(self._heads) + str(next(self._numbers)).encode() + self._rest


class Load:
    """Sends what a plan says."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._requests = plan, Requests(plan)
        self._begins = self._ends = 0.0
        self._idle: deque[Connection] = deque()
        self._late: deque[float] = deque()
        self._under_way = 0
        self._times: list[tuple[float, float]] = []
        self._refused, self._reason = 0, b""
        self._done = asyncio.Event()

    async def run(self) -> Result:
        """Send, and wait for the last answers."""
        loop = asyncio.get_running_loop()
        for _ in range(self._plan.connections):
            await loop.create_connection(self._connection, "127.0.0.1", self._plan.port)
        self._begins = time.perf_counter()
        self._ends = self._begins + self._plan.seconds
        if self._plan.rate is None:
            for connection in tuple(self._idle):
                self._send(connection, time.perf_counter())
        else:
            await self._at_rate(self._plan.rate)
            self._ends = time.perf_counter()  # the last instant comes a little before the planned end
        if self._under_way or self._late:
            await self._done.wait()
        counted = [
            (at, took) for at, took in self._times if at >= self._begins + WARM_UP * self._plan.seconds
        ]
        seconds = counted[-1][0] - counted[0][0]
        return Result(
            len(counted) / seconds,
            len(self._times),
            self._refused,
            self._reason.decode(),
            [took * 1000 for _, took in counted],
        )

    def _connection(self) -> Connection:
        connection = Connection(self._answered)
        self._idle.append(connection)
        return connection

    async def _at_rate(self, rate: float) -> None:
        planned = self._begins
        while planned < self._ends:
            await asyncio.sleep(max(0.0, planned - time.perf_counter()))
            if self._idle:
                self._send(self._idle.popleft(), planned)  # in turn: the server closes what stays idle
            else:
                self._late.append(planned)
            planned += 1 / rate

    def _send(self, connection: Connection, planned: float) -> None:
        self._under_way += 1
        connection.send(self._requests.next(), planned)

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        present = time.perf_counter()
        self._times.append((present, present - connection.planned_at))
        if status != CREATED:
            self._refused, self._reason = self._refused + 1, body
        self._under_way -= 1
        if self._late:
            self._send(connection, self._late.popleft())
        elif self._plan.rate is None and present < self._ends:
            self._send(connection, present)
        else:
            self._idle.append(connection)
        if present >= self._ends and not self._under_way and not self._late:
            self._done.set()


def main() -> None:
    """Do what the plan on the input says."""
    plan = Plan(**json.load(sys.stdin))

    async def run() -> Result:
        return await Load(plan).run()

    json.dump(asdict(uvloop.run(run())), sys.stdout)


if __name__ == "__main__":
    main()
