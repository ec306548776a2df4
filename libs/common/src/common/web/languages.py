"""Choosing between Chinese and English as the caller's ``Accept-Language`` asks."""

from functools import lru_cache

ZH = "zh-CN"
EN = "en"


@lru_cache(maxsize=512)
def language(accept: str | None) -> str:
    """The language to answer in: the best-weighted of ``zh`` and ``en``, Chinese where neither is named."""
    best, weight = ZH, 0.0
    for part in (accept or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        offered = _offered(tag.lower())
        quality = _quality(parameters)
        if offered and quality > weight:
            best, weight = offered, quality
    return best


def _offered(tag: str) -> str | None:
    if tag == "en" or tag.startswith("en-"):
        return EN
    return ZH if tag in {"*", "zh"} or tag.startswith("zh-") else None


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
