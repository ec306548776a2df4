"""The office's database as an earlier release left it, taken up by this one."""

from common.testing.migrating import there_and_back
from warranty.main import SCRIPTS

from .office import Office


async def back(office: Office, revision: str, *changes: str) -> None:
    await there_and_back(office.database.dsn, SCRIPTS, revision, *changes)
