"""The OpenAPI and AsyncAPI documents of a service."""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from common.processes import Service, document_of


def service_of(name: str) -> Service[Any]:
    """The service as its ``main`` puts it together."""
    service: Service[Any] = importlib.import_module(f"{name}.main").SERVICE
    return service


@cache
def openapi(name: str) -> Mapping[str, Any]:
    """The service's OpenAPI document."""
    document: Mapping[str, Any] = orjson.loads(document_of(service_of(name), "openapi"))
    return document


def documents(folder: Path, name: str) -> dict[Path, str]:
    """Both documents of one service by path."""
    return {
        folder / "openapi" / f"{name}.json": orjson.dumps(openapi(name), option=orjson.OPT_INDENT_2).decode()
        + "\n",
        folder / "asyncapi" / f"{name}.yaml": document_of(service_of(name), "asyncapi"),
    }
