"""What is derived from the code says what the code says, and links lead somewhere."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from aftercare import cli
from docs.generate.everything import SERVICES, outdated
from docs.generate.interfaces import openapi
from tests.architecture.source import ROOT, files, lifecycles, told

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = tuple(path for path in files() if path.suffix == ".md")


def test_documents_are_current() -> None:
    assert outdated() == [], "run make docs"


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


def _inline_names(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """The names that client generators make for what a schema holds without a name of its own.

    An object or an enumeration inside another schema is called by its owner and its property or title.
    """
    for key, inner in schema.get("properties", {}).items():
        for called in {key, inner.get("title", key)}:
            yield from _named(
                name + "".join(word.capitalize() for word in re.split(r"[\W_]+", called)), inner
            )


def _named(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("type") == "object" or "enum" in schema or "properties" in schema:
        yield name
        yield from _inline_names(name, schema)
    for number, one in enumerate(schema.get("anyOf", ())):
        yield from _named(name, one)
        yield from _named(f"{name}Type{number}", one)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, Mapping):
            yield from _named(f"{name}Item", inner)
            yield from _named(f"{name}AdditionalProperty", inner)


@pytest.mark.parametrize("service", SERVICES)
def test_no_schema_inside_another_takes_a_components_name(service: str) -> None:
    """A generator of clients drops both where two of its classes would have one name."""
    schemas = openapi(service)["components"]["schemas"]
    taken = {inline for name, schema in schemas.items() for inline in _inline_names(name, schema)}
    assert sorted(taken & set(schemas)) == []


POINTER = re.compile(r'f?"#/([a-z][a-z_/{}.0-9]*)"')


def _fields(service: str) -> set[str]:
    """Names of all fields that requests of a service may have."""
    schemas: dict[str, Any] = openapi(service)["components"]["schemas"]
    asked = [
        content["schema"]
        for item in openapi(service)["paths"].values()
        for operation in item.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    fields: set[str] = set()
    known: set[str] = set()
    while asked:
        schema = asked.pop()
        if isinstance(schema, Mapping):
            name = str(schema.get("$ref", "")).rpartition("/")[2]
            if name and name not in known:
                known.add(name)
                asked.append(schemas[name])
            fields |= set(schema.get("properties", {}))
            asked += schema.values()
        elif isinstance(schema, list):
            asked += schema
    return fields


@pytest.mark.parametrize("service", SERVICES)
def test_pointers_name_fields_of_requests(service: str) -> None:
    """What a refusal points at stands in some body that the service takes."""
    fields = _fields(service)
    pointed = {
        (segment, told(path))
        for path in files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "services" / service / "src")
        for pointer in POINTER.findall(path.read_text(encoding="utf-8"))
        for segment in pointer.split("/")
        if not re.search(r"[{0-9]", segment)
    }
    assert sorted(one for one in pointed if one[0] not in fields) == []
