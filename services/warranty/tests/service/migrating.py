"""A data folder that goes back to an earlier revision, and to the newest one again."""

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.migrations import config, migrate
from warranty.main import SCRIPTS

from .office import Office


async def back(office: Office, revision: str, *changes: str) -> None:
    """Make rows look as they did at ``revision``, and bring the data folder to the newest one again."""

    def downgraded(connection: Connection) -> None:
        settings = config(SCRIPTS)
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)

    engine = create_async_engine(office.database.dsn.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.run_sync(downgraded)
        for change in ("SET LOCAL session_replication_role = replica", *changes):
            await connection.exec_driver_sql(change)
    await engine.dispose()
    await migrate(office.database.dsn, SCRIPTS)
