"""Search terms for Chinese and English: lower-cased words, and pairs of neighbouring Han characters.

Bigrams are a long-proven way to index Chinese without a dictionary: a phrase is found where all its
pairs are.
"""

import re
import unicodedata

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PART = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
MAX_TERMS = 600


def terms(text: str) -> list[str]:
    """The distinct terms under which ``text`` is found, in order, at most ``MAX_TERMS``."""
    found: dict[str, None] = {}
    for han, word in _PART.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word:
            found[word] = None
        else:
            found.update(dict.fromkeys(_bigrams(han)))
    return list(found)[:MAX_TERMS]


def _bigrams(run: str) -> list[str]:
    """Every character and every pair, so that a single character is found as well."""
    return list(run) + [run[i : i + 2] for i in range(len(run) - 1)]


def query_terms(text: str) -> list[str]:
    """The terms that a found text must hold all of."""
    found = terms(text)
    return [
        term for term in found if len(term) > 1 or not any(term in other for other in found if other != term)
    ]
