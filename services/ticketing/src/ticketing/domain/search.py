"""Search terms for Chinese and English: lower-cased words, and pairs of neighbouring Han characters.

Bigrams are a long-proven way to index Chinese without a dictionary: a phrase is found where all its
pairs are.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
MAX_TERMS = 600


def terms(text: str) -> list[str]:
    """The distinct terms under which ``text`` is found, in order, at most ``MAX_TERMS``."""
    found: dict[str, None] = {}
    for word in WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        found.update(dict.fromkeys(_of_word(word)))
    return list(found)[:MAX_TERMS]


def _of_word(word: str) -> list[str]:
    parts: list[str] = []
    last = 0
    for run in HAN.finditer(word):
        parts += [word[last : run.start()]] if run.start() > last else []
        parts += _bigrams(run.group())
        last = run.end()
    return parts + ([word[last:]] if last < len(word) else [])


def _bigrams(run: str) -> list[str]:
    """Every character and every pair, so that a single character is found as well."""
    return list(run) + [run[i : i + 2] for i in range(len(run) - 1)]


def query_terms(text: str) -> list[str]:
    """The terms that a found text must hold all of."""
    found = terms(text)
    return [
        term for term in found if len(term) > 1 or not any(term in other for other in found if other != term)
    ]
