"""Migrations: each service's Alembic scripts, run on its own database; the shared tables come with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

import common.audit
import common.idempotency
import common.inbox
import common.numbers
import common.outbox  # noqa: F401 - the imports above put the shared tables into COMMON
from common.db import connector
from common.rows import COMMON

LOCK = 0x61667463
"""Key of the advisory lock under which migrations run, so that two starting processes take turns."""


def config(scripts: Path) -> Config:
    """Alembic's configuration for the folder ``scripts``."""
    found = Config()
    found.set_main_option("script_location", str(scripts).replace("%", "%%"))
    found.set_main_option("path_separator", "os")
    return found


def run_environment(context: Any, metadata: MetaData) -> None:  # noqa: ANN401 - Alembic's proxy module
    """What every service's ``env.py`` does: run on the connection it is given.

    Args:
        context: ``alembic.context``.
        metadata: the service's own tables; the shared ones are added.
    """
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=[metadata, COMMON.metadata],
        compare_server_default=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_ours(thing: Any, name: str | None, kind: str, *_: object) -> bool:  # noqa: ANN401 - Alembic's signature
    """Partitions are made as months come; they are no part of the declared schema."""
    return not (kind == "table" and "_p_" in (name or "")) and not thing.info.get("is_partition_index", False)


async def _with_connection(dsn: str, act: Callable[[Connection], None]) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connector(dsn, {}, "migrate"))
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
            await connection.commit()
            await connection.run_sync(act)
            await connection.commit()
    finally:
        await engine.dispose()


async def migrate(dsn: str, scripts: Path) -> None:
    """Bring the database to the newest revision; nothing happens where it is there already."""

    def upgrade(connection: Connection) -> None:
        settings = config(scripts)
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")

    await _with_connection(dsn, upgrade)


async def is_current(dsn: str, scripts: Path) -> bool:
    """Whether the database stands at the newest revision."""
    head = ScriptDirectory.from_config(config(scripts)).get_current_head()
    found: list[str | None] = []
    await _with_connection(dsn, lambda c: found.append(MigrationContext.configure(c).get_current_revision()))
    return found == [head]
