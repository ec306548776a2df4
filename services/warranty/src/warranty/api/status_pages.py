"""A status report as a page to be printed, in zh-CN or en."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any, Literal
from zoneinfo import ZoneInfo

from warranty.domain.labels import LABELS

Language = Literal["zh-CN", "en"]

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("设备运行状态报告", "Status report"),
    "customer": ("客户", "Customer"),
    "site": ("现场", "Site"),
    "asset": ("设备", "Asset"),
    "due_on": ("约定日期", "Day agreed on"),
    "completed_at": ("完成时间", "Completed at"),
    "condition": ("运行状态", "Running state"),
    "item": ("检查项目", "Item"),
    "found": ("结果", "Found"),
    "expected": ("正常范围", "Expected"),
    "verdict": ("判定", "Verdict"),
    "note": ("备注", "Remark"),
    "findings": ("异常", "Findings"),
    "severity": ("级别", "Level"),
    "summary": ("小结", "Summary"),
    "recommendations": ("建议", "Recommendations"),
    "signature": ("客户签字", "Signed by the customer"),
    "normal": ("正常", "normal"),
    "not_normal": ("异常", "out of order"),
    "checksum": ("校验和", "Checksum"),
}
_STYLE = (
    "body{font:14px sans-serif;max-width:50em;margin:2em auto}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3em .5em;text-align:left}"
)


def page(document: Mapping[str, Any], checksum: str, language: Language) -> str:
    """The page: HTML that is complete in itself; everything told by people is escaped."""
    return _Page(document, language).text(checksum)


class _Page:
    """One report in one language."""

    def __init__(self, document: Mapping[str, Any], language: Language) -> None:
        self.document = document
        self.language = language
        self.place = 0 if language == "zh-CN" else 1

    def text(self, checksum: str) -> str:
        title = f"{self._word('title')} {self.document['number']}"
        return (
            f'<!doctype html><html lang="{self.language}"><meta charset="utf-8">'
            f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>"
            f"{self._table((), self._head())}{self._table(self._columns(), self._results())}"
            f"<h2>{self._word('findings')}</h2>"
            f"{self._table(('item', 'asset', 'severity', 'found', 'note'), self._findings())}"
            f"{self._paragraph('summary')}{self._paragraph('recommendations')}"
            f"<p>{self._word('signature')}: {escape((self.document['signature'] or {}).get('name', ''))}</p>"
            f"<p><small>{self._word('checksum')} {checksum}</small></p></html>"
        )

    @staticmethod
    def _columns() -> tuple[str, ...]:
        return ("item", "asset", "found", "expected", "verdict", "note")

    def _word(self, name: str) -> str:
        return _WORDS[name][self.place]

    def _head(self) -> Iterable[tuple[object, ...]]:
        told = self.document
        yield self._word("customer"), (told["customer"] or {}).get(self.language, "")
        yield self._word("site"), " ".join((told["site"] or {}).values())
        yield self._word("asset"), self._asset((told["asset"] or {}).get("id"))
        yield self._word("due_on"), told["due_on"]
        yield self._word("completed_at"), self._time(told["completed_at"])
        yield self._word("condition"), LABELS["inspection_condition"][told["condition"]][self.place]

    def _results(self) -> Iterable[tuple[object, ...]]:
        for one in self.document["results"]:
            verdict = self._word("normal" if one["is_normal"] else "not_normal")
            found = "" if one["value"] is None else f"{one['value']:g} {one['unit']}"
            label, asset = one["labels"][self.language], self._asset(one["asset_id"])
            yield label, asset, found, self._range(one), verdict, one["note"]

    def _findings(self) -> Iterable[tuple[object, ...]]:
        labels = {one["item"]: one["labels"][self.language] for one in self.document["results"]}
        for one in self.document["findings"]:
            found = "" if one["value"] is None else f"{one['value']:g} {one['unit']}"
            label = labels.get(one["item"], one["item"])
            yield label, self._asset(one["asset_id"]), one["severity"], found, one["note"]

    def _asset(self, asset_id: str | None) -> str:
        """The asset as people call it: its serial number and its product."""
        told = self.document.get("assets", {}).get(asset_id)
        if told is None:
            return asset_id or ""
        return f"{told['serial_number']} {told['product'][self.language]}"

    def _time(self, told: str) -> str:
        """The moment to the minute, where the visit's days are decided."""
        zone = self.document["time_zone"]
        return f"{datetime.fromisoformat(told).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"

    @staticmethod
    def _range(one: Mapping[str, Any]) -> str:
        low, high = one["expected_min"], one["expected_max"]
        if low is None and high is None:
            return ""
        return f"{'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'}"

    def _paragraph(self, name: str) -> str:
        return f"<h2>{self._word(name)}</h2><p>{escape(self.document[name])}</p>"

    def _table(self, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
        head = "".join(f"<th>{self._word(name)}</th>" for name in columns)
        body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"
