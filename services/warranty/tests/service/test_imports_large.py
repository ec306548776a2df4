"""Installed bases as large as they are: every row in, one transaction, memory that does not grow with the file."""

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from .importing import XLSX, Importing, counts, workbook
from .office import Office

HEADING = ("product_code", "serial_number", "customer_code", "site_code", "shipped_on", "installed_on")
MEGABYTES = 1024
PEAKS: list[float] = []


@dataclass(frozen=True, slots=True)
class Cost:
    """What a file took: seconds, and MB by which the worker grew and the reading process stood at its peak."""

    seconds: float
    grown: float
    reader: float

    def is_within(self, most: "Cost") -> bool:
        return self.seconds < most.seconds and self.grown < most.grown and 0 < self.reader < most.reader


MOST = Cost(seconds=600, grown=100, reader=200)


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
    cost = await watched(imports, f"assets from {form}", capsys)
    assert counts(await imports.get(sent)) == (100_000, 0, 0, 0)
    assert cost.is_within(MOST)


async def racks(office: Office, racks: int, inside: int) -> str:
    """Racks of one product, each with so many modules in shelves; every tenth row is a shelf."""
    site, product = await office.site(await office.customer()), await office.product()
    module, shelf = await office.part(is_serialised=True), await office.part()
    told = [
        "product_code,asset_serial_number,part_number,position,serial_number,parent_position,installed_on"
    ]
    for rack in range(racks):
        asset = await office.asset(site, product_id=product["id"], shipped_on="2025-01-15")
        start = f"{product['code']},{asset['serial_number']}"
        for n in range(inside):
            held = f"shelf {n // 10}"
            told.append(
                f"{start},{shelf['number']},{held},,,"
                if n % 10 == 0
                else f"{start},{module['number']},slot {n % 10},PM-{rack}-{n},{held},2026-01-15"
            )
    return "\n".join(told) + "\n"


@pytest.mark.slow
async def test_a_hundred_thousand_components_of_few_assets_take_minutes_and_no_memory(
    office: Office, imports: Importing, capsys: pytest.CaptureFixture[str]
):
    content = await racks(office, 50, 2_000)
    sent = await imports.send("components", content)
    cost = await watched(imports, "components of 50 assets", capsys)
    assert counts(await imports.get(sent)) == (100_000, 0, 0, 0)
    assert cost.is_within(MOST)
    again = await imports.done("components", content)
    assert counts(again) == (0, 0, 100_000, 0)


async def watched(imports: Importing, what: str, capsys: pytest.CaptureFixture[str]) -> Cost:
    """What it takes until all rows are in, also printed."""
    before, began, figures = resident(), time.perf_counter(), []
    reader = asyncio.create_task(peak_of_reader())
    while True:
        step = time.perf_counter()
        if not (await imports.step()).more:
            break
        figures.append(round(time.perf_counter() - step, 1))
    reader.cancel()
    seconds, grown = time.perf_counter() - began, (peak() - before) / MEGABYTES
    child = max(PEAKS, default=0) / MEGABYTES
    with capsys.disabled():
        sys.stdout.write(
            f"\n100,000 {what}: {seconds:.0f} s (check, write: {figures}), "
            f"worker +{grown:.0f} MB at its peak, reading process {child:.0f} MB, {os.cpu_count()} cores\n"
        )
    return Cost(seconds, grown, child)


def resident() -> float:
    """Memory of this process now, in kB; its peak is counted from here on."""
    ctypes.CDLL(None).malloc_trim(0)  # what making the file has freed is no room to grow into unseen
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return status("VmRSS")


def peak() -> float:
    return status("VmHWM")


async def peak_of_reader() -> None:
    """Look again and again at the peak of the reading processes that this one has started."""
    PEAKS.clear()
    while True:
        look_at_readers()
        await asyncio.sleep(0.1)


def look_at_readers() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    for child in children:
        with suppress(OSError, StopIteration):
            if b"gateways.sheets" in Path(f"/proc/{child}/cmdline").read_bytes():
                PEAKS.append(status("VmHWM", child))


def status(name: str, process: str = "self") -> float:
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) for line in told if line.startswith(name))
