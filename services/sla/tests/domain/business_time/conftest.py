"""Calendars for the tests of business time: the shipped ones, and those that the table of cases defines."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from sla.data import reference_calendars
from sla.domain.business_time import CompiledCalendar, definition_of

AROUND = date(2026, 1, 1)
SHIPPED = {calendar.id: calendar.document for calendar in reference_calendars()}
DEFINED = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))["calendars"]


def completed(name: str) -> dict[str, object]:
    """The document of a calendar: as shipped, as defined, or as another with changes."""
    if name in SHIPPED:
        return dict(SHIPPED[name])
    changes = dict(DEFINED[name])
    document = completed(changes.pop("based_on")) if "based_on" in changes else {}
    for field in ("holidays", "workdays"):
        if more := changes.pop(f"more_{field}", None):
            document[field] = [*document[field], *more]
    return document | changes


@lru_cache
def compiled(name: str) -> CompiledCalendar:
    return CompiledCalendar(definition_of(completed(name), around=AROUND), name)


@pytest.fixture(scope="session")
def calendar_of() -> Callable[[str], CompiledCalendar]:
    """The calendar of a name, compiled once for all tests."""
    return compiled


@pytest.fixture(scope="session")
def document_of() -> Callable[[str], dict[str, object]]:
    return completed


@pytest.fixture(scope="session")
def compile_() -> Callable[[dict[str, object]], CompiledCalendar]:
    """Any other calendar."""
    return lambda document: CompiledCalendar(definition_of(document, around=AROUND))


@pytest.fixture(scope="session")
def desk() -> CompiledCalendar:
    return compiled("complaint-desk")


@pytest.fixture(scope="session")
def always() -> CompiledCalendar:
    return compiled("always")
