"""Identifiers: UUIDv7, so that rows of one moment lie together in an index."""

from typing import cast
from uuid import UUID

import uuid_utils
from asyncpg.pgproto.pgproto import UUID as FastUUID  # noqa: N811 - a UUID, made and written in C


def new_id() -> UUID:
    """A new UUIDv7, in the form that the driver gives ids of stored rows."""
    return cast("UUID", FastUUID(uuid_utils.uuid7().bytes))


def read_id(text: str) -> UUID:
    """The UUID that ``text`` writes, in the form that the driver gives ids of stored rows.

    Raises:
        ValueError: it writes none.
    """
    try:
        return cast("UUID", FastUUID(text))
    except ValueError:
        return UUID(text)  # with braces or as a URN
