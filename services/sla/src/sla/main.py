"""Puts sla together: its API, its worker, its migrations and what is there from the first start."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from common.clock import wall_clock
from common.context import system
from common.contracts import published_by
from common.db import Database
from common.processes import Service
from common.web.app import Api
from common.web.vocabularies import Term, Vocabulary
from common.worker import Reactions
from sla.api import agreements, calendars, clocks, deadlines, plans, recomputations
from sla.commands import months, reference, replaying
from sla.commands.crossings import SERVICE as NAME
from sla.commands.crossings import SOURCES
from sla.domain.comparison import Difference
from sla.domain.labels import LABELS
from sla.domain.refusals import MESSAGES
from sla.listeners import LISTENERS
from sla.policy import POLICY
from sla.settings import Settings
from sla.sweeps import SWEEPS, forgiving

REPLAY_STATEMENT_MS = 60_000
SCRIPTS = Path(__file__).parents[2] / "migrations"

CONFLICTS = {"pk_calendar": "calendar-exists", "pk_plan": "plan-exists"}
"""Constraints whose violation is the caller's business."""

ABOUT = """Promises with clocks: plans, calendars and agreements as data, clocks derived from what happened.

A clock is a pure function of its subject's facts. `as_of` asks what was known at any past moment; the
explanation of a clock counts its time window by window."""


def describe(_: Database) -> Api:
    """What the API is made of."""
    return Api(
        service=NAME,
        title="Aftercare sla",
        version="1.0.0",
        about=ABOUT,
        routes=[
            calendars.routes,
            plans.routes,
            agreements.routes,
            clocks.routes,
            recomputations.routes,
            deadlines.routes,
        ],
        messages=MESSAGES,
        vocabularies=vocabularies(),
        publishes=published_by(NAME),
        hears=tuple(LISTENERS.events),
    )


def vocabularies() -> dict[str, Vocabulary]:
    """Codes with their labels."""
    return {
        name: Vocabulary(name, 1, tuple(Term(code, *both) for code, both in labels.items()))
        for name, labels in LABELS.items()
    }


def reactions(database: Database) -> Reactions:
    """What the worker does; a chore takes the place of the sweep that it has the name of."""
    return Reactions(
        publishes=published_by(NAME),
        listeners=LISTENERS,
        hears_watermarks_of=SOURCES,
        sweeps=SWEEPS,
        chores=forgiving(database),
    )


async def prepare(database: Database) -> None:
    """Make the months of facts and publish the reference data where it is not there as packaged."""
    now = wall_clock()
    async with database.transaction(system(NAME)) as session:
        await months.make_months(session, now, POLICY.months_ahead)
        await reference.publish_reference(session, now)


async def replay(settings: Settings) -> AsyncIterator[Difference]:
    """Derive all clocks from the stored facts again; what is stored otherwise, subject by subject.

    The service may be running: what differs at first sight is looked at again while nobody may change it.
    """
    database = Database(settings.database_url, f"{NAME}-replay", statement_timeout_ms=REPLAY_STATEMENT_MS)
    try:
        async with database.read(system(NAME)) as session:
            async for checked in replaying.suspects_of(session):
                for difference in await _sure(database, checked):
                    yield difference
    finally:
        await database.close()


async def _sure(database: Database, checked: replaying.Checked) -> Sequence[Difference]:
    if not checked.suspects:
        return ()
    async with database.transaction(system(NAME)) as session:
        return await replaying.check_held(session, checked.suspects)


SERVICE = Service(
    name=NAME,
    settings=Settings,
    scripts=SCRIPTS,
    conflicts=CONFLICTS,
    describe=describe,
    reactions=reactions,
    prepare=prepare,
)
