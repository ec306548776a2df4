"""Every refusal and every issue has its texts, with the same slots in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

import sla
from common.messages import MESSAGES as COMMON
from sla.domain.labels import LABELS
from sla.domain.refusals import MESSAGES

SOURCE = Path(sla.__file__).parent
RAISED = re.compile(r"\b(?:Invalid|Conflict|NotFound|Forbidden)\(\s*\"([a-z-]+)\"")
EDGE = {"precondition-failed"}


def codes() -> set[str]:
    return {
        code for path in SOURCE.rglob("*.py") for code in RAISED.findall(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("code", sorted(codes()))
def test_what_is_raised_has_texts(code):
    assert code in {*MESSAGES, *COMMON, *EDGE}


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_mention_the_same_facts(code):
    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    message = MESSAGES[code]
    chinese, english = slots(message.detail_zh), slots(message.detail_en)
    assert chinese <= english or english <= chinese
    assert message.title_zh != message.title_en


@pytest.mark.parametrize("name", sorted(LABELS))
def test_every_code_has_two_labels(name):
    assert all(zh and en and zh != en for zh, en in LABELS[name].values())
