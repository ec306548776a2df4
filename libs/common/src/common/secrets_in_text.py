"""Secrets and personal numbers typed into text: found by their form, masked before anything is stored."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from re import Match

MASK = "▇▇▇"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not belong into text.

    Args:
        kind: ``password``, ``private_key``, ``token``, ``api_key``, ``bank_card``, ``id_card``,
            ``url_credentials`` or ``connection_string``.
        start: where it began in the text as typed.
        length: how many characters it had.
    """

    kind: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class _Form:
    kind: str
    pattern: re.Pattern[str]
    group: str = "secret"
    holds: Callable[[str], bool] = bool


def _luhn(text: str) -> bool:
    """Whether a card number's check digit is right (ISO/IEC 7812)."""
    digits = [int(character) for character in text if character.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and total % 10 == 0  # noqa: PLR2004


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _resident(text: str) -> bool:
    """Whether a resident identity number's check character is right (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def _is_word(text: str) -> bool:
    """Whether what follows “password” looks like one, and not like the rest of a sentence."""
    plain = text.strip("\"'`“”‘’")
    has_mark = any(not character.isalpha() for character in plain)
    return len(plain) >= 4 and plain.isascii() and (has_mark or plain.lower() not in _COMMON)  # noqa: PLR2004


_COMMON = frozenset(
    {
        "reset",
        "changed",
        "change",
        "expired",
        "required",
        "wrong",
        "invalid",
        "correct",
        "incorrect",
        "unknown",
        "none",
        "null",
        "true",
        "false",
        "yes",
        "field",
        "policy",
        "prompt",
        "login",
        "page",
        "again",
        "please",
        "with",
        "that",
        "this",
        "from",
        "been",
        "must",
        "should",
        "cannot",
        "were",
        "will",
        "have",
        "when",
        "after",
        "before",
        "because",
        "failed",
        "fails",
        "error",
        "forgotten",
        "forgot",
        "empty",
        "missing",
        "same",
        "protected",
        "manager",
    }
)

_LABEL = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|passwd|密\s?码|口\s?令|密\s?钥|登录密码|初始密码|验证码|"
    r"(?:api|access|secret|private)[ _-]?key|(?:access|auth|bearer|refresh)?[ _-]?token|令牌)"
)
_FORMS: Sequence[_Form] = (
    _Form(
        "private_key",
        re.compile(
            r"(?P<secret>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.*?"
            r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|\Z))",
            re.DOTALL,
        ),
    ),
    _Form("token", re.compile(r"(?P<secret>\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)", re.ASCII)),
    _Form(
        "api_key",
        re.compile(
            r"(?P<secret>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,20}\b|\bAKID[0-9A-Za-z]{13,40}\b"
            r"|\bgh[pousr]_[0-9A-Za-z]{36,}\b|\bgithub_pat_\w{22,}\b|\bglpat-[\w-]{20,}\b"
            r"|\bsk-[A-Za-z0-9_-]{20,}\b|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{35}\b"
            r"|\b(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{16,}\b|\bwhs[ek]c?_[A-Za-z0-9+/=]{24,}"
            r"|\baftercare_(?:live|test)_\w{20,})",
            re.ASCII,
        ),
    ),
    _Form(
        "url_credentials",
        re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:(?P<secret>[^\s/@]+)@", re.IGNORECASE),
    ),
    _Form("token", re.compile(r"\bBearer\s+(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)", re.IGNORECASE | re.ASCII)),
    _Form(
        "password",
        re.compile(
            rf"(?<![A-Za-z]){_LABEL}[\"']?\s{{0,3}}(?:[:\uff1a=]|=>|是|为|is(?=\s)|已?改为|已?改成|已?设为)+\s{{0,3}}"
            r"(?P<secret>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s,\uff0c\u3002;\uff1b\u3001)\uff09\]】}》“”]{3,200})",
            re.IGNORECASE,
        ),
        holds=_is_word,
    ),
    _Form(
        "password",
        re.compile(
            r"(?:\s|^)(?:-p|--password[= ]|-u\s+\S+:|sshpass\s+-p\s*)"
            r"(?P<secret>(?=\S*\d)(?=\S*[A-Za-z])\S{6,})",
        ),
    ),
    _Form(
        "id_card",
        re.compile(
            r"(?<![0-9A-Za-z])(?P<secret>[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
            r"[0-9Xx])(?![0-9A-Za-z])"
        ),
        holds=_resident,
    ),
    _Form(
        "bank_card",
        re.compile(r"(?<![0-9A-Za-z.-])(?P<secret>[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7})(?![0-9A-Za-z])"),
        holds=_luhn,
    ),
)

_TELLING = (
    *("pass", "pwd", "secret", "key", "token", "bearer", "密", "令", "验证码", "-p", "-u", "://"),
    *("-----begin", "eyj", "aki", "asia", "ltai", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat"),
    *("glpat", "sk-", "xox", "aiza", "_live_", "_test_", "whs"),
)
"""Without one of these, casefolded, a text has no secret in words."""

_LONG_NUMBER = re.compile(r"\d{4}[ -]?\d{4}[ -]?\d{4}")


def _may_hold(text: str) -> bool:
    """Whether a secret is possible at all: nearly every text is settled by this."""
    folded = text.casefold()
    return any(word in folded for word in _TELLING) or _LONG_NUMBER.search(text) is not None


def mask(text: str) -> tuple[str, tuple[Finding, ...]]:
    """``text`` with every secret and personal number replaced, and what was found, in order of place.

    A number counts only where its check digit is right; a password only where a word for it stands before.
    """
    if not _may_hold(text):
        return text, ()
    findings: list[Finding] = []
    for form in _FORMS:
        findings += [
            Finding(form.kind, *_span(found, form.group))
            for found in form.pattern.finditer(text)
            if form.holds(found[form.group])
        ]
    return _blanked(text, sorted(findings, key=lambda one: (one.start, -one.length)))


def _span(found: Match[str], group: str) -> tuple[int, int]:
    start, end = found.span(group)
    return start, end - start


def _blanked(text: str, findings: Sequence[Finding]) -> tuple[str, tuple[Finding, ...]]:
    parts: list[str] = []
    kept: list[Finding] = []
    place = 0
    for one in findings:
        if one.start < place:
            continue
        parts += [text[place : one.start], MASK]
        kept.append(one)
        place = one.start + one.length
    return "".join([*parts, text[place:]]), tuple(kept)
