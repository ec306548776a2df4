"""Versions and their order: by semantic versioning, by numbers between dots, or by a declared rank."""

import re
from enum import StrEnum

from common.errors import Invalid

Key = str
"""What versions of one scheme are ordered by, also in the database: text in the order of its bytes."""

_SEMVER = re.compile(
    r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_DOTTED = re.compile(r"\d{1,9}(\.\d{1,9}){0,9}", re.ASCII)
_LONGEST_NUMBER = 10
_RELEASE = "2 "


class Scheme(StrEnum):
    """How a product's versions are ordered; all releases of a product follow one."""

    SEMVER = "semver"
    DOTTED = "dotted"
    RANKED = "ranked"


def key_of(scheme: Scheme, version: str, rank: int | None) -> Key:
    """What the version is ordered by.

    Args:
        scheme: the product's scheme.
        version: the version as its maker writes it.
        rank: its declared place, under ``ranked``.

    Raises:
        Invalid: ``version-unreadable``, ``rank-missing`` or ``rank-not-used``.
    """
    if scheme is not Scheme.RANKED and rank is not None:
        raise Invalid("rank-not-used", pointer="#/rank", scheme=scheme.value)
    match scheme:
        case Scheme.SEMVER:
            return _semver(version)
        case Scheme.DOTTED:
            return _dotted(version)
        case Scheme.RANKED:
            if rank is None:
                raise Invalid("rank-missing", pointer="#/rank")
            return _number(rank)


def _number(number: int) -> Key:
    return f"0{number:0{_LONGEST_NUMBER}d} "


def _semver(version: str) -> Key:
    """By Semantic Versioning 2.0.0: a pre-release comes before its release, build data count not."""
    found = _SEMVER.fullmatch(version)
    if found is None:
        raise _unreadable(Scheme.SEMVER, version)
    numbers = "".join(_number(int(number)) for number in found.groups()[:3])
    if found[4] is None:
        return numbers + _RELEASE
    return numbers + "".join(_identifier(one) for one in found[4].split("."))


def _unreadable(scheme: Scheme, version: str) -> Invalid:
    return Invalid("version-unreadable", pointer="#/release_version", scheme=scheme.value, version=version)


def _identifier(text: str) -> Key:
    if text.isdigit() and len(text) <= _LONGEST_NUMBER:
        return _number(int(text))
    return f"1{text} "


def _dotted(version: str) -> Key:
    if _DOTTED.fullmatch(version) is None:
        raise _unreadable(Scheme.DOTTED, version)
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return "".join(_number(number) for number in numbers)
