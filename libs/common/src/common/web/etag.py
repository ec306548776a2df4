"""Entity tags: a resource's version as a strong tag, and what the conditional headers say about it."""

import re

from common.web.refusals import BadRequest

_TAG = re.compile(r'"([0-9]{1,18})"')
IF_MATCH_PATTERN = r'^(\*|"[0-9]{1,18}")$'


def etag(version: int) -> str:
    """The strong entity tag of ``version``."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that ``If-Match`` insists on; ``None`` where it is absent or ``*``.

    Raises:
        BadRequest: it is neither ``*`` nor one tag of ours.
    """
    if if_match is None or if_match == "*":
        return None
    found = _TAG.fullmatch(if_match)
    if found is None:
        raise BadRequest("malformed-header", parameter="If-Match")
    return int(found[1])


def is_unchanged(if_none_match: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` names ``tag`` (weakly compared) or is ``*``."""
    if if_none_match is None:
        return False
    named = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return tag in named or "*" in named
