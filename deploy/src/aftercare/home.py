"""The data folder of one copy of the product: its keys, its databases, its note of what runs."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aftercare.lock import FolderLock

DEFAULT = Path(__file__).resolve().parents[3] / ".aftercare"


@dataclass(frozen=True, slots=True)
class Running:
    """What a running copy says about itself in its data folder, for the other commands and for tests."""

    pid: int
    addresses: dict[str, str]
    bus: str
    databases: dict[str, str]
    processes: dict[str, int] = field(default_factory=dict)
    bus_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under AFTERCARE_HOME."""

    folder: Path

    @property
    def keys(self) -> Path:
        """Private and public keys; open to us alone."""
        return self.folder / "keys"

    @property
    def servers(self) -> Path:
        """The embedded PostgreSQL's cluster."""
        return self.folder / "postgres"

    def service(self, name: str) -> Path:
        """What one service keeps outside its database (published audit heads)."""
        return self.folder / name

    def lock(self) -> FolderLock:
        """The lock that a running copy holds on the whole folder."""
        return FolderLock(self.folder)

    def running(self) -> Running | None:
        """The copy that runs on this folder, if one does."""
        try:
            noted = Running(**json.loads(self._note.read_text()))
        except FileNotFoundError:
            return None
        return noted if _is_alive(noted.pid) else None

    def note(self, running: Running) -> None:
        """Write down what runs; readers see the old note or the new one, never half of one."""
        draft = self._note.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running), indent=2))
        draft.replace(self._note)

    def forget(self) -> None:
        """Nothing runs here any more."""
        with suppress(FileNotFoundError):
            self._note.unlink()

    @property
    def _note(self) -> Path:
        return self.folder / "running.json"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # as another user
    return True
