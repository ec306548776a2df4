"""Serial numbers, lots and numbers of things are the same ones however they were typed."""

import unicodedata


def plain(text: str) -> str:
    """The form in which an identity is kept and looked for: ``ＳＮ－１`` and ``SN-1`` are one."""
    return unicodedata.normalize("NFKC", text).strip()


def serial(text: str) -> str:
    """The form of a serial number: labels show it in capitals, and people type ``sn-1``."""
    return plain(plain(text).upper())
