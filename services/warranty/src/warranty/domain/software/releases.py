"""Releases: their life, and what may be shipped and offered (§1.2.3.1(2))."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict, Invalid
from common.identities import plain
from common.lifecycle import LEADS, Lifecycle, step


class Channel(StrEnum):
    """Who a release is meant for; only ``released`` ones are offered to customers."""

    DEVELOPMENT = "development"
    BETA = "beta"
    RELEASED = "released"


class ReleaseState(StrEnum):
    """Where a release stands: in one of the channels, or withdrawn."""

    DEVELOPMENT = "development"
    BETA = "beta"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Effect(StrEnum):
    """What installing did to operation."""

    NONE = "none"
    RESTART = "restart"
    INTERRUPTION = "interruption"


class SoftwareStanding(StrEnum):
    """How an asset's software stands to what its product has."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


RELEASERS = LEADS | {"quality"}

LIFECYCLE = Lifecycle(
    "release_state",
    ReleaseState.DEVELOPMENT,
    MappingProxyType(
        {
            "promote": step("development", "beta", "warranty.release.promoted"),
            "release": step("development beta", "released", "warranty.release.released", "tested_on"),
            "withdraw": step(
                "development beta released", "withdrawn", "warranty.release.withdrawn", "reason"
            ),
        }
    ),
    roles=MappingProxyType({"release": RELEASERS, "withdraw": RELEASERS}),
)


def check_tested(tested_on: date | None, released_on: date) -> None:
    """What is released was tested before.

    Raises:
        Conflict: ``release-not-tested``.
        Invalid: ``tested-after-release``.
    """
    if tested_on is None:
        raise Conflict("release-not-tested")
    if tested_on > released_on:
        raise Invalid("tested-after-release", pointer="#/tested_on", released_on=released_on.isoformat())


def check_editable(state: str, fields: Iterable[str]) -> None:
    """What was released stays as it was tested; only its notes may be corrected.

    Raises:
        Conflict: ``release-is-out`` with the fields that stand.
    """
    fixed = sorted(set(fields) - {"notes_zh", "notes_en"})
    if fixed and state in (ReleaseState.RELEASED, ReleaseState.WITHDRAWN):
        raise Conflict("release-is-out", fields=fixed)


def misfits(compatibility: Mapping[str, Iterable[str]], inside: Iterable[str]) -> list[str]:
    """The part numbers that keep a release off an asset: needed and missing, or excluded and inside.

    Args:
        compatibility: ``requires`` and ``excludes``, lists of part numbers.
        inside: part numbers of what is inside the asset.
    """
    there = set(map(plain, inside))
    missing = set(map(plain, compatibility.get("requires", ()))) - there
    return sorted(missing | (set(map(plain, compatibility.get("excludes", ()))) & there))


def check_change(change_id: object, reference: str | None) -> None:
    """What is installed is installed by a change, here or in the customer's own books.

    Raises:
        Invalid: ``change-missing``.
    """
    if change_id is None and not reference:
        raise Invalid("change-missing", pointer="#/change_reference")
