"""Puts sla together: its API, its worker, its migrations and what is there from the first start."""

from pathlib import Path

from common.clock import wall_clock
from common.context import system
from common.contracts import published_by
from common.db import Database
from common.processes import Service
from common.web.app import Api
from common.worker import Reactions
from sla.commands import months, reference
from sla.listeners import LISTENERS
from sla.policy import POLICY
from sla.settings import Settings
from sla.sweeps import SWEEPS

NAME = "sla"
SCRIPTS = Path(__file__).parents[2] / "migrations"


def describe(_: Database) -> Api:
    return Api(service=NAME, title="Aftercare sla", version="1.0.0", about="", routes=[])


def reactions(_: Database) -> Reactions:
    """What the worker does."""
    return Reactions(
        publishes=published_by(NAME), listeners=LISTENERS, hears_watermarks_of=("ticketing",), sweeps=SWEEPS
    )


async def prepare(database: Database) -> None:
    """Publish the reference calendars and the reference plan where they are not there as packaged."""
    now = wall_clock()
    async with database.transaction(system(NAME)) as session:
        await months.make_months(session, now, POLICY.months_ahead)
        await reference.publish_reference(session, now)


SERVICE = Service(
    name=NAME,
    settings=Settings,
    scripts=SCRIPTS,
    conflicts={},
    describe=describe,
    reactions=reactions,
    prepare=prepare,
)
