"""The way to the newest release: the fewest hops that every release's minimum version allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from warranty.domain.software.versions import Key
from warranty.domain.terms.civil import plus_months


class Blocked(StrEnum):
    """Why a newer release is not the one to upgrade to."""

    NOT_ENTITLED = "not_entitled"
    INCOMPATIBLE = "incompatible"
    UNREACHABLE = "unreachable"


class Advice(StrEnum):
    """What to do about the software of an asset."""

    STAY = "stay"
    UPGRADE = "upgrade"
    GO_BACK = "go_back"
    ASK_VENDOR = "ask_vendor"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A released version as the way sees it.

    Args:
        id: of the release.
        key: its place in the order of versions.
        from_key: the lowest version it upgrades from; ``None``: any, also from nothing.
        released_on: when it came out.
        misfits: part numbers that keep it off the asset.
    """

    id: UUID
    key: Key
    from_key: Key | None
    released_on: date
    misfits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Where an asset can go.

    Args:
        hops: releases to install, in order; empty where nothing newer may be installed.
        blocked: newer releases beyond the last hop, and what keeps each of them away.
    """

    hops: tuple[UUID, ...]
    blocked: tuple[tuple[UUID, Blocked], ...]


def entitled_until(accepted_on: date | None, years: int) -> date | None:
    """The last day on which a new release is the asset's by right; ``None`` before acceptance: no end yet."""
    return None if accepted_on is None else plus_months(accepted_on, 12 * years)


def steps_up(from_: Key | None, to: Candidate) -> bool:
    """Whether a release may be installed over a version; ``None`` is an asset whose version nobody knows."""
    if from_ is None:
        return to.from_key is None
    return from_ < to.key and (to.from_key is None or to.from_key <= from_)


def upgrade_path(current: Key | None, releases: Sequence[Candidate], until: date | None) -> Path:
    """The way to the newest release that is entitled, fits and can be reached, in the fewest hops.

    Of two ways that are equally short, the one with the newer releases on it.

    Args:
        current: the version that runs; ``None`` where nobody knows.
        releases: what is offered, withdrawn ones left out.
        until: last day of the entitlement; ``None``: it has no end yet.
    """
    newer = sorted((one for one in releases if current is None or one.key > current), key=lambda one: one.key)
    open_ = [one for one in newer if not one.misfits and (until is None or one.released_on <= until)]
    ways: dict[UUID, tuple[UUID, ...]] = {}
    for to in open_:
        if steps_up(current, to):
            ways[to.id] = (to.id,)
            continue
        before = [one for one in open_ if one.id in ways and steps_up(one.key, to)]
        if before:
            nearest = min(reversed(before), key=lambda one: len(ways[one.id]))
            ways[to.id] = (*ways[nearest.id], to.id)
    target = next((one for one in reversed(open_) if one.id in ways), None)
    beyond = [one for one in newer if target is None or one.key > target.key]
    blocked = tuple((one.id, _why(one, until)) for one in reversed(beyond))
    return Path(() if target is None else ways[target.id], blocked)


def way_back(current: Key, ran: Sequence[Candidate]) -> UUID | None:
    """The newest release before ``current`` that ran on the asset, is still offered and fits; else none."""
    older = [one for one in ran if one.key < current and not one.misfits]
    return max(older, key=lambda one: one.key).id if older else None


def advice(*, is_known: bool, is_withdrawn: bool, has_hops: bool, has_way_back: bool) -> Advice:
    """What to do about what runs: nobody stays on a release that was withdrawn, or on what nobody knows.

    Args:
        is_known: it is known what runs.
        is_withdrawn: what runs must not be used any more.
        has_hops: something newer may be installed.
        has_way_back: something that ran before may run again.
    """
    if has_hops:
        return Advice.UPGRADE
    if not is_known:
        return Advice.UNKNOWN
    if not is_withdrawn:
        return Advice.STAY
    return Advice.GO_BACK if has_way_back else Advice.ASK_VENDOR


def _why(one: Candidate, until: date | None) -> Blocked:
    if until is not None and one.released_on > until:
        return Blocked.NOT_ENTITLED
    return Blocked.INCOMPATIBLE if one.misfits else Blocked.UNREACHABLE
