"""Software releases: made known, tried, released, withdrawn."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from common.contracts.warranty import software as events
from common.db import Session
from common.errors import Conflict, Invalid
from common.locking import locked
from common.moves import Moment, Move, amend, announce, begin, beginning, corrected, land, made, touch
from warranty.commands.needs import begun, needed
from warranty.domain.past import check_days
from warranty.domain.software import releases as rules
from warranty.domain.software.releases import LIFECYCLE, Channel
from warranty.domain.software.versions import Key, Scheme, key_of
from warranty.policy import DEFAULT_TIME_ZONE
from warranty.tables.catalogue import Part, Product
from warranty.tables.software import SoftwareRelease

TESTED = frozenset({"tested_on"})


async def create(session: Session, told: Mapping[str, Any], at: Moment) -> SoftwareRelease:
    """Make a release known; it is in development until somebody says otherwise.

    One that is older than the platform is told with its past: what follows may lie back to that moment.

    Raises:
        Invalid: ``product-unknown``, ``part-unknown``, a version that cannot be ordered, or a minimum that is
            not below it, or a moment or a day of the test that lies ahead.
        Conflict: ``version-scheme-differs``, ``release-version-taken`` or ``release-order-taken``.
    """
    known_at = beginning(at)
    check_days(told, TESTED, at.now, ZoneInfo(DEFAULT_TIME_ZONE))
    product = await needed(session, Product, told["product_id"], "product-unknown", "#/product_id")
    await locked(session, Product, product.id)
    scheme = Scheme(told["scheme"])
    await _check_scheme(session, product.id, scheme)
    await _check_parts(session, told["compatibility"])
    key = key_of(scheme, told["release_version"], told["rank"])
    row = made(
        session,
        SoftwareRelease,
        at.now,
        state=LIFECYCLE.initial,
        state_changed_at=known_at,
        channel=Channel.DEVELOPMENT,
        order_key=key,
        minimum_key=await _minimum(session, product.id, scheme, told["minimum_version"], key),
        **told,
    )
    return begun(session, row, events.ReleaseCreated(**facts(row)), at)


async def update(session: Session, release_id: UUID, told: Mapping[str, Any], at: Moment) -> SoftwareRelease:
    """Correct a release; once it is out, only its notes.

    Raises:
        NotFound, Conflict: no such release, another version, or ``release-is-out``.
        Invalid: ``part-unknown``, a day of the test that lies ahead, or a minimum that cannot be ordered or
            is not below it.
    """
    row = await locked(session, SoftwareRelease, release_id, at.version)
    rules.check_editable(row.state, told)
    check_days(told, TESTED, at.now, ZoneInfo(DEFAULT_TIME_ZONE))
    changed = dict(told)
    await _check_parts(session, changed.get("compatibility") or {})
    if "minimum_version" in changed:
        minimum = changed["minimum_version"]
        key = await _minimum(session, row.product_id, Scheme(row.scheme), minimum, row.order_key)
        changed["minimum_key"] = key
    previous = amend(row, changed)
    kept = {name: _json(v) for name, v in previous.items() if name in events.ReleaseEvent.model_fields}
    return corrected(session, row, at, lambda: events.ReleaseUpdated(**facts(row), previous=kept))


async def promote(session: Session, release_id: UUID, at: Moment) -> SoftwareRelease:
    """The release may be tried out at customers who agreed to that."""
    row, move = await begin(session, SoftwareRelease, release_id, LIFECYCLE, "promote", at)
    row.channel = Channel.BETA
    return _moved(session, row, move, events.ReleasePromoted)


async def release(
    session: Session, release_id: UUID, at: Moment, *, tested_on: date | None = None
) -> SoftwareRelease:
    """The release is out, tested before (§1.2.3.1(2)); its day is that of the vendor's time zone.

    Raises:
        Conflict: ``release-not-tested``.
        Invalid: ``tested-after-release``.
    """
    row, move = await begin(session, SoftwareRelease, release_id, LIFECYCLE, "release", at)
    row.tested_on = tested_on or row.tested_on
    row.released_on = move.occurred_at.astimezone(ZoneInfo(DEFAULT_TIME_ZONE)).date()
    rules.check_tested(row.tested_on, row.released_on)
    row.channel = Channel.RELEASED
    return _moved(session, row, move, events.ReleaseReleased)


async def withdraw(session: Session, release_id: UUID, at: Moment, *, reason: str) -> SoftwareRelease:
    """The release must not be used any more."""
    row, move = await begin(session, SoftwareRelease, release_id, LIFECYCLE, "withdraw", at)
    row.withdrawn_at, row.withdrawal_reason = move.occurred_at, reason
    return _moved(session, row, move, events.ReleaseWithdrawn, reason)


def _moved(
    session: Session,
    row: SoftwareRelease,
    move: Move,
    event: type[events.ReleaseEvent],
    note: str | None = None,
) -> SoftwareRelease:
    land(row, move)
    touch(session, row, move.now)
    return announce(session, row, move, event(**facts(row)), note=note)


async def _check_scheme(session: Session, product_id: UUID, scheme: Scheme) -> None:
    first = select(col(SoftwareRelease.scheme)).where(col(SoftwareRelease.product_id) == product_id).limit(1)
    declared = (await session.execute(first)).scalar_one_or_none()
    if declared is not None and declared != scheme:
        raise Conflict("version-scheme-differs", scheme=declared)


async def _minimum(
    session: Session, product_id: UUID, scheme: Scheme, version: str | None, key: Key
) -> Key | None:
    """What the minimum version is ordered by; under ``ranked`` it is one of the product's releases."""
    if version is None:
        return None
    try:
        found = await _key(session, product_id, scheme, version)
    except Invalid as refusal:
        raise Invalid(refusal.code, pointer="#/minimum_version", **refusal.facts) from refusal
    if found >= key:
        raise Invalid("minimum-not-below", pointer="#/minimum_version", minimum_version=version)
    return found


async def _key(session: Session, product_id: UUID, scheme: Scheme, version: str) -> Key:
    if scheme is not Scheme.RANKED:
        return key_of(scheme, version, None)
    named = select(col(SoftwareRelease.order_key)).where(
        col(SoftwareRelease.product_id) == product_id, col(SoftwareRelease.release_version) == version
    )
    found = (await session.execute(named)).scalar_one_or_none()
    if found is None:
        raise Invalid("release-unknown")
    return found


async def _check_parts(session: Session, compatibility: Mapping[str, Any]) -> None:
    for name, numbers in compatibility.items():
        known = select(col(Part.number)).where(col(Part.number).in_(numbers))
        there = set((await session.execute(known)).scalars())
        for place, number in enumerate(numbers):
            if number not in there:
                raise Invalid("part-unknown", pointer=f"#/compatibility/{name}/{place}")


def facts(row: SoftwareRelease) -> dict[str, Any]:
    """The facts that every event about a release carries."""
    names = (name for name in events.ReleaseEvent.model_fields if name != "release_id")
    return {"release_id": row.id, **{name: getattr(row, name) for name in names}}


def _json(value: Any) -> Any:  # noqa: ANN401 - a column's value
    return value if isinstance(value, (str, type(None))) else str(value)
