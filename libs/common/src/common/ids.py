"""Identifiers: UUIDv7, so that rows of one moment lie together in an index."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A new UUIDv7 as the standard library's type."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
