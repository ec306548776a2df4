"""Software releases of products."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from common.events import Event


class ReleaseEvent(Event):
    """The release after the event."""

    topic: ClassVar[str] = "warranty.release.v1"
    collection: ClassVar[str] = "releases"

    release_id: UUID
    product_id: UUID
    release_version: str
    state: str
    channel: str
    minimum_version: str | None = None
    tested_on: date | None = None
    released_on: date | None = None


class ReleaseCreated(ReleaseEvent):
    """A release is known."""

    type: ClassVar[str] = "warranty.release.created"


class ReleaseUpdated(ReleaseEvent):
    """What is known of a release was corrected."""

    type: ClassVar[str] = "warranty.release.updated"

    previous: dict[str, Any]


class ReleasePromoted(ReleaseEvent):
    """A release may be tried out."""

    type: ClassVar[str] = "warranty.release.promoted"


class ReleaseReleased(ReleaseEvent):
    """A release is out: it is offered, and shipped with new assets if it is the newest."""

    type: ClassVar[str] = "warranty.release.released"


class ReleaseWithdrawn(ReleaseEvent):
    """A release must not be used any more; what runs it is exposed."""

    type: ClassVar[str] = "warranty.release.withdrawn"
