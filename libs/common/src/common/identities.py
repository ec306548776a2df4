"""Codes, serial numbers and lots are the same ones however they were typed."""

import unicodedata


def written(text: str) -> str:
    """What its maker wrote, whatever the width of its characters: ``ＬＯＴ－１`` is ``LOT-1``."""
    return unicodedata.normalize("NFKC", text).strip()


def plain(text: str) -> str:
    """The form in which a code is kept and looked for: people type ``ｓｎ－１`` for ``SN-1``."""
    return written(written(text).upper())
