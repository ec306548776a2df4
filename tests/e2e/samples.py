"""Values that a document allows, its examples first."""

from random import Random
from typing import Any
from uuid import uuid4


class Samples:
    """Makes values by schemas of one document.

    Args:
        document: the OpenAPI document.
        random: chooses.
    """

    def __init__(self, document: dict[str, Any], random: Random) -> None:
        self._schemas = document["components"]["schemas"]
        self._random = random

    def of(self, schema: dict[str, Any]) -> Any:
        """A value that the schema allows: its example where it has one."""
        if "$ref" in schema:
            return self.of(self._schemas[schema["$ref"].rsplit("/", 1)[1]])
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.of(self._random.choice(schema[choice]))
        for fixed in ("examples", "enum"):
            if fixed in schema:
                return self._random.choice(schema[fixed])
        return schema["const"] if "const" in schema else self._typed(schema)

    def _typed(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                count = max(schema.get("minItems", 0), self._random.choice([0, 1, 1]))
                return [self.of(schema["items"]) for _ in range(count)]
            case "boolean":
                return self._random.choice([True, False])
            case "integer" | "number":
                return self._number(schema)
            case "string":
                return str(uuid4()) if schema.get("format") == "uuid" else schema.get("default", "text")
        return None

    def _number(self, schema: dict[str, Any]) -> Any:
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        one = max(least, min(schema.get("maximum", 1), 1))
        return self._random.choice([least, one, one])

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        chance = self._random.choice([0.0, 0.0, 0.3, 1.0])
        return {
            name: self.of(inner)
            for name, inner in schema.get("properties", {}).items()
            if name in schema.get("required", ()) or self._random.random() < chance
        }
