"""What is derived from the code says what the code says, and links lead somewhere."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from aftercare import cli
from docs.generate.everything import SERVICES, documents, outdated
from docs.generate.interfaces import openapi
from tests.architecture.source import ROOT, files, lifecycles, told

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = tuple(path for path in files() if path.suffix == ".md")


@pytest.mark.parametrize("path", documents(), ids=told)
def test_documents_are_current(path: Path) -> None:
    assert path not in outdated(), "run make docs"


@pytest.mark.parametrize("service", SERVICES)
def test_the_api_document_is_valid(service: str) -> None:
    assert list(OpenAPIV31SpecValidator(dict(openapi(service))).iter_errors()) == []


@pytest.mark.parametrize("page", PAGES, ids=told)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


COMMAND = re.compile(r"(?:\.venv/bin/|`)aftercare ([a-z]+)(?: ([a-z]+)\b)?")


@pytest.mark.parametrize("page", PAGES, ids=told)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    groups = {
        name: {one.name or getattr(one.callback, "__name__", "") for one in group.registered_commands}
        for name, group in cli.GROUPS.items()
    }
    named = COMMAND.findall(page.read_text(encoding="utf-8"))
    unknown = [
        (name, verb)
        for name, verb in named
        if name not in cli.COMMANDS and verb not in groups.get(name, set())
    ]
    assert unknown == []


def test_every_page_of_the_documentation_is_linked_from_its_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in LINK.findall(index) if "://" not in link}
    pages = {path for path in PAGES if path.is_relative_to(ROOT / "docs") and path.name != "README.md"}
    assert pages <= linked


@pytest.mark.parametrize("service", SERVICES)
def test_every_action_of_a_lifecycle_is_an_operation(service: str) -> None:
    verbs = {path.rpartition(":")[2] for path in openapi(service)["paths"] if ":" in path}
    asked = {action for lifecycle in lifecycles(service).values() for action in lifecycle.verbs}
    assert asked <= verbs


def test_operation_ids_are_unique_over_the_suite() -> None:
    ids = [
        operation["operationId"]
        for service in SERVICES
        for path, item in openapi(service)["paths"].items()
        if not re.match(r"/v1/(audit|vocabularies|stream|parked)", path)
        for operation in item.values()
    ]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("service", SERVICES)
def test_every_schema_has_a_name_of_its_own(service: str) -> None:
    """Two classes of one name would be told apart by their modules, and so named in clients' code."""
    assert [name for name in openapi(service)["components"]["schemas"] if "__" in name] == []
