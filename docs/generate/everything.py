"""All derived documents by path."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from docs.generate import events, interfaces, problems, readmes, roles

ROOT = Path(__file__).parents[2]
SERVICES = tuple(sorted(main.parent.name for main in ROOT.glob("services/*/src/*/main.py")))


@cache
def documents() -> Mapping[Path, str]:
    """Path to text of everything that is derived from the code."""
    found: dict[Path, str] = {
        ROOT / "docs" / "roles.md": roles.page(),
        ROOT / "docs" / "problems.md": problems.page(SERVICES),
    }
    for service in SERVICES:
        found |= events.documents(ROOT / "docs" / "schemas", service)
        found |= interfaces.documents(ROOT / "docs", service)
        page = ROOT / "services" / service / "README.md"
        found[page] = readmes.filled(page.read_text(encoding="utf-8"), service)
    return found


def outdated() -> list[Path]:
    """Documents that are missing or say something else than the code."""
    return [
        path
        for path, text in documents().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
