"""Installed bases as large as they are: every row in, one transaction, memory that does not grow with the file."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .importing import XLSX, Importing, counts, workbook
from .office import Office

HEADING = ("product_code", "serial_number", "customer_code", "site_code", "shipped_on", "installed_on")
MEGABYTES = 1024


async def rows(office: Office, count: int) -> list[tuple[str, ...]]:
    """A base of ``count`` assets of one customer at its sites."""
    customer, product = await office.customer(), await office.product()
    sites = [await office.site(customer) for _ in range(10)]
    return [
        (product["code"], f"SN-{n:07d}", customer["code"], sites[n % 10]["code"], "2025-01-15", "2025-02-03")
        for n in range(count)
    ]


def lines(found: list[tuple[str, ...]]) -> Iterator[str]:
    yield from (",".join(row) + "\n" for row in (HEADING, *found))


async def test_five_thousand_assets_are_in_once(office: Office, imports: Importing):
    file = "".join(lines(await rows(office, 5_000)))
    done = await imports.done("assets", file)
    assert (done["state"], counts(done)) == ("succeeded", (5_000, 0, 0, 0))
    assert await office.rows("SELECT count(*) AS n FROM outbox WHERE type LIKE '%asset.registered%'") == [
        {"n": 5_000}
    ]
    assert counts(await imports.done("assets", file)) == (0, 0, 5_000, 0)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_hundred_thousand_assets_take_minutes_and_no_memory(
    office: Office, imports: Importing, form: str, capsys: pytest.CaptureFixture[str]
):
    found = await rows(office, 100_000)
    content = workbook(HEADING, *found) if form == "xlsx" else "".join(lines(found))
    sent = await imports.send("assets", content, media=XLSX if form == "xlsx" else "text/csv")
    del found, content
    before, began, figures = resident(), time.perf_counter(), []
    while True:
        step = time.perf_counter()
        is_more = (await imports.step()).more
        if not is_more:
            break
        figures.append(round(time.perf_counter() - step, 1))
    seconds, grown = time.perf_counter() - began, (peak() - before) / MEGABYTES
    done = await imports.get(sent)
    assert (done["state"], done["new_count"]) == ("succeeded", 100_000)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTES
    with capsys.disabled():
        sys.stdout.write(
            f"\n100,000 assets from {form}: {seconds:.0f} s (check, write: {figures}), "
            f"worker +{grown:.0f} MB at its peak, reading process {child:.0f} MB, {os.cpu_count()} cores\n"
        )
    assert seconds < 600
    assert grown < 100
    assert child < 200


def resident() -> float:
    """Memory of this process now, in kB; its peak is counted from here on."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return status("VmRSS")


def peak() -> float:
    return status("VmHWM")


def status(name: str) -> float:
    told = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) for line in told if line.startswith(name))
