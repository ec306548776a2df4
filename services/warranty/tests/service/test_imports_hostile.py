"""Files made to cost more than they weigh: refused at once, and a reader that dies is nobody's server error."""

import time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from warranty.gateways.sheets import process
from warranty.policy import IMPORT_READING

from .importing import XLSX, Importing, counts, workbook

HEADING = ("code", "name_zh", "name_en", "industry")
LATIN_A = b"A"


def rewritten(old: bytes, new: bytes) -> bytes:
    """A workbook with a header, a row, and something else in its sheet's XML."""
    out = BytesIO()
    with (
        ZipFile(BytesIO(workbook(HEADING, ("C-1", "银行", "Bank", "banking")))) as book,
        ZipFile(out, "w", ZIP_DEFLATED) as made,
    ):
        for name in book.namelist():
            content = book.read(name)
            if name.startswith("xl/worksheets/"):
                assert old in content
                content = content.replace(old, new)
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("number", [b"1048576", b"99999999999"])
async def test_a_row_far_below_the_others_is_refused_at_once(imports: Importing, number: bytes):
    began = time.perf_counter()
    sheet = rewritten(b'<row r="2"', b'<row r="%s"' % number)
    status, problem = await imports.refused("customers", sheet, media=XLSX)
    assert (status, problem["code"], problem["row"]) == (422, "import-too-many-blank-rows", 1)
    assert time.perf_counter() - began < 10


async def test_a_gap_between_rows_of_data_is_refused_when_it_is_read(imports: Importing):
    sheet = rewritten(b"</sheetData>", b'<row r="99999999999"><c t="n"><v>1</v></c></row></sheetData>')
    job = await imports.done("customers", sheet, media=XLSX)
    assert (job["state"], job["failure"]["code"]) == ("failed", "import-too-many-blank-rows")


async def test_a_small_gap_is_read_over(imports: Importing):
    job = await imports.done(
        "customers", rewritten(b'<row r="2"', b'<row r="5000"'), media=XLSX, dry_run="true"
    )
    assert counts(job) == (1, 0, 0, 0)


async def test_a_cell_without_end_is_refused_at_once(imports: Importing):
    sheet = rewritten(b">Bank<", b">" + LATIN_A * 200_000_000 + b"<")
    assert len(sheet) < 300_000
    began = time.perf_counter()
    status, problem = await imports.refused("customers", sheet, media=XLSX)
    assert (status, problem["code"]) == (422, "import-file-cell-endless")
    assert time.perf_counter() - began < 10


async def test_a_reader_that_dies_says_what_to_do(imports: Importing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "MODULE", "warranty.no_such_module")
    status, problem = await imports.refused("customers", "code,name_zh,name_en,industry\nC-1,A,B,banking\n")
    assert (status, problem["code"]) == (422, "import-file-unread")
    assert problem["limit_seconds"] == IMPORT_READING["glance_cpu_seconds"]
