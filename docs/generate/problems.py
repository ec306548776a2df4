"""The page of refusals: every code with its texts in both languages."""

import importlib
from collections.abc import Iterable

from common.messages import MESSAGES, Catalogue
from common.web.edge_messages import EDGE_MESSAGES

ABOUT = """\
# Problems

A refusal is a problem document (RFC 9457); `code` is the member to program against and never changes,
`title` and `detail` follow `Accept-Language` (`zh-CN` or `en`). Words in braces are facts, which also stand
in the document as members of their own. `make docs` generates this page from the catalogues of texts.
"""


def page(services: Iterable[str]) -> str:
    """The page as Markdown."""
    parts = [ABOUT, _section("Every service", {**MESSAGES, **EDGE_MESSAGES})]
    for service in services:
        catalogue: Catalogue = importlib.import_module(f"{service}.domain.messages").MESSAGES
        parts.append(_section(service, catalogue))
    return "\n".join(parts)


def _section(title: str, catalogue: Catalogue) -> str:
    head = f"## {title}\n\n| Code | In English | 中文 |\n|---|---|---|\n"
    rows = (
        f"| `{code}` | **{told.title_en}.** {told.detail_en} | **{told.title_zh}。** {told.detail_zh} |\n"
        for code, told in sorted(catalogue.items())
    )
    return head + "".join(rows)
