"""What is wrong with a field, in Chinese and English, from pydantic's account of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from common.web.languages import EN

Entry = dict[str, str | int]

_TEXTS: Mapping[str, tuple[str, str]] = {
    "missing": ("必须填写", "is required"),
    "extra_forbidden": ("没有这个字段，请删除", "is not a known field; remove it"),
    "string_type": ("应为文本", "must be a string"),
    "string_unicode": ("应为有效的 Unicode 文本", "must be valid Unicode text"),
    "string_too_short": ("至少 {min_length} 个字符", "must have at least {min_length} character(s)"),
    "string_too_long": ("最多 {max_length} 个字符", "may have at most {max_length} character(s)"),
    "string_pattern_mismatch": ("格式应符合 {pattern}", "must match {pattern}"),
    "blank": ("不能只有空白", "must hold more than blanks"),
    "hidden_in_line": (
        "应写成一行，不含控制字符或不可见字符",
        "must be one line without control characters or others that cannot be seen",
    ),
    "hidden_in_prose": (
        "不能含控制字符或不可见字符",
        "may hold no control characters or others that cannot be seen",
    ),
    "int_type": ("应为整数", "must be an integer"),
    "int_parsing": ("应为整数", "must be an integer"),
    "int_from_float": ("应为整数", "must be an integer"),
    "int_parsing_size": ("整数过大", "is too large an integer"),
    "float_type": ("应为数字", "must be a number"),
    "float_parsing": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "decimal_type": ("应为十进制数", "must be a decimal number"),
    "decimal_parsing": ("应为十进制数", "must be a decimal number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "flag": ("应为 true 或 false", "must be true or false"),
    "greater_than": ("应大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be {ge} or more"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("应不大于 {le}", "must be {le} or less"),
    "multiple_of": ("应为 {multiple_of} 的倍数", "must be a multiple of {multiple_of}"),
    "enum": ("应为以下之一：{expected}", "must be one of {expected}"),
    "literal_error": ("应为以下之一：{expected}", "must be one of {expected}"),
    "uuid_type": ("应为 UUID", "must be a UUID"),
    "uuid_parsing": ("应为 UUID", "must be a UUID"),
    "instant": (
        "应为带时区的 RFC 3339 时间，例如 2026-11-01T12:00:00Z",
        "must be an RFC 3339 time with an offset, such as 2026-11-01T12:00:00Z",
    ),
    "instant_out_of_range": (
        "年份应在 {first_year} 至 {last_year} 之间",
        "must lie in the years {first_year} to {last_year}",
    ),
    "day": ("应为日期，例如 2026-11-01", "must be a date such as 2026-11-01"),
    "time_zone": (
        "应为 IANA 时区名，例如 Asia/Shanghai",
        "must be the name of an IANA time zone such as Asia/Shanghai",
    ),
    "list_type": ("应为数组", "must be an array"),
    "too_short": ("至少 {min_length} 项", "must have at least {min_length} item(s)"),
    "too_long": ("最多 {max_length} 项", "may have at most {max_length} item(s)"),
    "dict_type": ("应为对象", "must be an object"),
    "model_type": ("应为对象", "must be an object"),
    "model_attributes_type": ("应为对象", "must be an object"),
    "union_tag_not_found": ("缺少字段 {discriminator}", "lacks the field {discriminator}"),
    "union_tag_invalid": (
        "{discriminator} 应为以下之一：{expected_tags}",
        "{discriminator} must be {expected_tags}",
    ),
}
_LISTS = ("expected", "expected_tags")
_ENGLISH_BETWEEN = re.compile(r"(?<=['\d]), (?=['\d-])|(?<=['\d]) or (?=['\d-])")
"""Between the values that pydantic lists: ``'a', 'b' or 'c'``."""
_NOTHING = object()
_OTHER = ("值不符合要求（{type}）", "is not valid ({type})")


def entries(errors: Iterable[Mapping[str, Any]], language: str, body: object = None) -> list[Entry]:
    """One entry of a problem's ``errors`` for each of pydantic's: pointer or parameter, text, code.

    Args:
        errors: pydantic's.
        language: of the texts.
        body: what was sent; the pointers lead into it.
    """
    return [_entry(error, language, body) for error in errors]


def _entry(error: Mapping[str, Any], language: str, body: object) -> Entry:
    place, *path = error["loc"]
    if place == "body":
        where = {"pointer": pointer(_within(body, path, error["type"]))}
    else:
        where = {"parameter": str(path[0] if path else place)}
    return {"detail": _detail(error, language), **where, "code": str(error["type"]).replace("_", "-")}


def _detail(error: Mapping[str, Any], language: str) -> str:
    zh, en = _TEXTS.get(error["type"], _OTHER)
    template = en if language == EN else zh
    return template.format(**{"type": error["type"], **_context(error.get("ctx", {}), language)})


def _context(told: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """What pydantic tells about the fault; its English lists as the language writes them."""
    lists = {} if language == EN else {name: told[name] for name in _LISTS if name in told}
    return {**told, **{name: _ENGLISH_BETWEEN.sub("、", words) for name, words in lists.items()}}


def _within(body: object, path: Sequence[str | int], fault: str) -> Sequence[str | int]:
    """``path`` without what pydantic names on its way and nobody has sent.

    That is the members and tags of unions, and its word for the key of a mapping; a field that is missing
    has not been sent either, and is what is pointed at. A tag may be spelt as a field is: where the part
    after it is found beside that field, not in it, it is the tag.
    """
    if not isinstance(body, dict | list):
        return path
    ways, last = (path[:-1], path[-1:]) if fault == "missing" else (path, ())
    found: list[str | int] = []
    for part, following in zip_longest(ways, ways[1:]):
        inside = _at(body, part)
        if inside is _NOTHING:
            continue
        if _at(inside, following) is _NOTHING and _at(body, following) is not _NOTHING:
            continue
        if last and following is None and not isinstance(inside, dict):
            continue
        found.append(part)
        body = inside
    return [*found, *last]


def _at(body: object, part: str | int | None) -> object:
    if isinstance(body, dict):
        return body.get(part, _NOTHING)
    if isinstance(body, list) and isinstance(part, int) and part < len(body):
        return body[part]
    return _NOTHING


def pointer(path: Sequence[str | int]) -> str:
    """``path`` as the fragment form of a JSON Pointer (RFC 6901)."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
