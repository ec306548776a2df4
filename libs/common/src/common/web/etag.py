"""Entity tags: a resource's version as a strong tag, and what the conditional headers say about it.

An answer that shows more than its resource's own row has a tag of two parts, the version and a digest of what
it shows: ``"7.5f1c0a9b"``. A change builds on the version; whether an answer still holds is asked of both.
"""

import re
from hashlib import blake2b

from common.web.refusals import BadRequest

_TAG = re.compile(r'"([0-9]{1,18})(?:\.[0-9a-f]{8})?"')
IF_MATCH_PATTERN = r'^(\*|"[0-9]{1,18}(\.[0-9a-f]{8})?")$'
_DIGEST_BYTES = 4


def etag(version: int, shown: bytes | None = None) -> str:
    """The strong entity tag of ``version``, and of the body ``shown`` where that holds more than one row."""
    if shown is None:
        return f'"{version}"'
    return f'"{version}.{blake2b(shown, digest_size=_DIGEST_BYTES).hexdigest()}"'


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
