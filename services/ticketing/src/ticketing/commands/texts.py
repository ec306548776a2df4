"""Text that people type is cleaned of secrets before anything keeps it (§1.2.1.5)."""

from common.secrets_in_text import mask


def clean(text: str) -> tuple[str, list[str]]:
    """``text`` with secrets masked, and the kinds that were found."""
    masked, findings = mask(text)
    return masked, sorted({finding.kind for finding in findings})


def cleaned(text: str | None) -> str | None:
    """``text`` with secrets masked, where there is a text."""
    return None if text is None else clean(text)[0]
