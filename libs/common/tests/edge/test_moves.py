"""What verbs tell the audit: every column they changed, once, whatever was asked in between."""

from uuid import uuid4

from sqlalchemy import select

from common.audit.entries import AUDIT
from common.context import Caller, Context
from common.locking import locked
from common.moves import audit, made, touch

from .sample import Parcel

WHO = Context(Caller("u1", client_id="desk"), request_id="r1")


async def entries(database, parcel_id) -> list[tuple[str, dict]]:
    told = select(AUDIT.c.action, AUDIT.c.changes).where(AUDIT.c.resource_id == str(parcel_id))
    async with database.read(WHO) as session:
        return [tuple(row) for row in await session.execute(told.order_by(AUDIT.c.id))]


async def a_parcel(database, watch) -> Parcel:
    async with database.transaction(WHO) as session:
        return made(
            session,
            Parcel,
            watch.now,
            customer_id=uuid4(),
            reference=str(uuid4()),
            weight_grams=1,
            state="packed",
            state_changed_at=watch.now,
        )


async def test_a_question_in_between_hides_no_change(database, watch):
    parcel = await a_parcel(database, watch)
    async with database.transaction(WHO) as session:
        row = await locked(session, Parcel, parcel.id)
        row.weight_grams = 2
        await session.execute(select(Parcel.id))
        row.note = "heavier"
        touch(session, row, watch.now)
        audit(session, "weigh", row, watch.now)
    [(action, changes)] = await entries(database, parcel.id)
    assert action == "parcel.weigh"
    assert changes["weight_grams"] == [1, 2]
    assert (changes["note"], changes["version"]) == ([None, "heavier"], [1, 2])


async def test_each_entry_tells_what_is_new_since_the_one_before(database, watch):
    parcel = await a_parcel(database, watch)
    async with database.transaction(WHO) as session:
        row = await locked(session, Parcel, parcel.id)
        row.weight_grams = 2
        audit(session, "weigh", row, watch.now)
        await session.execute(select(Parcel.id))
        row.weight_grams = 3
        await session.execute(select(Parcel.id))
        row.note = "and once more"
        audit(session, "weighAgain", row, watch.now)
        audit(session, "look", row, watch.now)
    told = dict(await entries(database, parcel.id))
    assert told["parcel.weigh"] == {"weight_grams": [1, 2]}
    assert told["parcel.weighAgain"] == {"weight_grams": [2, 3], "note": [None, "and once more"]}
    assert told["parcel.look"] == {}
