"""Two resources that exist only here: parcels, with a life and an owner, and shelves, records by slug."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy import CheckConstraint, Select, UniqueConstraint, select
from sqlmodel import Field as Stored
from sqlmodel import SQLModel
from starlette.responses import Response

from common.audit import record
from common.audit.heads import not_at_hand
from common.db import Database, Session
from common.errors import Conflict, Invalid
from common.ids import new_id
from common.lifecycle import Lifecycle, step
from common.locking import locked
from common.messages import Message
from common.paging import Sorts
from common.rows import INSTANT, CustomerOwned, Resource, new_registry
from common.web.app import Api, Application, create_app
from common.web.routes import Routes
from common.web.shapes import (
    Instant,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    Shape,
    Slug,
    Text,
    sortable,
)
from common.web.vocabularies import Term, Vocabulary
from common.web.work import Work

REGISTRY = new_registry()


class Row(SQLModel, registry=REGISTRY):
    __abstract__: ClassVar[bool] = True


class ParcelState(StrEnum):
    PACKED = "packed"
    SENT = "sent"


LIFE = Lifecycle(
    "parcel_state",
    "packed",
    {
        "send": step("packed", "sent", "depot.parcel.sent"),
        "unpack": step("sent", "packed", "depot.parcel.unpacked"),
    },
)


class Parcel(Row, Resource, CustomerOwned, table=True):
    __tablename__: ClassVar[str] = "parcel"
    __table_args__ = (
        UniqueConstraint("reference", name="uq_parcel_reference"),
        CheckConstraint("weight_grams < 900000", name="weight"),
    )

    customer_id: UUID = Stored(index=True)
    reference: str
    note: str | None = None
    weight_grams: int
    state: str
    state_changed_at: datetime = Stored(sa_type=INSTANT)


class Shelf(Row, table=True):
    __tablename__: ClassVar[str] = "shelf"

    id: str = Stored(primary_key=True)
    version: int = 1
    title: str


class ParcelCreate(Shape):
    customer_id: UUID
    reference: Annotated[str, Text(40), Field(examples=["P-1"])]
    weight_grams: Annotated[int, Field(ge=1, le=1_000_000, examples=[1200])]
    note: Annotated[str, Text(200)] | None = None
    occurred_at: Maybe[Instant] = None


class ParcelUpdate(Shape):
    weight_grams: Maybe[Annotated[int, Field(ge=1, le=1_000)]] = None
    note: Annotated[str, Text(200)] | None = None


class ParcelSend(Shape):
    note: Maybe[Annotated[str, Text(200)]] = None


class ParcelOut(OutShape):
    id: UUID
    version: int
    customer_id: UUID
    reference: str
    note: str | None
    weight_grams: int
    state: ParcelState
    state_changed_at: OutInstant
    created_at: OutInstant
    allowed_actions: list[str]

    @classmethod
    def of(cls, row: Parcel) -> "ParcelOut":
        return cls(**row.model_dump(), allowed_actions=LIFE.allowed(row.state))


class ParcelPage(Page[ParcelOut]):
    pass


class ShelfPut(Shape):
    title: Annotated[str, Text(50), Field(examples=["Top"])]


class ShelfOut(OutShape):
    id: str
    version: int
    title: str


class Total(OutShape):
    grams: int


class TotalAsk(Shape):
    weights: Annotated[
        list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(max_length=5, examples=[[1, 2]])
    ]


class ParcelQuery(ListQuery):
    state: Annotated[list[ParcelState], Field(max_length=2)] = []
    reference: Maybe[Annotated[str, Text(40)]] = None
    sort: Annotated[str, sortable("created_at", "weight_grams")] = "-created_at"


SORTS = Sorts(Parcel.id, {"created_at": Parcel.created_at, "weight_grams": Parcel.weight_grams})

parcels = Routes("parcels", "Things on their way.")
shelves = Routes("shelves", "Places that things lie in.")
faults = Routes("faults", "What goes wrong.")


async def pack(session: Session, body: ParcelCreate, now: datetime) -> Parcel:
    if body.occurred_at is not None and body.occurred_at > now:
        raise Invalid("occurred-in-future", pointer="#/occurred_at", field="occurred_at", now=now.isoformat())
    row = Parcel(
        id=new_id(),
        created_at=now,
        updated_at=now,
        created_by=session.context.caller.subject,
        updated_by=session.context.caller.subject,
        customer_id=body.customer_id,
        reference=body.reference,
        note=body.note,
        weight_grams=body.weight_grams,
        state=LIFE.initial,
        state_changed_at=now,
    )
    session.insert(row)
    record(
        session, "parcel.packed", "parcel", row.id, row.version, changes={"state": (None, row.state)}, now=now
    )
    return row


async def send(session: Session, parcel_id: UUID, version: int | None, now: datetime) -> Parcel:
    row = await locked(session, Parcel, parcel_id, version)
    row.state = LIFE.ask("send", row.state).lands_in(row.state)
    row.state_changed_at = now
    row.version += 1
    record(
        session, "parcel.sent", "parcel", row.id, row.version, changes={"state": ("packed", "sent")}, now=now
    )
    return row


async def change(
    session: Session, parcel_id: UUID, changes: Mapping[str, object], version: int | None
) -> Parcel:
    row = await locked(session, Parcel, parcel_id, version)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    return row


@parcels.create("/v1/parcels", "tickets.write", ParcelOut, conflicts=True)
async def create_parcel(work: Work, body: ParcelCreate) -> Response:
    """Pack a parcel."""
    return await work.write(lambda s: pack(s, body, work.now), ParcelOut.of, status=201)


@parcels.list("/v1/parcels", "tickets.read", ParcelPage)
async def list_parcels(work: Work, asked: Annotated[ParcelQuery, Query()]) -> Response:
    """List parcels."""
    return await work.page(matching(asked), SORTS, asked, ParcelOut.of)


def matching(asked: ParcelQuery) -> Select[Parcel]:
    query = select(Parcel)
    if asked.state:
        query = query.where(Parcel.state.in_(asked.state))
    if asked.reference is not None:
        query = query.where(Parcel.reference == asked.reference)
    return query


@parcels.get("/v1/parcels/{parcel_id:uuid}", "tickets.read", ParcelOut)
async def get_parcel(work: Work, parcel_id: UUID) -> Response:
    """Read a parcel."""
    return await work.read(lambda s: s.scalar(select(Parcel).where(Parcel.id == parcel_id)), ParcelOut.of)


@parcels.action("/v1/parcels/{parcel_id:uuid}:send", "tickets.write", ParcelOut)
async def send_parcel(work: Work, parcel_id: UUID, body: ParcelSend) -> Response:  # noqa: ARG001
    """Send a parcel on its way."""
    return await work.write(lambda s: send(s, parcel_id, work.if_match, work.now), ParcelOut.of)


@parcels.patch("/v1/parcels/{parcel_id:uuid}", "tickets.write", ParcelOut)
async def update_parcel(work: Work, parcel_id: UUID, body: ParcelUpdate) -> Response:
    """Change a parcel."""
    return await work.write(lambda s: change(s, parcel_id, body.changes(), work.if_match), ParcelOut.of)


async def remove(session: Session, parcel_id: UUID, version: int | None) -> None:
    await session.delete(await locked(session, Parcel, parcel_id, version))


@parcels.delete("/v1/parcels/{parcel_id:uuid}", "tickets.admin")
async def delete_parcel(work: Work, parcel_id: UUID) -> Response:
    """Throw a parcel away."""
    return await work.write(lambda s: remove(s, parcel_id, work.if_match), None, status=204)


@parcels.compute("/v1/parcels:total", "tickets.read", Total)
async def total_parcels(work: Work, body: TotalAsk) -> Response:
    """Add weights up."""
    return work.answer(Total(grams=sum(body.weights)))


@shelves.get("/v1/shelves/{shelf_id:slug}", "stock.read", ShelfOut)
async def get_shelf(work: Work, shelf_id: Slug) -> Response:
    """Read a shelf."""
    return await work.read(
        lambda s: s.scalar(select(Shelf).where(Shelf.id == shelf_id)), ShelfOut.model_validate
    )


async def put(session: Session, shelf_id: str, body: ShelfPut, version: int | None) -> Shelf:
    row = await session.scalar(select(Shelf).where(Shelf.id == shelf_id).with_for_update())
    if row is None:
        row = Shelf(id=shelf_id, title=body.title, version=1)
        session.insert(row)
        return row
    if version is not None and version != row.version:
        raise Conflict("precondition-failed", current_version=row.version)
    row.title, row.version = body.title, row.version + 1
    return row


@shelves.put("/v1/shelves/{shelf_id:slug}", "stock.write", ShelfOut)
async def put_shelf(work: Work, shelf_id: Slug, body: ShelfPut) -> Response:
    """Set up or change a shelf."""
    return await work.write(lambda s: put(s, shelf_id, body, work.if_match), ShelfOut.model_validate)


@faults.create("/v1/shelves:break", "stock.admin", Total, idempotency="required", refuses=(500,))
async def break_shelf(work: Work) -> Response:  # noqa: ARG001
    """Fail in a way nobody foresaw."""
    raise RuntimeError("password=hunter22 of the shelf")


MESSAGES = {
    "reference-taken": Message(
        "编号已占用", "Reference taken", "请换一个编号。", "Choose another reference."
    ),
}
VOCABULARIES = {
    "parcel_state": Vocabulary(
        "parcel_state",
        1,
        (Term("packed", zh="已打包", en="Packed"), Term("sent", zh="已寄出", en="Sent", color="green")),
    )
}


@dataclass(frozen=True)
class SampleSettings:
    jwks: str
    cursor_secret: Path
    signing_key: Path
    issuer: str = "https://aftercare.local"
    audience: str = "aftercare"


API = Api(
    service="depot",
    title="Depot",
    version="0.1.0",
    about="A sample.",
    routes=[parcels, shelves],
    messages=MESSAGES,
    vocabularies=VOCABULARIES,
    quotas={},
)


def sample_app(
    database: Database, settings: SampleSettings, clock, heads=not_at_hand, keys=None, **changes
) -> Application:
    api = replace(API, **changes)
    return create_app(api, database=database, settings=settings, clock=clock, keys=keys, heads=heads)
