"""Serial numbers, lots and numbers of things are the same ones however wide they were typed."""

import unicodedata


def plain(text: str) -> str:
    """The form in which an identity is kept and looked for: ``ＳＮ－１`` and ``SN-1`` are one."""
    return unicodedata.normalize("NFKC", text).strip()
