"""The made-up service: ``Made`` events about things, and a keeper that writes down what it hears."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from aiokafka import AIOKafkaProducer
from sqlalchemy.ext.asyncio import create_async_engine

import common.audit
import common.idempotency
import common.inbox
import common.outbox  # noqa: F401 - the tables
from common.bus import Bus, GenericListener, Listeners
from common.clock import Clock
from common.context import system
from common.db import Database, Session, connector
from common.events import Envelope, Event
from common.inbox import fetch
from common.outbox import publish
from common.rows import COMMON
from common.worker import Reactions, Worker

CONTEXT = system("maker")


class ThingEvent(Event):
    topic: ClassVar[str] = "maker.thing.v1"
    collection: ClassVar[str] = "things"
    is_busy: ClassVar[bool] = True

    number: int


class ThingMade(ThingEvent):
    type: ClassVar[str] = "maker.thing.made"

    word: str = ""


class ThingBroken(ThingEvent):
    type: ClassVar[str] = "maker.thing.broken"


EVENTS = (ThingMade, ThingBroken)

METADATA = sa.MetaData()
HEARD = sa.Table(
    "heard",
    METADATA,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.UUID, nullable=False),
    sa.Column("thing", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("caused_by", sa.Text, nullable=False),
)


async def migrate(url: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connector(url, {}, "migrate"))
    async with engine.begin() as connection:
        await connection.run_sync(COMMON.metadata.create_all)
        await connection.run_sync(METADATA.create_all)
    await engine.dispose()


@dataclass
class Thing:
    id: UUID
    version: int = 0


async def make(
    database: Database,
    thing: Thing,
    clock: Clock,
    count: int = 1,
    word: str = "",
    kind: type[Event] = ThingMade,
) -> list[UUID]:
    """Announce the next ``count`` numbers of ``thing`` in one transaction."""
    ids = []
    async with database.transaction(CONTEXT) as session:
        for _ in range(count):
            thing.version += 1
            values = {"number": thing.version} | ({"word": word} if kind is ThingMade else {})
            ids.append(publish(session, kind(**values), of=thing, occurred_at=clock(), now=clock()))
    return ids


def write_down(session: Session, envelope: Envelope) -> None:
    values = {
        "event_id": envelope.id,
        "thing": envelope.key,
        "number": envelope.data["number"],
        "caused_by": session.context.causation_id,
    }
    session.collect(HEARD, values)


@dataclass
class Keeper:
    """Listeners that write down what they hear, and fail on words they are told to fail on."""

    refuses: set[str] = field(default_factory=set)
    batches: list[int] = field(default_factory=list)

    async def on_made(self, session: Session, event: ThingMade, envelope: Envelope) -> None:
        if event.word in self.refuses:
            raise RuntimeError(f"will not hear of {event.word}")
        write_down(session, envelope)

    async def on_broken(self, session: Session, _: ThingBroken, envelope: Envelope) -> None:
        write_down(session, envelope)

    async def on_all(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        self.batches.append(len(envelopes))
        for envelope in envelopes:
            if envelope.data.get("word") in self.refuses:
                raise RuntimeError("will not hear of it")
            write_down(session, envelope)

    @property
    def listeners(self) -> Listeners:
        return {ThingMade: self.on_made, ThingBroken: self.on_broken}

    @property
    def generic(self) -> GenericListener:
        return GenericListener(EVENTS, self.on_all)


async def rows(database: Database, sql: str, *values: object) -> Sequence[Any]:
    return await database.ask(CONTEXT, lambda session: fetch(session, sql, *values))


async def numbers(database: Database, thing: Thing) -> list[int]:
    """What was heard of a thing, in the order it was written down."""
    found = await rows(database, "SELECT number FROM heard WHERE thing = $1 ORDER BY seq", str(thing.id))
    return [row[0] for row in found]


async def count_of(database: Database, table: str, condition: str = "true") -> int:
    return (await rows(database, f"SELECT count(*) FROM {table} WHERE {condition}"))[0][0]


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    """The workers at work while the block lasts."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(worker.run(stop)) for worker in workers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@dataclass
class Made:
    """A publisher called maker and a consumer called keeper."""

    publisher: Database
    consumer: Database
    bus: Bus
    clock: Clock

    def maker(self, database: Database | None = None) -> Worker:
        reactions = Reactions(publishes=EVENTS)
        return Worker(
            service="maker",
            database=database or self.publisher,
            bus=self.bus,
            clock=self.clock,
            reactions=reactions,
        )

    def keeper(self, listeners: Listeners, database: Database | None = None) -> Worker:
        reactions = Reactions(publishes=(), listeners=listeners, hears_watermarks_of=("maker",))
        return Worker(
            service="keeper",
            database=database or self.consumer,
            bus=self.bus,
            clock=self.clock,
            reactions=reactions,
        )

    def sender(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(bootstrap_servers=self.bus.bootstrap, linger_ms=0)
