"""Search terms for Chinese and English: lower-cased words, and pairs of neighbouring Han characters.

Bigrams are a long-proven way to index Chinese without a dictionary: a phrase is found where all its
pairs are.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, false

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PART = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
MAX_TERMS = 600
LONGEST_BEGINNING = 24
"""Characters of a word of an identifier under whose beginnings it is found; the whole word always is."""


def terms(text: str, *identifiers: str) -> list[str]:
    """The distinct terms under which ``text`` is found, in order, at most ``MAX_TERMS``.

    Args:
        text: what is found by its words.
        identifiers: codes and numbers, which people also look for by the beginnings of their words.
    """
    found: dict[str, None] = {}
    for identifier in identifiers:
        for term in _terms(identifier):
            beginnings = (term[:length] for length in range(1, min(len(term), LONGEST_BEGINNING) + 1))
            found.update(dict.fromkeys((*beginnings, term)))
    return list(found | dict.fromkeys(_terms(text)))[:MAX_TERMS]


def _terms(text: str) -> Iterator[str]:
    for han, word in _PART.findall(unicodedata.normalize("NFKC", text).casefold()):
        yield from [word] if word else _bigrams(han)


def _bigrams(run: str) -> list[str]:
    """Every character and every pair, so that a single character is found as well."""
    return list(run) + [run[i : i + 2] for i in range(len(run) - 1)]


def holds(search_terms: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """The condition that a row holds every term of ``text``; where that has none, nothing is found."""
    wanted = query_terms(text)
    return search_terms.contains(wanted) if wanted else false()


def query_terms(text: str) -> list[str]:
    """The terms that a found text must hold all of."""
    found = list(dict.fromkeys(_terms(text)))[:MAX_TERMS]
    return [
        term for term in found if len(term) > 1 or not any(term in other for other in found if other != term)
    ]
