"""Whether balances, lots, reservations and transfers agree with the ledger."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from common.db import Session
from common.inbox import fetch


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is stored otherwise than it follows from the ledger."""

    what: str
    warehouse: str
    part: str
    piece: str
    stored: int
    derived: int

    def __str__(self) -> str:
        of = f" {self.piece}" if self.piece else ""
        return (
            f"{self.warehouse} {self.part}{of}: {self.what} is {self.stored}, the ledger says {self.derived}"
        )


_DIFFERENCES = """
WITH ledger AS (
    SELECT warehouse_id, part_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
    FROM stock_movement GROUP BY warehouse_id, part_id
), open AS (
    SELECT warehouse_id, part_id, sum(quantity) AS quantity FROM reservation
    WHERE state = 'reserved' GROUP BY warehouse_id, part_id
), way AS (
    SELECT t.to_warehouse_id AS warehouse_id, line.part_id, sum(line.quantity) AS quantity
    FROM stock_transfer t, jsonb_to_recordset(t.lines) AS line(part_id uuid, quantity int)
    WHERE t.state = 'shipped' GROUP BY 1, 2
), moved AS (
    SELECT m.warehouse_id, m.part_id, p.lot, p.serial_number, sum(sign(m.on_hand) * p.quantity) AS on_hand
    FROM stock_movement m, jsonb_to_recordset(m.pieces) AS p(lot text, serial_number text, quantity int)
    GROUP BY 1, 2, 3, 4
), found(what, warehouse_id, part_id, piece, stored, derived) AS (
    SELECT 'on_hand', warehouse_id, part_id, '', coalesce(b.on_hand, 0), coalesce(l.on_hand, 0)
    FROM stock_balance b FULL JOIN ledger l USING (warehouse_id, part_id)
    UNION ALL
    SELECT 'reserved', warehouse_id, part_id, '', coalesce(b.reserved, 0), coalesce(l.reserved, 0)
    FROM stock_balance b FULL JOIN ledger l USING (warehouse_id, part_id)
    UNION ALL
    SELECT 'reserved by reservations', warehouse_id, part_id, '',
           coalesce(o.quantity, 0), coalesce(l.reserved, 0)
    FROM open o FULL JOIN ledger l USING (warehouse_id, part_id)
    UNION ALL
    SELECT 'in_transit', warehouse_id, part_id, '', coalesce(b.in_transit, 0), coalesce(w.quantity, 0)
    FROM stock_balance b FULL JOIN way w USING (warehouse_id, part_id)
    UNION ALL
    SELECT 'on_hand', warehouse_id, part_id, concat_ws('/', nullif(lot, ''), nullif(serial_number, '')),
           coalesce(k.on_hand, 0), coalesce(m.on_hand, 0)
    FROM stock_lot k FULL JOIN moved m USING (warehouse_id, part_id, lot, serial_number)
)
SELECT f.what, coalesce(w.code, f.warehouse_id::text), coalesce(p.number, f.part_id::text), f.piece,
       f.stored::bigint, f.derived::bigint
FROM found f LEFT JOIN warehouse w ON w.id = f.warehouse_id LEFT JOIN part p ON p.id = f.part_id
WHERE f.stored <> f.derived ORDER BY 2, 3, 4, 1
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many rows were compared."""

    movements: int
    balances: int
    lots: int
    reservations: int
    transfers: int

    def __str__(self) -> str:
        return (
            f"{self.movements} movements compared with {self.balances} balances, {self.lots} lots and serial "
            f"numbers, {self.reservations} open reservations and {self.transfers} transfers on their way"
        )


_COMPARED = """
SELECT (SELECT count(*) FROM stock_movement), (SELECT count(*) FROM stock_balance),
       (SELECT count(*) FROM stock_lot), (SELECT count(*) FROM reservation WHERE state = 'reserved'),
       (SELECT count(*) FROM stock_transfer WHERE state = 'shipped')
"""


async def compared(session: Session) -> Compared:
    """What there is to compare."""
    [row] = await fetch(session, _COMPARED)
    return Compared(*row)


async def differences(session: Session) -> AsyncIterator[Difference]:
    """Every balance and lot that is not as it follows from the ledger; one statement, one moment."""
    for row in await fetch(session, _DIFFERENCES):
        yield Difference(*row)
