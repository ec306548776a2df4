"""Files that tell of many things, on their way in; what each row did is told by its own event."""

from typing import ClassVar
from uuid import UUID

from common.events import Event


class ImportEvent(Event):
    """The import after the event; counts are rows, as far as they have been looked at."""

    topic: ClassVar[str] = "warranty.import.v1"
    collection: ClassVar[str] = "imports"

    import_id: UUID
    kind: str
    state: str
    is_dry_run: bool
    row_count: int | None = None
    new_count: int
    changed_count: int
    unchanged_count: int
    wrong_count: int


class ImportQueued(ImportEvent):
    """A file was sent and waits to be checked."""

    type: ClassVar[str] = "warranty.import.queued"


class ImportCheckingBegun(ImportEvent):
    """The file is being read and checked."""

    type: ClassVar[str] = "warranty.import.checking_begun"


class ImportChecked(ImportEvent):
    """Every row was checked; nothing has been changed so far."""

    type: ClassVar[str] = "warranty.import.checked"


class ImportStarted(ImportEvent):
    """The checked rows are being written."""

    type: ClassVar[str] = "warranty.import.started"


class ImportSucceeded(ImportEvent):
    """All rows are in, at one instant."""

    type: ClassVar[str] = "warranty.import.succeeded"


class ImportFailed(ImportEvent):
    """Nothing was changed, and why."""

    type: ClassVar[str] = "warranty.import.failed"

    reason: str


class ImportCancelled(ImportEvent):
    """Somebody ended the import before it changed anything."""

    type: ClassVar[str] = "warranty.import.cancelled"
