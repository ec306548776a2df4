"""A data folder that goes back to an earlier revision, and to the newest one again."""

from pathlib import Path

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.migrations import config, migrate


async def there_and_back(url: str, scripts: Path, revision: str, *changes: str) -> None:
    """Bring a database back to a revision, make its rows look as they did, and take it up again.

    Args:
        url: of the database.
        scripts: the service's migrations.
        revision: the revision.
        changes: statements, run without triggers.
    """

    def downgraded(connection: Connection) -> None:
        settings = config(scripts)
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)

    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.run_sync(downgraded)
        for change in ("SET LOCAL session_replication_role = replica", *changes):
            await connection.exec_driver_sql(change)
    await engine.dispose()
    await migrate(url, scripts)
