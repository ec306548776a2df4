"""A visit is worked through: readings kept, findings told, the status report frozen (§1.2.4, §1.2.9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.contracts.warranty import maintenance as events
from common.db import Session
from common.locking import locked
from common.moves import Moment, Move, announce, audit, begin, land, made, touch
from common.outbox import publish
from warranty.commands import meters, obligations, readings
from warranty.commands.inspections import check_asset, facts
from warranty.commands.readings import Figure
from warranty.domain import inspections as rules
from warranty.domain import status_reports
from warranty.domain.inspections import LIFECYCLE, ItemKind, Judged, Result, item_of
from warranty.domain.past import check_moment, check_signature
from warranty.queries import assets as asset_queries
from warranty.queries import readings as reading_queries
from warranty.queries import single
from warranty.tables.assets import Asset
from warranty.tables.catalogue import Product
from warranty.tables.directory import Customer, Site
from warranty.tables.maintenance import Inspection, InspectionFinding, MaintenancePlan

Devices = Mapping[UUID, tuple[Asset, Product]]
"""Assets with their products, by the asset's id."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something found beside the checklist."""

    item: str
    severity: int
    asset_id: UUID | None
    note: str
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkedThrough:
    """A visit as it was done; ``signature`` as stored."""

    results: Sequence[Result]
    anomalies: Sequence[Anomaly]
    summary: str
    recommendations: str
    signature: Mapping[str, Any] | None


async def complete(session: Session, inspection_id: UUID, told: WorkedThrough, at: Moment) -> Inspection:
    """The checklist is worked through; each finding is told by itself, and what was owed is kept by it.

    Raises:
        Invalid: a result does not fit the checklist, a required item is missing, an asset is not at the site,
            or what was read or signed lies ahead.
        Conflict: ``reading-taken`` or ``meter-read-already``.
    """
    row, move = await begin(session, Inspection, inspection_id, LIFECYCLE, "complete", at)
    judged = rules.judge([item_of(item) for item in row.checklist], told.results, row.asset_id)
    _check_past(told, at.now)
    await _check_assets(session, row, told)
    figures = list(_figures(row, judged, move.occurred_at))
    shown = [one for one in figures if one.item in _hour_meters(row)]
    await _hold(session, shown)
    added = await readings.keep(session, row.customer_id, figures, Moment(at.now), row.id)
    await session.write_collected()
    for one in shown:
        read = await reading_queries.of_moment(session, one.series_id, one.read_at)
        readings.vouch(session, read, row.id, at.now)
        await meters.read_on_visit(session, read, f"{one.pointer}/value", Moment(at.now))
    findings = [
        *(_finding(session, row, _of_result(row, found), at) for found in judged if not found.is_normal),
        *(_finding(session, row, _of_anomaly(row, found), at) for found in told.anomalies),
    ]
    row.completed_at = move.occurred_at
    row.condition = rules.condition_of(found.severity for found in findings)
    land(row, move)
    devices = await _devices(session, row, judged, findings)
    document = await _document(session, row, told, judged, findings, devices)
    row.report, row.report_checksum = status_reports.written(document)
    contract = await obligations.under(session, row, move.occurred_at)
    row.contract_id = None if contract is None else contract.id
    _told(session, row, move, findings, devices, len(added))
    if contract is not None:
        await obligations.count(session, contract, at.now)
    return row


def _check_past(told: WorkedThrough, now: datetime) -> None:
    for number, one in enumerate(told.results):
        if one.read_at is not None:
            check_moment(one.read_at, f"#/results/{number}/read_at", now)
    if told.signature is not None:
        check_signature(told.signature, now)


async def _check_assets(session: Session, row: Inspection, told: WorkedThrough) -> None:
    named = [(f"#/results/{n}/asset_id", one.asset_id) for n, one in enumerate(told.results)]
    named += [(f"#/anomalies/{n}/asset_id", one.asset_id) for n, one in enumerate(told.anomalies)]
    checked = {row.asset_id}
    for pointer, asset_id in named:
        if asset_id not in checked:
            await check_asset(session, asset_id, row.site_id, pointer)
            checked.add(asset_id)


def _figures(row: Inspection, judged: Iterable[Judged], at: datetime) -> Iterable[Figure]:
    """What was read of an asset; a figure of the site as a whole stands in the report only."""
    for number, found in enumerate(judged):
        asset_id = found.result.asset_id or row.asset_id
        if found.item.kind is ItemKind.READING and asset_id is not None and found.result.value is not None:
            yield Figure(
                asset_id,
                found.item.code,
                found.item.unit,
                found.result.value,
                found.result.read_at or at,
                f"#/results/{number}",
                (found.item.expected_min, found.item.expected_max),
            )


def _hour_meters(row: Inspection) -> set[str]:
    return {item["code"] for item in row.checklist if item_of(item).is_hour_meter}


async def _hold(session: Session, shown: Iterable[Figure]) -> None:
    """Assets whose meters were read, locked in the order of their ids and before any series."""
    for asset_id in sorted({one.asset_id for one in shown}):
        await locked(session, Asset, asset_id)


