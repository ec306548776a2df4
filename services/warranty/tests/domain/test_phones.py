"""Telephone numbers: however one is written, it is the same number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from warranty.domain.phones import Phone, read_phone
from warranty.policy import NUMBERING

SEPARATORS = st.sampled_from(["", " ", "-", ".", "  ", "\u00a0", "\u2013"])
MOBILES = st.builds("1{}{:09d}".format, st.integers(3, 9), st.integers(0, 10**9 - 1))
CITIES = st.builds(
    "{}{:08d}".format, st.sampled_from(["10", "20", "21", "28", "755", "512"]), st.integers(0, 10**8 - 1)
)
NATIONAL = MOBILES | CITIES
PREFIXES = ["", "0", "+86", "+86 ", "0086", "86", "+86 (0)", "+86-0"]
MARKS = ["ext ", "ext. ", " x", " extension ", "转", " 转 ", "分机", "#", ";ext=", ", "]


@pytest.mark.parametrize(
    ("written", "e164", "extension"),
    [
        ("+86 21 5888 8888", "+862158888888", ""),
        ("021-58888888", "+862158888888", ""),
        ("(021) 5888 8888", "+862158888888", ""),
        ("021-58888888-8001", "+862158888888", "8001"),
        ("021-58888888转8001", "+862158888888", "8001"),
        ("\uff0b86\uff0821\uff095888\uff0d8888", "+862158888888", ""),
        ("tel:+86-138-0013-8000", "+8613800138000", ""),
        ("013800138000", "+8613800138000", ""),
        ("86 138 0013 8000", "+8613800138000", ""),
        ("0755-8888 8888 ext. 12", "+8675588888888", "12"),
        ("0512-6888888", "+865126888888", ""),
        ("400-820-8820", "+864008208820", ""),
        ("95588", "+8695588", ""),
        ("+852 2345 6789", "+85223456789", ""),
        ("00 44 (0)20 7946 0000", "+442079460000", ""),
        ("+39 06 698 1234", "+39066981234", ""),
    ],
)
def test_what_people_write(written: str, e164: str, extension: str) -> None:
    assert read_phone(written, NUMBERING) == Phone(e164, extension)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "5888 8888",
        "nobody",
        "+",
        "0",
        "110",
        "+86 123",
        "1380013800",
        "138001380000",
        "ext 12",
        "021-5888x",
        "++862158888888",
        "+1 23",
        "1" * 60,
        "٠٢١٥٨٨٨٨٨٨٨",
    ],
)
def test_what_is_no_whole_number(written: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_phone(written, NUMBERING, pointer="#/phones/0/number")
    assert (refusal.value.code, refusal.value.pointer) == ("phone-unreadable", "#/phones/0/number")


@given(NATIONAL, st.data())
def test_every_way_of_writing_meets(national: str, data: st.DataObject) -> None:
    written = data.draw(st.sampled_from(PREFIXES))
    for digit in national:
        written += data.draw(SEPARATORS) + digit if written else digit
    assert read_phone(written, NUMBERING) == Phone(f"+86{national}")


@given(NATIONAL, st.sampled_from(PREFIXES), st.sampled_from(MARKS), st.integers(0, 10**8 - 1))
def test_an_extension_is_kept_beside_the_number(
    national: str, prefix: str, mark: str, extension: int
) -> None:
    found = read_phone(f"{prefix}{national}{mark}{extension}", NUMBERING)
    assert found == Phone(f"+86{national}", str(extension))


@given(NATIONAL | st.integers(10**9, 10**12 - 1).map(str), st.sampled_from(PREFIXES))
def test_the_one_form_is_read_as_itself(digits: str, prefix: str) -> None:
    try:
        found = read_phone(f"{prefix}{digits}", NUMBERING)
    except Invalid:
        return
    assert read_phone(found.e164, NUMBERING) == found


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    try:
        found = read_phone(text, NUMBERING)
    except Invalid:
        return
    assert found.e164.startswith("+")
    assert found.e164[1:].isascii()
    assert found.e164[1:].isdigit()
    assert 5 <= len(found.e164) - 1 <= 15
