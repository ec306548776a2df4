"""Migrated schemas are the declared ones."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

import sla.main
import warranty.main
from common.context import system
from common.db import Database
from common.migrations import COMMON, _is_ours, is_current, migrate
from common.testing import Templates
from sla.tables import SLA
from ticketing.main import SCRIPTS
from ticketing.tables import TICKETING
from warranty.tables import WARRANTY

SERVICES = [
    ("ticketing", SCRIPTS, TICKETING.metadata),
    ("sla", sla.main.SCRIPTS, SLA.metadata),
    ("warranty", warranty.main.SCRIPTS, WARRANTY.metadata),
]


@pytest.fixture
async def bare_url(templates: Templates) -> AsyncIterator[str]:
    async def nothing(_: str) -> None:
        return

    await templates.template("bare", nothing)
    url = await templates.clone("bare")
    yield url
    await templates.drop(url)


def differences(connection: Connection, metadata: MetaData) -> list[object]:
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": _is_ours,
        "target_metadata": [metadata, COMMON.metadata],
    }
    context = MigrationContext.configure(connection, opts=options)
    return compare_metadata(context, [metadata, COMMON.metadata])


@pytest.mark.parametrize(("name", "scripts", "metadata"), SERVICES, ids=[one[0] for one in SERVICES])
async def test_the_migrated_schema_is_the_declared_one(
    bare_url: str, name: str, scripts: Path, metadata: MetaData
):
    assert not await is_current(bare_url, scripts)
    await migrate(bare_url, scripts)
    await migrate(bare_url, scripts)
    assert await is_current(bare_url, scripts)
    database = Database(bare_url, name)
    async with database.read(system(name)) as session:
        connection = await session.connection()
        found = await connection.run_sync(differences, metadata)
        triggers = await session.execute(text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
        assert triggers.scalar_one() > 0
    await database.close()
    assert found == []
