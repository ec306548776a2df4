"""Structured logs: one line per finished unit of work, with secrets and personal data masked."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import orjson
import structlog

from common.secrets_in_text import MASK, mask

LogFormat = Literal["json", "console"]

_SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)|secret|token|authorization|cookie|api_?key|private_?key|signature|phone|mobile|e_?mail"
    r"|id_?card|bank_?card|address|contact_name",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![0-9A-Za-z-])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z-])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z.-])(?:\+\d{1,3}[- ]?\(?\d{1,4}\)?(?:[- ]?\d){6,12}"
    r"|\(?0\d{2,3}\)?[- ]?\d{3,4}[- ]?\d{4})(?![0-9A-Za-z])"
)
_MAIL = re.compile(r"[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_STORED_VALUES = re.compile(r"(?m)^(DETAIL:).*$")
"""What PostgreSQL adds to an error: the row, or the key, that it refused."""

_FORMS = (
    (_STORED_VALUES, rf"\1  {MASK}"),
    (_MAIL, MASK),
    (_PHONE, MASK),
    (_LANDLINE, MASK),
)

_PLAIN = frozenset(
    {
        "timestamp",
        "level",
        "event",
        "service",
        "logger",
        "trace_id",
        "span_id",
        "request_id",
        "principal_id",
        "method",
        "path",
        "status",
        "duration_ms",
    }
)


def masked(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Values under telling names are replaced; other texts are searched for secrets and phone numbers."""
    for key, value in line.items():
        if key not in _PLAIN:
            line[key] = _masked(key, value)
    return line


def _masked(key: str, value: Any) -> Any:  # noqa: ANN401 - anything can be logged
    if value is None or isinstance(value, bool | int | float):
        return value if not _SECRET_NAMES.search(key) else MASK
    if _SECRET_NAMES.search(key):
        return MASK
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {name: _masked(str(name), item) for name, item in value.items()}
    return [_masked(key, item) for item in value] if isinstance(value, list | tuple) else value


def _masked_event(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Other libraries put values into the sentence itself."""
    line["event"] = masked_text(str(line["event"]))
    return line


def masked_text(text: str) -> str:
    """``text`` without secrets, phone numbers, e-mail addresses and what rows hold."""
    for form, shown in _FORMS:
        text = form.sub(shown, text)
    return mask(text)[0]


def _json(line: Any, **_: Any) -> bytes:  # noqa: ANN401 - structlog's signature
    return orjson.dumps(line, default=str)


def configure(log_format: LogFormat, service: str) -> None:
    """Send structlog's lines and the standard library's to standard output in one form.

    Args:
        log_format: ``json`` for machines, ``console`` for a person at a terminal.
        service: name on every line.
    """

    def named(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["service"] = service
        return line

    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
        named,
        structlog.processors.format_exc_info,
        masked,
    ]
    is_json = log_format == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(_json)
        if is_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory() if is_json else structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _configure_stdlib(shared, renderer)


def _configure_stdlib(shared: list[Any], renderer: Any) -> None:  # noqa: ANN401 - structlog's processors
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _masked_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_text(renderer)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(logging.WARNING)


def _as_text(renderer: Any) -> Any:  # noqa: ANN401 - structlog's processors
    def rendered(logger: Any, name: str, line: MutableMapping[str, Any]) -> str:  # noqa: ANN401
        done = renderer(logger, name, line)
        return done.decode() if isinstance(done, bytes) else str(done)

    return rendered
