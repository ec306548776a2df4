"""Texts that people write: what is dropped, what is refused, and that the document says the same."""

import re
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.web.languages import EN, ZH
from common.web.shapes import Prose, Text
from common.web.validation import entries

LONGEST = 12
FORMS = {
    "line": TypeAdapter(Annotated[str, Text(LONGEST)]),
    "line that may be empty": TypeAdapter(Annotated[str, Text(LONGEST, 0)]),
    "prose": TypeAdapter(Annotated[str, Prose(LONGEST)]),
    "prose that may be empty": TypeAdapter(Annotated[str, Prose(LONGEST, 0)]),
}
ODD = st.text(
    st.sampled_from(list(" \t\n\r\x0b\x1f\x85\u00a0\u3000\u2028\ufeff\u200b\u200d\u202ea甲\U0001f6e0"))
)


@pytest.mark.parametrize(
    ("form", "sent", "kept"),
    [
        ("line", "  Li Wei\t\n", "Li Wei"),
        ("line", "\u3000李 伟\u00a0", "李 伟"),
        ("line", "\U0001f468\u200d\U0001f527", "\U0001f468\u200d\U0001f527"),
        ("line that may be empty", " ", ""),
        ("prose", " a\r\n\tb\n", "a\r\n\tb"),
        ("prose that may be empty", "", ""),
    ],
)
def test_blanks_around_are_dropped(form: str, sent: str, kept: str) -> None:
    assert FORMS[form].validate_python(sent) == kept


@pytest.mark.parametrize(
    ("form", "sent", "code"),
    [
        ("line", "", "string_too_short"),
        ("line", " \u3000", "blank"),
        ("line", "a\nb", "hidden_in_line"),
        ("line", "SN\u200b1", "hidden_in_line"),
        ("line", "\u202eLi Wei", "hidden_in_line"),
        ("line", "a\x07b", "hidden_in_line"),
        ("line", " " * LONGEST + "a", "string_too_long"),
        ("prose", "\n\n", "blank"),
        ("prose", "a\u2066b", "hidden_in_prose"),
        ("prose that may be empty", "a\x00b", "hidden_in_prose"),
    ],
)
def test_what_cannot_be_seen_is_refused(form: str, sent: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FORMS[form].validate_python(sent)
    errors = refused.value.errors()
    assert [error["type"] for error in errors] == [code]
    told = {language: entries([{**errors[0], "loc": ("body", "x")}], language) for language in (ZH, EN)}
    assert all("(" not in str(one[0]["detail"]).replace("character(s)", "") for one in told.values()), told


@pytest.mark.parametrize("form", FORMS)
@given(sent=ODD)
def test_the_document_says_what_is_taken(form: str, sent: str) -> None:
    schema = FORMS[form].json_schema()
    is_documented = schema["minLength"] <= len(sent) <= LONGEST and bool(
        re.search(schema["pattern"].replace("$", r"\Z"), sent)
    )
    try:
        kept = FORMS[form].validate_python(sent)
    except ValidationError:
        assert not is_documented
    else:
        assert is_documented
        assert kept == kept.strip()
