"""The status report of a visit (§1.2.4): written once, as a text that never changes."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def written(document: Mapping[str, Any]) -> tuple[str, str]:
    """``document`` as the text that is kept, and its SHA-256 in hexadecimal."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, sha256(text.encode()).hexdigest()


def read(text: str) -> dict[str, Any]:
    """The document that ``written`` kept."""
    document: dict[str, Any] = json.loads(text)
    return document
