"""Somebody who sends spreadsheets, and the worker that reads them, both moved by hand."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from openpyxl import Workbook

from warranty.main import sheets
from warranty.sweeps.imports import imports_advanced

from .office import Json, Office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*rows: Sequence[Any]) -> bytes:
    """An XLSX file with these rows."""
    return sheets_of({"Sheet": rows})


def sheets_of(told: Mapping[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> bytes:
    """An XLSX file with these sheets, some of them hidden."""
    book = Workbook(write_only=True)
    for name, rows in told.items():
        page = book.create_sheet(name)
        page.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Importing:
    """Sends files and works on them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.chore = imports_advanced(office.database, sheets())

    async def post(
        self,
        kind: str,
        content: str | bytes,
        *,
        media: str = "text/csv",
        by: httpx.AsyncClient | None = None,
        **query: Any,
    ) -> httpx.Response:
        body = content.encode() if isinstance(content, str) else content
        return await (by or self.office.client).post(
            "/v1/imports", params={"kind": kind, **query}, content=body, headers={"Content-Type": media}
        )

    async def send(self, kind: str, content: str | bytes, **query: Any) -> Json:
        answer = await self.post(kind, content, **query)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, kind: str, content: str | bytes, **query: Any) -> tuple[int, Json]:
        answer = await self.post(kind, content, **query)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()

    async def work(self) -> None:
        """Everything that waits is done."""
        while (await self.step()).more:
            pass

    async def step(self) -> Any:
        return await self.chore.run(self.office.clock())

    async def done(self, kind: str, content: str | bytes, **query: Any) -> Json:
        """Send, let the worker work, and look."""
        sent = await self.send(kind, content, **query)
        await self.work()
        return await self.get(sent)

    async def get(self, job: Json) -> Json:
        return await self.office.get(f"/v1/imports/{job['id']}")

    async def problems(self, job: Json, **params: Any) -> list[Json]:
        return await self.office.items(f"/v1/imports/{job['id']}/problems", **params)


def counts(job: Json) -> tuple[int, int, int, int]:
    """New, changed, unchanged, wrong."""
    return tuple(job[f"{name}_count"] for name in ("new", "changed", "unchanged", "wrong"))  # type: ignore[return-value]
