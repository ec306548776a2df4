"""Warehouses, the ledger of movements, and the balances and lots that follow from it."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, Index, Table, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from common.rows import INSTANT, JSON, Resource, one_of
from warranty.domain.stock import SIGNS, MovementKind, Reference, WarehouseKind
from warranty.tables.rows import Row


class Warehouse(Resource, Row, table=True):
    """A place where parts are kept; a car is one, with its engineer."""

    __tablename__: ClassVar[str] = "warehouse"
    __table_args__ = (
        one_of("kind", WarehouseKind),
        CheckConstraint("(kind = 'car') = (engineer_id IS NOT NULL)", name="car_has_engineer"),
        UniqueConstraint("code", name="uq_warehouse_code"),
        Index("ix_warehouse_created_at", "created_at", "id"),
        Index("ix_warehouse_engineer", "engineer_id", postgresql_where=text("engineer_id IS NOT NULL")),
    )

    code: str
    name: str
    kind: str
    city: str
    engineer_id: UUID | None = None
    position: dict[str, float] | None = Field(default=None, sa_type=JSON)


def _signs() -> str:
    """The signs of each kind as a condition on a movement's row."""
    terms = [
        f"kind = '{kind.value}' AND sign(on_hand) IN ({_listed(on_hand)})"
        f" AND sign(reserved) IN ({_listed(reserved)})"
        for kind, (on_hand, reserved) in SIGNS.items()
    ]
    return " OR ".join(f"({term})" for term in terms)


def _listed(signs: frozenset[int]) -> str:
    return ", ".join(str(sign) for sign in sorted(signs))


class StockMovement(Row, table=True):
    """One entry of the ledger: how much more or less was on hand and reserved; never changed, never deleted.

    Warehouse and part are those of the balance that the same transaction changed, which refers to both; a
    reference from here as well would lock their rows for every entry.
    """

    __tablename__: ClassVar[str] = "stock_movement"
    __table_args__ = (
        one_of("kind", MovementKind),
        one_of("reference_kind", Reference),
        CheckConstraint(_signs(), name="signs"),
        CheckConstraint("(reference_kind IS NULL) = (reference_id IS NULL)", name="reference"),
        Index("ix_stock_movement_recorded_at", "recorded_at", "id"),
        Index("ix_stock_movement_part", "part_id", "recorded_at", "id"),
        Index("ix_stock_movement_warehouse", "warehouse_id", "recorded_at", "id"),
        Index("ix_stock_movement_reference", "reference_id", "recorded_at", "id"),
        Index(
            "ix_stock_movement_pieces",
            "pieces",
            postgresql_using="gin",
            postgresql_ops={"pieces": "jsonb_path_ops"},
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    warehouse_id: UUID
    part_id: UUID
    on_hand: int
    reserved: int
    pieces: list[dict[str, Any]] = Field(sa_type=JSON)
    reason: str | None = None
    reference_kind: str | None = None
    reference_id: UUID | None = None
    occurred_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = Field(sa_type=INSTANT)
    recorded_by: str


class StockBalance(Row, table=True):
    """What a warehouse has of a part: follows from the ledger; ``in_transit`` from transfers on their way."""

    __tablename__: ClassVar[str] = "stock_balance"
    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("on_hand >= reserved", name="available"),
        CheckConstraint("in_transit >= 0", name="in_transit"),
        UniqueConstraint("id", name="uq_stock_balance_id"),
        Index("ix_stock_balance_part", "part_id", "id"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    warehouse_id: UUID = Field(primary_key=True, foreign_key="warehouse.id")
    part_id: UUID = Field(primary_key=True, foreign_key="part.id")
    id: UUID
    on_hand: int
    reserved: int
    in_transit: int
    changed_at: datetime = Field(sa_type=INSTANT)


class StockLot(Row, table=True):
    """Pieces of one lot, or one piece with its serial number; empty texts stand for neither."""

    __tablename__: ClassVar[str] = "stock_lot"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("serial_number = '' OR on_hand <= 1", name="one_piece"),
        CheckConstraint("lot <> '' OR serial_number <> ''", name="told_apart"),
        UniqueConstraint("id", name="uq_stock_lot_id"),
        Index(
            "uq_stock_lot_serial",
            "part_id",
            "serial_number",
            unique=True,
            postgresql_where=text("serial_number <> '' AND on_hand > 0"),
        ),
        Index(
            "ix_stock_lot_serial_number",
            "serial_number",
            postgresql_where=text("serial_number <> '' AND on_hand > 0"),
        ),
        Index(
            "ix_stock_lot_shelf_life",
            "warehouse_id",
            "part_id",
            "expires_on",
            postgresql_where=text("on_hand > 0 AND expires_on IS NOT NULL"),
        ),
        Index("ix_stock_lot_received_on", "received_on", "id", postgresql_where=text("on_hand > 0")),
        Index("ix_stock_lot_part", "part_id", "received_on", "id", postgresql_where=text("on_hand > 0")),
    )

    warehouse_id: UUID = Field(primary_key=True)
    part_id: UUID = Field(primary_key=True)
    lot: str = Field(primary_key=True)
    serial_number: str = Field(primary_key=True)
    id: UUID
    expires_on: date | None = None
    received_on: date
    on_hand: int


def table_of(row: type[SQLModel]) -> Table:
    """The table behind a row class."""
    return row.__table__  # type: ignore[attr-defined,no-any-return]


TRIGGERS: tuple[str, ...] = (
    """
    CREATE OR REPLACE FUNCTION stock_movement_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'stock movements are final' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER stock_movement_is_final BEFORE UPDATE OR DELETE ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION stock_movement_is_final()
    """,
    """
    CREATE OR REPLACE TRIGGER stock_movement_is_kept BEFORE TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movement_is_final()
    """,
)
"""What the database itself refuses; migrations run these after the table is made."""

for statement in TRIGGERS:
    event.listen(table_of(StockMovement), "after_create", DDL(statement))  # type: ignore[no-untyped-call]
