"""A folder belongs to one running copy: a lock the kernel drops with the process that holds it."""

import fcntl
import os
from pathlib import Path

from aftercare.program import StartFailed


class FolderLock:
    """Taken by one process at a time; taking it again in the same object does nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the folder; raises StartFailed that names the process that has it."""
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode() or "unknown"
            os.close(descriptor)
            raise StartFailed(
                f"{self._path.parent} is in use by another running copy (process {holder}). "
                "Stop that one, or set AFTERCARE_HOME to another folder and AFTERCARE_PORT_BASE to others."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def give_back(self) -> None:
        """Let the next one have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