def _of_result(row: Inspection, found: Judged) -> dict[str, Any]:
    is_figure = found.item.kind is ItemKind.READING
    return {
        "asset_id": found.result.asset_id or row.asset_id,
        "item": found.item.code,
        "severity": found.item.severity,
        "value": found.result.value,
        "unit": found.item.unit if is_figure else None,
        "expected_min": found.item.expected_min,
        "expected_max": found.item.expected_max,
        "note": found.result.note,
        "photos": list(found.result.photos),
    }


def _of_anomaly(row: Inspection, found: Anomaly) -> dict[str, Any]:
    told = asdict(found)
    return {**told, "asset_id": found.asset_id or row.asset_id, "photos": list(found.photos)}


def _finding(session: Session, row: Inspection, told: Mapping[str, Any], at: Moment) -> InspectionFinding:
    whose = {"customer_id": row.customer_id, "inspection_id": row.id, "site_id": row.site_id}
    finding = made(session, InspectionFinding, at.now, **whose, **told)
    audit(session, "create", finding, at.now)
    return finding


def _told(
    session: Session,
    row: Inspection,
    move: Move,
    findings: Sequence[InspectionFinding],
    devices: Devices,
    reading_count: int,
) -> None:
    touch(session, row, move.now)
    event = events.InspectionCompleted(
        **facts(row),
        condition=row.condition,
        finding_count=len(findings),
        reading_count=reading_count,
        report_checksum=row.report_checksum,
    )
    announce(session, row, move, event)
    for found in findings:
        touch(session, row, move.now)
        about = {**facts(row), "asset_id": found.asset_id}
        own = {name: getattr(found, name) for name in _OWN} | _called(row, found, devices)
        anomaly = events.InspectionAnomaly(**about, finding_id=found.id, **own)
        publish(session, anomaly, of=row, occurred_at=move.occurred_at, now=move.now)


def _called(row: Inspection, found: InspectionFinding, devices: Devices) -> dict[str, str]:
    """How people call what was found: the item, where the checklist has it, and the asset."""
    called = {}
    for item in (one for one in row.checklist if one["code"] == found.item):
        called = {"label_zh": item["label_zh"], "label_en": item["label_en"]}
    if found.asset_id is not None and found.asset_id in devices:
        asset, product = devices[found.asset_id]
        called |= {"serial_number": asset.serial_number, "product_code": product.code}
    return called


_OWN = ("item", "severity", "value", "unit", "expected_min", "expected_max")


async def _devices(
    session: Session, row: Inspection, judged: Sequence[Judged], findings: Sequence[InspectionFinding]
) -> Devices:
    """The assets that the report names, with their products."""
    named = {row.asset_id, *(one.result.asset_id for one in judged), *(one.asset_id for one in findings)}
    return await asset_queries.with_products(session, {one for one in named if one is not None})


def _device(asset: Asset, product: Product) -> dict[str, Any]:
    names = {"zh-CN": product.name_zh, "en": product.name_en}
    return {"serial_number": asset.serial_number, "product": {"code": product.code, **names}}


async def _document(
    session: Session,
    row: Inspection,
    told: WorkedThrough,
    judged: Sequence[Judged],
    findings: Sequence[InspectionFinding],
    devices: Devices,
) -> dict[str, Any]:
    """The report as JSON values: what stood where, as it was known at the visit."""
    customer, site = (
        await single.one(session, Customer, row.customer_id),
        await single.one(session, Site, row.site_id),
    )
    plan = await single.one(session, MaintenancePlan, row.plan_id)
    asset = await single.one(session, Asset, row.asset_id)
    return {
        "number": row.number,
        "plan": plan and {"number": plan.number, "title": plan.title},
        "customer": customer and {"code": customer.code, "zh-CN": customer.name_zh, "en": customer.name_en},
        "site": site and {"code": site.code, "name": site.name, "city": site.city},
        "asset": asset and {"id": str(asset.id), "serial_number": asset.serial_number},
        "assets": {str(one): _device(*device) for one, device in devices.items()},
        "due_on": row.due_on.isoformat(),
        "time_zone": row.time_zone,
        "started_at": row.started_at and row.started_at.isoformat(),
        "completed_at": row.completed_at and row.completed_at.isoformat(),
        "technician_ids": row.technician_ids,
        "condition": row.condition,
        "results": [_result(row, found) for found in judged],
        "findings": [_shown(found) for found in findings],
        "summary": told.summary,
        "recommendations": told.recommendations,
        "signature": told.signature and dict(told.signature),
    }


def _result(row: Inspection, found: Judged) -> dict[str, Any]:
    asset_id = found.result.asset_id or row.asset_id
    return {
        "item": found.item.code,
        "kind": found.item.kind.value,
        "labels": {"zh-CN": found.item.label_zh, "en": found.item.label_en},
        "asset_id": asset_id and str(asset_id),
        "value": found.result.value,
        "is_ok": found.result.is_ok,
        "unit": found.item.unit,
        "expected_min": found.item.expected_min,
        "expected_max": found.item.expected_max,
        "is_normal": found.is_normal,
        "note": found.result.note,
        "photos": list(found.result.photos),
    }


def _shown(found: InspectionFinding) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "asset_id": found.asset_id and str(found.asset_id),
        **{name: getattr(found, name) for name in (*_OWN, "note", "photos")},
    }
