"""Sets the work tree up with nothing but Python and a package index; run by `make`, imports nothing of ours.

Brings uv into `.tools`, lets it install the locked packages into `.venv`, and remembers what it did: the next
run ends at once unless the lock file, a project file or the folder's own name has changed.
"""

import fcntl
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"
OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"
TOOL_PACKAGES = TOOLS / "packages"
TOOL_UV = TOOL_PACKAGES / "bin" / "uv"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "set-up"
ANOTHER = "run make PYTHON=/path/to/python3 with another."
WITHOUT = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH")


def give_up(reason: str) -> None:
    """Say what is wrong and what to do about it, and end."""
    sys.exit(f"Setting up failed: {reason}")


def run(*command: str | Path, otherwise: str) -> None:
    """Run a command; where it fails, its own output stands above our advice."""
    environment = uv_settings() | {name: value for name, value in os.environ.items() if name not in WITHOUT}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:  # noqa: S603
        give_up(otherwise)


def uv_settings() -> dict[str, str]:
    """What uv and pip have to know about this machine."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", "PIP_ROOT_USER_ACTION": "ignore"}
    if ssl.create_default_context().cert_store_stats()["x509_ca"]:
        settings["UV_SYSTEM_CERTS"] = "true"  # the system's authorities; without any, uv's own
    home = os.environ.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        settings["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return settings


def fingerprint() -> str:
    """All that decides what `.venv` must hold."""
    facts = hashlib.sha256(UV.encode())
    for pattern in ("uv.lock", "pyproject.toml", "*/pyproject.toml", "*/*/pyproject.toml"):
        for path in sorted(ROOT.glob(pattern)):
            facts.update(path.read_bytes())
    return f"{ROOT}\n{facts.hexdigest()}"


def has_pip(python: Path) -> bool:
    """Whether this Python comes with pip."""
    question = [python, "-m", "pip", "--version"]
    return subprocess.run(question, capture_output=True, check=False).returncode == 0  # noqa: S603


def bring_uv() -> None:
    """Install uv beside the project, with this Python's pip or else one that it can make."""
    if TOOL_UV.exists():
        return
    python = Path(sys.executable)
    if not has_pip(python):
        lacking = (
            f"this Python has neither pip nor ensurepip; on Debian: apt install python3-venv; or {ANOTHER}"
        )
        run(python, "-m", "venv", "--clear", TOOLS / "pip", otherwise=lacking)
        python = TOOLS / "pip" / "bin" / "python"
    shutil.rmtree(TOOL_PACKAGES, ignore_errors=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-user", UV]
    run(
        *pip,
        "--target",
        TOOL_PACKAGES,
        otherwise="pip could not install uv: is the package index within reach?",
    )


def install() -> None:
    """Let uv install exactly what is locked; scripts of an environment that was moved name its old place.

    Compiled once here, ours as well: eight processes start together, and each would compile for itself.
    """
    if STAMP.exists() and STAMP.read_text().partition("\n")[0] != str(ROOT):
        shutil.rmtree(ENVIRONMENT)
    sync = [TOOL_UV, "sync", "--frozen", "--all-packages", "--compile-bytecode", "--quiet"]
    run(
        *sync,
        "--python",
        sys.executable,
        otherwise="the packages could not be installed: is the package index within reach?",
    )
    compiling = [PYTHON, "-m", "compileall", "-q", *ROOT.glob("*/src"), *ROOT.glob("*/*/src")]
    run(*compiling, otherwise="the sources could not be compiled: may this user write into the work tree?")


def main() -> None:
    """Set up what is not; two that do so at once take turns."""
    if sys.version_info < OLDEST:
        give_up(f"Python 3.11 or newer is needed and this is {sys.version.split()[0]}; {ANOTHER}")
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return
        print("Setting up (once; needs the package index) …", flush=True)  # noqa: T201  it talks to people
        bring_uv()
        install()
        STAMP.write_text(wanted)


if __name__ == "__main__":
    main()
