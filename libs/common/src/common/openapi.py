"""The API document's last touches: what clients' generators need and FastAPI does not print."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from common.scopes import ROLES

Document = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "patch")
_REF = "#/components/schemas/"

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal as RFC 9457 has it; `code` is the member to program against.",
    "additionalProperties": True,
    "required": ["type", "title", "status", "detail", "code", "instance", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/not-found"]},
        "title": {"type": "string", "examples": ["Not found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "examples": ["There is no such thing, or you may not see it."]},
        "code": {"type": "string", "examples": ["not-found"]},
        "instance": {"type": "string", "examples": ["/v1/tickets/0192f0c1-0000-7000-8000-000000000000"]},
        "trace_id": {"type": "string", "examples": ["4bf92f3577b34da6a3ce929d0e0e4736"]},
        "errors": {"type": "array", "items": {"$ref": _REF + "ProblemError"}},
    },
}
ERROR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "ProblemError",
    "description": "One fault: where it is and what it is.",
    "required": ["detail", "code"],
    "properties": {
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "pointer": {
            "type": "string",
            "description": "JSON Pointer into the body.",
            "examples": ["#/severity"],
        },
        "parameter": {"type": "string", "description": "Name of the query parameter or header."},
        "line": {"type": "integer", "description": "Line of the text, where a text was sent."},
    },
}


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Path, method and operation of everything in the document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def published(document: Document) -> Document:
    """The document as clients get it; the argument is left as it was."""
    told = copy.deepcopy(document)
    _state_refusals(told)
    _relax_bodies(told)
    _close_maps(told)
    _link_created(told)
    told = _renamed(told)
    told["components"]["securitySchemes"] = security_schemes(told)
    return told


def _state_refusals(document: Document) -> None:
    """Problem documents instead of FastAPI's own 422."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= {"Problem": dict(PROBLEM_SCHEMA), "ProblemError": dict(ERROR_SCHEMA)}
    for _, _, operation in operations(document):
        answer = operation["responses"].get("422", {})
        if "HTTPValidationError" in str(answer.get("content", "")):
            del operation["responses"]["422"]
        operation["responses"] = dict(sorted(operation["responses"].items()))


def _relax_bodies(document: Document) -> None:
    """Defaults of null leave the schemas, and a body whose fields are all optional is optional itself."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if field.get("default", ...) is None and not _takes_null(field):
                del field["default"]
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            if schema.get("default", ...) is None:
                del schema["default"]
        body = operation.get("requestBody", {})
        ref = body.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
        if ref and not schemas[ref.removeprefix(_REF)].get("required"):
            body["required"] = False


def _close_maps(node: Any) -> None:  # noqa: ANN401 - any JSON
    """Where keys have a pattern no other key is taken, which pydantic refuses but does not print."""
    if isinstance(node, dict) and isinstance(node.get("patternProperties"), dict):
        node.setdefault("additionalProperties", False)
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _close_maps(inner)


def _takes_null(field: Document) -> bool:
    return (
        any(branch.get("type") == "null" for branch in field.get("anyOf", ())) or field.get("type") == "null"
    )


def _link_created(document: Document) -> None:
    """Each 201 says which operations its resource's id leads to."""
    for path, method, operation in list(operations(document)):
        created = operation["responses"].get("201")
        if method != "post" or created is None:
            continue
        below = re.compile(re.escape(path) + r"/\{(\w+)\}(:\w+)?")
        links = {}
        for other, verb, target in operations(document):
            found = below.fullmatch(other)
            if found and (verb != "delete"):
                links[_camel(target["operationId"])] = _link(target, found[1])
        if links:
            created["links"] = links


def _link(target: Document, parameter: str) -> Document:
    filled = {f"path.{parameter}": "$response.body#/id"}
    for header in target.get("parameters", ()):
        if header["in"] == "header" and header["name"] == "If-Match" and header["required"]:
            filled["header.If-Match"] = "$response.header.ETag"
    return {"operationId": target["operationId"], "parameters": filled}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _renamed(document: Document) -> Document:
    """Schemas without the suffix ``Out``."""
    schemas = document["components"]["schemas"]
    new = {name: name.removesuffix("Out") for name in schemas}
    new = {name: short for name, short in new.items() if short == name or short not in schemas}
    told: Document = _with_refs(document, {_REF + name: _REF + short for name, short in new.items()})
    told["components"]["schemas"] = dict(
        sorted((new.get(name, name), schema) for name, schema in told["components"]["schemas"].items())
    )
    for name, schema in told["components"]["schemas"].items():
        if str(schema.get("title", "")).removesuffix("Out") == name:
            schema["title"] = name
    return told


def _with_refs(node: Any, refs: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, dict):
        return {
            key: refs.get(value, value) if key == "$ref" else _with_refs(value, refs)
            for key, value in node.items()
        }
    return [_with_refs(item, refs) for item in node] if isinstance(node, list) else node


def security_schemes(document: Document) -> Document:
    """OAuth 2 with the scopes that the document uses, and the plain bearer token."""
    used = {
        scope
        for _, _, operation in operations(document)
        for way in operation.get("security", ())
        for scope in way.get("oauth2", ())
    }
    scopes = {scope: _meaning(scope) for scope in sorted(used)}
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "Client credentials at the installation's issuer; tokens are JWTs (RFC 9068).",
            "flows": {
                "clientCredentials": {"tokenUrl": "https://aftercare.local/oauth/token", "scopes": scopes}
            },
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The same token, however it was obtained.",
        },
    }


def _meaning(scope: str) -> str:
    roles = [name for name, allowed in ROLES.items() if scope in allowed]
    return f"Roles: {', '.join(roles)}"
