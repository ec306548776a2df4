"""What the services' API documents say: every operation, and bodies that they accept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from common.processes import document_of
from tests.stories.conftest import SERVICES

Body = dict[str, Any]
VERBS = ("get", "post", "put", "patch", "delete")
_PLAIN = {"string": "text", "number": 1.0, "boolean": True}
_FORMATS = {"date-time": "2027-01-01T00:00:00Z", "date": "2027-01-01"}


@cache
def documents() -> dict[str, Body]:
    """Each service's API document."""
    return {name: json.loads(document_of(service, "openapi")) for name, service in SERVICES.items()}


@dataclass(frozen=True)
class Operation:
    """Something that a service may be asked."""

    service: str
    verb: str
    path: str
    told: Body

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The path's parameters, each with the collection it stands in."""
        parts = self.path.split("/")
        return [(part.partition("}")[0][1:], parts[at - 1]) for at, part in enumerate(parts) if "{" in part]

    @property
    def query(self) -> set[str]:
        """Names of what may stand behind the question mark."""
        return {one["name"] for one in self.told.get("parameters", ()) if one["in"] == "query"}

    @property
    def fields(self) -> set[str]:
        """Names of the body's fields."""
        schema = self._schema()
        return set() if schema is None else set(_resolved(self.service, schema).get("properties", {}))

    def body(self) -> Any:
        """A body with as little in it as may be; ``None`` where the operation takes none in JSON."""
        schema = self._schema()
        return None if schema is None else sample(self.service, schema)

    def _schema(self) -> Body | None:
        content: Body = self.told.get("requestBody", {}).get("content", {})
        found: Body | None = content.get("application/json", {}).get("schema")
        return found


def operations() -> Iterator[Operation]:
    """Everything that may be asked of any service."""
    for service, document in documents().items():
        for path, item in document["paths"].items():
            yield from (Operation(service, verb, path, item[verb]) for verb in VERBS if verb in item)


def operation(service: str, verb: str, path: str) -> Operation:
    """One of them."""
    return Operation(service, verb, path, documents()[service]["paths"][path][verb])


def _resolved(service: str, schema: Body) -> Body:
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: Body = documents()[service]["components"]["schemas"][name]
    return found


def sample(service: str, schema: Body) -> Any:
    """A value that the schema accepts, with as little in it as may be."""
    schema = _resolved(service, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(service, schema[choice][0])
    if "enum" in schema:
        return schema["enum"][0]
    return schema["const"] if "const" in schema else _of_type(service, schema)


def _of_type(service: str, schema: Body) -> Any:
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample(service, fields[name]) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(service, schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind == "integer":
        return schema.get("minimum", 1)
    if schema.get("format") == "uuid":
        return str(uuid4())
    return _FORMATS.get(schema.get("format", ""), _PLAIN.get(str(kind)))
