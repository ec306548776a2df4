"""Spreadsheets of people: what a heading, a cell and a row are taken for, and why not."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Invalid
from warranty.domain.imports.cells import Unfit, read_cell
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.headers import Top, find_header, read_header
from warranty.domain.imports.kinds import KINDS
from warranty.domain.imports.life import LIFECYCLE, check_runnable
from warranty.domain.imports.records import Record, names_of, read_record
from warranty.domain.messages.imports import CELLS

ASSETS = ["产品编码", "序列号", "客户编码", "现场编码"]


def column(kind: str, name: str):
    return next(one for one in KINDS[ImportKind(kind)].columns if one.name == name)


@pytest.mark.parametrize(
    "cells",
    [
        ["product_code", "serial_number", "customer_code", "site_code"],
        ["产品编码", "序列号", "客户编码", "现场编码"],
        ["Product code", " SERIAL NO. ", "Customer-Code", "Site Code*"],
        ["产品型号", "SN", "客户", "站点编码"],
    ],
)
def test_headings_are_known_however_they_are_written(cells):
    header = read_header(ImportKind.ASSETS, cells)
    names = [one.name for one in header.places.values()]
    assert names == ["product_code", "serial_number", "customer_code", "site_code"]


def test_headings_that_say_nothing_are_told():
    header = read_header(ImportKind.ASSETS, [*ASSETS, "备注", "", "Price"])
    assert header.ignored == ("备注", "Price")


def test_a_missing_column_is_told_with_what_was_found():
    with pytest.raises(Invalid) as refused:
        read_header(ImportKind.ASSETS, ["序列号", "客户编码", "Remark"])
    assert refused.value.code == "import-columns-missing"
    assert refused.value.facts["missing"] == ["product_code", "site_code"]
    assert refused.value.facts["missing_zh"] == ["产品编码 (product_code)", "现场编码 (site_code)"]
    assert refused.value.facts["missing_en"] == ["Product code (product_code)", "Site code (site_code)"]
    assert refused.value.facts["found"] == ["序列号", "客户编码", "Remark"]


TITLE = (1, ["设备清单 2026", "", "", ""])
HEADINGS = (3, ASSETS)
DATA = (4, ["UPS-300", "SN-1", "ICBC", "PUDONG"])


@pytest.mark.parametrize(
    ("tops", "found"),
    [
        ([Top("", [HEADINGS, DATA])], (0, 0)),
        ([Top("", [TITLE, HEADINGS, DATA])], (0, 1)),
        ([Top("封面", [TITLE]), Top("设备", [TITLE, HEADINGS, DATA])], (1, 1)),
        ([Top("封面", []), Top("设备", [HEADINGS, HEADINGS])], (1, 0)),
        ([Top("封面", [(1, ["序列号", "客户编码"])]), Top("设备", [HEADINGS])], (1, 0)),
    ],
)
def test_the_headings_are_found_below_a_title_and_behind_a_cover(tops, found):
    sheet, place, header = find_header(ImportKind.ASSETS, tops)
    assert (sheet, place) == found
    assert (header.sheet, header.row) == (tops[sheet].name, 3)


def test_headings_on_several_sheets_are_not_chosen_among():
    with pytest.raises(Invalid) as refused:
        find_header(
            ImportKind.ASSETS, [Top("上海", [HEADINGS]), Top("封面", [TITLE]), Top("北京", [HEADINGS])]
        )
    assert (refused.value.code, refused.value.facts["sheets"]) == ("import-sheets-several", ["上海", "北京"])


def test_headings_that_are_not_whole_are_told_where_they_come_closest():
    tops = [Top("封面", [TITLE]), Top("设备", [TITLE, (5, ["序列号", "客户编码", "备注"]), DATA])]
    with pytest.raises(Invalid) as refused:
        find_header(ImportKind.ASSETS, tops)
    facts = refused.value.facts
    assert (facts["sheet"], facts["row"], facts["missing"]) == ("设备", 5, ["product_code", "site_code"])
    assert facts["where_en"] == "row 5 of sheet “设备”"


def test_a_column_stands_once():
    with pytest.raises(Invalid) as refused:
        read_header(ImportKind.ASSETS, [*ASSETS, "SN"])
    assert (refused.value.code, refused.value.facts["columns"]) == ("import-column-twice", ["serial_number"])


TAKEN = [
    ("customers", "code", " ICBC-SH ", "ICBC-SH"),
    ("customers", "code", "ＩＣＢＣ－１", "ICBC-1"),
    ("customers", "code", 1001, "1001"),
    ("customers", "code", 1001.0, "1001"),
    ("customers", "name_zh", "　工商银行 ", "工商银行"),
    ("customers", "tier", "重点", "key"),
    ("customers", "tier", "KEY", "key"),
    ("customers", "tier", "", None),
    ("customers", "language", "中文", "zh-CN"),
    ("customers", "language", "zh_cn", "zh-CN"),
    ("customers", "time_zone", "Asia/Urumqi", "Asia/Urumqi"),
    ("sites", "latitude", "31.2304", 31.2304),
    ("sites", "distance_km", "1,250.5", 1250.5),
    ("sites", "distance_km", 12, 12.0),
    ("sites", "locality", "外地", "out_of_town"),
    ("assets", "serial_number", "00123", "00123"),
    ("assets", "serial_number", "序-1/甲", "序-1/甲"),
    ("assets", "shipped_on", "2026-01-15", "2026-01-15"),
    ("assets", "shipped_on", "2026/1/5", "2026-01-05"),
    ("assets", "shipped_on", "2026年1月15日", "2026-01-15"),
    ("assets", "shipped_on", "2026-01-15 00:00:00", "2026-01-15"),
    ("assets", "shipped_on", datetime.fromisoformat("2026-01-15"), "2026-01-15"),
    ("assets", "shipped_on", date(2026, 1, 15), "2026-01-15"),
    ("assets", "contract_number", None, None),
]


@pytest.mark.parametrize(("kind", "name", "cell", "value"), TAKEN)
def test_a_cell_is_taken(kind, name, cell, value):
    assert read_cell(column(kind, name), cell) == value


UNFIT = [
    ("customers", "code", "", "import-value-missing"),
    ("customers", "code", "   ", "import-value-missing"),
    ("customers", "code", "A B", "import-value-code"),
    ("customers", "code", "客户1", "import-value-code"),
    ("customers", "code", "A" * 65, "import-value-long"),
    ("customers", "name_zh", "名" * 201, "import-value-long"),
    ("customers", "name_en", "a\x07b", "import-value-character"),
    ("customers", "name_en", "a\x00b", "import-value-character"),
    ("customers", "industry", "#N/A", "import-value-error"),
    ("customers", "tier", "gold", "import-value-choice"),
    ("customers", "time_zone", "Beijing", "import-value-zone"),
    ("sites", "latitude", "north", "import-value-number"),
    ("sites", "distance_km", "12,5", "import-value-number"),
    ("sites", "distance_km", "12，5", "import-value-number"),
    ("sites", "distance_km", "1,2,3", "import-value-number"),
    ("sites", "latitude", "90.1", "import-value-range"),
    ("sites", "latitude", "nan", "import-value-range"),
    ("sites", "longitude", "inf", "import-value-range"),
    ("sites", "distance_km", "-1", "import-value-range"),
    ("assets", "serial_number", "1.23457E+14", "import-value-rounded"),
    ("assets", "serial_number", 1234567890123456, "import-value-rounded"),
    ("assets", "serial_number", 1.5e20, "import-value-rounded"),
    ("assets", "serial_number", "S" * 101, "import-value-long"),
    ("assets", "installed_on", "2026-02-30", "import-value-no-such-day"),
    ("assets", "installed_on", "15.1.2026", "import-value-day"),
    ("assets", "installed_on", 46037, "import-value-day"),
    ("assets", "installed_on", datetime.fromisoformat("2026-01-15T09:30"), "import-value-day"),
]


@pytest.mark.parametrize(("kind", "name", "cell", "code"), UNFIT)
def test_a_cell_that_does_not_fit_says_why(kind, name, cell, code):
    with pytest.raises(Unfit) as unfit:
        read_cell(column(kind, name), cell)
    assert unfit.value.code == code


def test_half_a_position_is_none():
    header = read_header(ImportKind.SITES, ["customer_code", "code", "name", "address", "city", "latitude"])
    record = read_record(header, 2, ["C", "S", "Branch", "1 Road", "Shanghai", "31"])
    assert [fault.code for fault in record.faults] == ["import-position-incomplete"]


@pytest.mark.parametrize(
    ("headings", "cells", "surplus"),
    [
        (ASSETS, ["P", "SN", "C", "S", "over", 7], 2),
        ([*ASSETS, " ", ""], ["P", "SN", "C", "S", "", "over"], 1),
        ([*ASSETS, "备注"], ["P", "SN", "C", "S", "a remark"], 0),
        (ASSETS, ["P", "SN", "C", "S", None, " ", ""], 0),
    ],
)
def test_a_row_with_more_cells_than_headings_says_so(headings, cells, surplus):
    record = read_record(read_header(ImportKind.ASSETS, headings), 2, cells)
    assert [(one.code, one.facts["surplus"]) for one in record.faults] == [("import-row-long", surplus)][
        : bool(surplus)
    ]


def test_everything_wrong_with_a_row_is_told_at_once():
    header = read_header(ImportKind.ASSETS, [*ASSETS, "发货日期"])
    record = read_record(header, 7, ["", "SN-1", "C", None, "soon"])
    assert [(fault.column, fault.code) for fault in record.faults] == [
        ("product_code", "import-value-missing"),
        ("site_code", "import-value-missing"),
        ("shipped_on", "import-value-day"),
    ]
    assert names_of(ImportKind.ASSETS, record.values) == []


def test_a_short_row_is_blank_where_it_ends():
    header = read_header(ImportKind.ASSETS, [*ASSETS, "发货日期"])
    record = read_record(header, 2, ["P", "SN", "C", "S"])
    assert (record.faults, record.values.get("shipped_on")) == ((), None)


cells = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates()
)


@given(st.sampled_from(ImportKind), st.lists(cells, max_size=12))
def test_any_row_is_a_record(kind, row):
    header = read_header(kind, [one.name for one in KINDS[kind].columns])
    record = read_record(header, 2, row)
    assert isinstance(record, Record)
    assert {fault.code for fault in record.faults} <= set(CELLS)
    required = {one.name for one in KINDS[kind].columns if one.is_required}
    assert bool(record.faults) or required <= set(record.values)


@pytest.mark.parametrize("action", LIFECYCLE.transitions)
@pytest.mark.parametrize("state", LIFECYCLE.states)
def test_an_action_is_possible_where_the_table_says(state, action):
    if state in LIFECYCLE.transitions[action].sources:
        assert LIFECYCLE.ask(action, state).event.startswith("warranty.import.")
        return
    with pytest.raises(Conflict) as refused:
        LIFECYCLE.ask(action, state)
    assert refused.value.code == "invalid-state-transition"


def test_only_running_and_stopping_are_asked_for_by_people():
    open_to = {
        state: LIFECYCLE.open_to(state, frozenset({"admin"}), is_customer=False) for state in LIFECYCLE.states
    }
    assert open_to["checked"] == ["run", "cancel"]
    assert {action for actions in open_to.values() for action in actions} == {"run", "cancel"}


@pytest.mark.parametrize(
    ("wrong", "kept", "code"),
    [(3, True, "import-has-problems"), (0, False, "import-expired"), (0, True, None)],
)
def test_what_was_checked_is_run_as_a_whole(wrong, kept, code):
    if code is None:
        check_runnable(wrong_count=wrong, has_rows=kept)
        return
    with pytest.raises(Conflict) as refused:
        check_runnable(wrong_count=wrong, has_rows=kept)
    assert refused.value.code == code
