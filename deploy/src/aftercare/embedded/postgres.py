"""A PostgreSQL 18 of our own in a folder: set up on first start, and brought back after any kind of end."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

from aftercare import ports
from aftercare.embedded.account import PROGRAMS, account_for, installed_in, programs_for
from aftercare.embedded.leftovers import end_leftovers
from aftercare.lock import FolderLock
from aftercare.program import Account, Launch, Program, StartFailed

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
}
# For tests, whose data nobody misses after a power cut, nor keeps for long; a kill -9 loses nothing even so,
# as long as each commit is written (an asynchronous one would still be in the memory that dies).
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
INITDB = (
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth-local=trust",  # the socket's folder is open to us alone
    "--auth-host=scram-sha-256",
    "--no-instructions",
)
# A socket's whole path must stay under 100 bytes; a longer temporary folder is left for /tmp.
LONGEST_TEMPORARY = 60


class EmbeddedPostgres(Program):
    """One server on a unix socket and on loopback; `folder` holds its cluster in `data` and its log file."""

    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, folder: Path, port: int | None = None, *, durable: bool = True) -> None:
        super().__init__("postgres", folder.absolute())
        self.port = port or ports.free_port()
        self.data = self.folder / "data"
        self._durable = durable
        self._lock = FolderLock(self.folder)
        self._socket_folder: Path | None = None

    def url(self, database: str = SUPERUSER, role: str = SUPERUSER) -> str:
        """A libpq address of a database by way of the socket; the role needs no password there."""
        query = urlencode({"host": str(self._sockets()), "port": self.port}, safe="/", quote_via=quote)
        return f"postgresql://{quote(role)}@/{quote(database)}?{query}"

    def prepare(self) -> Launch:
        """Take the folder, end what a killed run left in it, set the cluster up if it is the first time."""
        self._lock.take()
        end_leftovers(self.data)
        account = account_for(self.data)
        programs = programs_for(account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, account)
        _own(self.data, account)
        sockets = self._sockets()
        _own_one(sockets, account)
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(sockets)}
        return self._launch((programs / "postgres", *_options(settings | self._speed())), self.data, account)

    def is_ready(self) -> bool:
        """Whether it accepts connections; asked only once it says so, else its log tells of a refusal."""
        if not self._says_ready():
            return False
        question = str(installed_in() / PROGRAMS / "pg_isready")
        command = [
            question,
            "-q",
            "-U",
            SUPERUSER,
            "-d",
            SUPERUSER,
            "-h",
            str(self._sockets()),
            "-p",
            str(self.port),
        ]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603

    def _says_ready(self) -> bool:
        try:
            return (self.data / "postmaster.pid").read_text().rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Remove the socket's folder and give the data folder free."""
        if self._socket_folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        self._lock.give_back()

    def _speed(self) -> dict[str, str]:
        return {} if self._durable else FORGETFUL

    def _launch(self, argv: tuple[Path | str, ...], data: Path, account: Account | None) -> Launch:
        """Name the data folder so that another user finds it even where those above it are closed to him.

        The launcher enters the folder as root; from inside, `/proc/self/cwd` leads there without the others.
        """
        where = str(data) if account is None else "/proc/self/cwd"
        words = (*(str(word) for word in argv), "-D", where)
        return Launch(words, data, {"LC_ALL": "C"}, account, death_signal=signal.SIGINT)

    def _initialise(self, programs: Path, account: Account | None) -> None:
        """Build the cluster beside its place and move it there: half of one is never taken for a whole."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        _own(unfinished, account)
        speed = () if self._durable else ("--no-sync",)
        launch = self._launch((programs / "initdb", *INITDB, *speed), unfinished, account)
        done = subprocess.run(  # noqa: S603  our own command line
            launch.command(),
            cwd=unfinished,
            env=launch.variables(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"PostgreSQL could not be set up in {self.folder}:\n{done.stdout}{done.stderr}")
        unfinished.rename(self.data)

    def _sockets(self) -> Path:
        """The short, private folder of the socket; one is kept for the life of this object."""
        if self._socket_folder is None:
            note = self.folder / "socket-folder"
            with suppress(FileNotFoundError):  # of a run that was killed
                shutil.rmtree(note.read_text(), ignore_errors=True)
            base = tempfile.gettempdir()
            short = base if len(os.fsencode(base)) <= LONGEST_TEMPORARY else "/tmp"  # noqa: S108  made private below
            self._socket_folder = Path(tempfile.mkdtemp(prefix="aftercare-", dir=short))
            self.folder.mkdir(parents=True, exist_ok=True)
            note.write_text(str(self._socket_folder))
        return self._socket_folder


def _options(settings: dict[str, str]) -> Iterator[str]:
    for name, value in settings.items():
        yield "-c"
        yield f"{name}={value}"


def _own(folder: Path, account: Account | None) -> None:
    """Give a folder and all in it to the account, where it is not already."""
    if account and folder.stat().st_uid != account.uid:
        for path in folder.rglob("*"):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        _own_one(folder, account)


def _own_one(folder: Path, account: Account | None) -> None:
    if account:
        os.chown(folder, account.uid, account.gid)
