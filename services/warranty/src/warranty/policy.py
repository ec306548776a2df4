"""The figures and lists that warranty's rules work with, read once from ``data/policy.toml``."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def _read() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("warranty").joinpath("data/policy.toml").read_text(encoding="utf-8"))


_DATA = _read()

LOCAL_WITHIN_KM: float = _DATA["sites"]["local_within_km"]
"""Distance from the nearest service base within which a site is local, in km."""
