"""Vocabularies: every code with its labels in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from pydantic import Field, JsonValue, StringConstraints
from starlette.responses import Response

from common.errors import NotFound
from common.web.routes import Routes
from common.web.shapes import Code, OutShape
from common.web.work import Work

MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Term:
    """One code.

    Args:
        code: stable, never used again for something else.
        zh: label in Chinese.
        en: label in English.
        description_zh: what it means, in Chinese.
        description_en: the same in English.
        color: hint for dashboards, empty for none.
        parent_code: the code it stands under.
        is_active: whether it may still be chosen.
    """

    code: str
    zh: str
    en: str
    description_zh: str = ""
    description_en: str = ""
    color: str = ""
    parent_code: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes of one field.

    Args:
        name: the field's name (``ticket_state``).
        version: raised with every change.
        terms: the codes in the order to show them in.
    """

    name: str
    version: int
    terms: tuple[Term, ...]


Label = Annotated[str, Field(examples=["已解决"])]


VocabularyCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]{0,63}$"),
    Field(description="As it stands on the wire: lower_snake for values, the path's verb for actions."),
]


class VocabularyItem(OutShape):
    """A code and what to show for it."""

    code: VocabularyCode
    labels: dict[str, Label]
    description: dict[str, str]
    sort_order: int
    color: str
    active: bool
    parent_code: str | None


class VocabularyOut(OutShape):
    """The codes of one field."""

    name: Code
    version: int
    items: list[VocabularyItem]


def _told(vocabulary: Vocabulary) -> VocabularyOut:
    items = [
        VocabularyItem(
            code=term.code,
            labels={"zh-CN": term.zh, "en": term.en},
            description={"zh-CN": term.description_zh, "en": term.description_en},
            sort_order=place,
            color=term.color,
            active=term.is_active,
            parent_code=term.parent_code,
        )
        for place, term in enumerate(vocabulary.terms)
    ]
    return VocabularyOut(name=vocabulary.name, version=vocabulary.version, items=items)


def vocabulary_routes(service: str, vocabularies: Mapping[str, Vocabulary]) -> Routes:
    """The operation that tells a service's vocabularies."""
    routes = Routes("vocabularies", "Labels of codes, in Chinese and English.")
    told = {name: _told(vocabulary) for name, vocabulary in vocabularies.items()}

    names: dict[str, JsonValue] = {"enum": [*sorted(told)]}

    async def endpoint(work: Work, name: Annotated[Code, Path(json_schema_extra=names)]) -> Response:
        """The codes of one field, with labels."""
        if name not in told:
            raise NotFound("not-found")
        return work.answer(told[name], max_age=MAX_AGE_SECONDS)

    endpoint.__name__ = f"get_{service}_vocabulary"
    routes.get("/v1/vocabularies/{name:code}", "vocabularies.read", VocabularyOut)(endpoint)
    return routes
