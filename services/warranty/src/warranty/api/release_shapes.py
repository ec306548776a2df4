"""What is told and shown of software releases and what runs where."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from common.context import Caller
from common.web.shapes import Day, ListQuery, Maybe, OutInstant, OutShape, Page, Prose, Shape, Text, sortable
from common.web.told import WITHOUT_SECRETS, Act, Note
from warranty.api.told import NaturalKey
from warranty.domain.assets import AssetState
from warranty.domain.software.releases import LIFECYCLE, Channel, Effect, ReleaseState, SoftwareStanding
from warranty.domain.software.upgrading import Advice, Blocked
from warranty.domain.software.versions import Scheme
from warranty.queries.software import Way
from warranty.tables.assets import Asset
from warranty.tables.software import SoftwareRelease

Version = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,99}$"), Field(examples=["2.4.0"])
]
Notes = Annotated[str, Prose(5_000, 0), WITHOUT_SECRETS]
Numbers = Annotated[list[NaturalKey], Field(max_length=100)]
Rank = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Compatibility(Shape):
    """What else must be inside an asset, and what must not, by part numbers."""

    requires: Numbers = []
    excludes: Numbers = []


class ReleaseCreate(Act):
    """A version of a product's software; one from before the platform is told with when it was begun."""

    product_id: UUID
    release_version: Version
    scheme: Annotated[Scheme, Field(description="The same for all releases of a product.")] = Scheme.SEMVER
    rank: Annotated[Maybe[Rank], Field(description="Place in the order of versions, under `ranked`.")] = None
    minimum_version: Annotated[
        Maybe[Version], Field(description="Lowest version it upgrades from. Left out: any.")
    ] = None
    compatibility: Compatibility = Compatibility()
    notes_zh: Notes = ""
    notes_en: Notes = ""
    tested_on: Maybe[Day] = None

    def told(self) -> dict[str, Any]:
        """The fields as they are stored."""
        columns = {name: value for name, value in dict(self).items() if name != "occurred_at"}
        return {**columns, "compatibility": self.compatibility.model_dump()}


class ReleaseUpdate(Shape):
    """Corrections; a field left out stays. Once it is out, only the notes."""

    minimum_version: Version | None = None
    compatibility: Maybe[Compatibility] = None
    notes_zh: Maybe[Notes] = None
    notes_en: Maybe[Notes] = None
    tested_on: Day | None = None


class PublishRelease(Act):
    """The release is out."""

    tested_on: Annotated[Maybe[Day], Field(description="Left out: as told before.")] = None


class ReleaseOut(OutShape):
    """A version of a product's software; only what is `released` is offered."""

    id: UUID
    product_id: UUID
    release_version: str
    scheme: Scheme
    rank: int | None
    state: ReleaseState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    channel: Annotated[Channel, Field(description="Where it was last meant for, withdrawn or not.")]
    minimum_version: str | None
    compatibility: dict[str, list[str]]
    notes_zh: str
    notes_en: str
    tested_on: Day | None
    released_on: Day | None
    withdrawn_at: OutInstant | None
    withdrawal_reason: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: SoftwareRelease, caller: Caller) -> "ReleaseOut":
        """The release as ``caller`` sees it."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class ReleasePage(Page[ReleaseOut]):
    """A page of releases."""


class ReleaseFilters(ListQuery):
    """Filters of the list of releases."""

    product_id: Maybe[UUID] = None
    state: Annotated[list[ReleaseState], Field(max_length=4)] = []
    release_version: Maybe[Version] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class InstallRelease(Act):
    """Which release, by which change, and what that did to operation."""

    release_id: UUID
    change_id: Annotated[Maybe[UUID], Field(description="The change in ticketing.")] = None
    change_reference: Annotated[
        Maybe[Annotated[str, Text(200)]], Field(description="The change in the customer's own books.")
    ] = None
    effect: Effect
    downtime_minutes: Annotated[int, Field(ge=0, le=100_000)] = 0
    is_rollback: Annotated[bool, Field(description="Back to what ran before.")] = False
    note: Maybe[Note] = None


class SoftwareInstallationOut(OutShape):
    """A release that was installed on an asset."""

    id: UUID
    customer_id: UUID
    asset_id: UUID
    release_id: UUID
    previous_release_id: UUID | None
    installed_at: OutInstant
    change_id: UUID | None
    change_reference: str | None
    effect: Effect
    downtime_minutes: int
    is_rollback: bool
    note: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class SoftwareInstallationPage(Page[SoftwareInstallationOut]):
    """A page of what was installed on an asset."""


class SoftwareInstallationFilters(ListQuery):
    """Paging of what was installed on an asset."""

    sort: Annotated[str, sortable("installed_at")] = "-installed_at"


class NamedRelease(OutShape):
    """A release by its id and version."""

    release_id: UUID
    release_version: str
    state: ReleaseState
    released_on: Day | None
    withdrawn_at: OutInstant | None
    withdrawal_reason: str | None
    notes_zh: str
    notes_en: str

    @classmethod
    def of(cls, row: SoftwareRelease) -> "NamedRelease":
        """The release by its name."""
        return cls.model_validate({**vars(row), "release_id": row.id})


class BlockedRelease(NamedRelease):
    """A newer release, and what keeps the asset from it."""

    reason: Blocked


class UpgradePathOut(OutShape):
    """Where an asset's software can go."""

    asset_id: UUID
    advice: Annotated[
        Advice,
        Field(
            description="`go_back` and `ask_vendor`: what runs was withdrawn, and nothing newer is open. "
            "`unknown`: nobody knows what runs, and nothing may be installed over just anything."
        ),
    ]
    current: Annotated[NamedRelease | None, Field(description="What runs; null where nobody knows.")]
    entitled_until: Annotated[
        Day | None, Field(description="Last day of the right to new releases; null before acceptance.")
    ]
    target: Annotated[NamedRelease | None, Field(description="The newest it may go to; null: nothing newer.")]
    hops: Annotated[list[NamedRelease], Field(description="To be installed in this order.")]
    back_to: Annotated[
        NamedRelease | None,
        Field(description="Under `go_back`: the newest that ran here before and is still offered."),
    ]
    blocked: Annotated[list[BlockedRelease], Field(description="What is newer still, the newest first.")]

    @classmethod
    def of(cls, way: Way) -> "UpgradePathOut":
        """The way as it is shown."""
        hops = [NamedRelease.of(way.releases[one]) for one in way.path.hops]
        blocked = [
            BlockedRelease.model_validate({**dict(NamedRelease.of(way.releases[one])), "reason": why})
            for one, why in way.path.blocked
        ]
        return cls(
            asset_id=way.asset.id,
            advice=way.advice,
            current=None if way.current is None else NamedRelease.of(way.current),
            entitled_until=way.until,
            target=hops[-1] if hops else None,
            hops=hops,
            back_to=None if way.back_to is None else NamedRelease.of(way.releases[way.back_to]),
            blocked=blocked,
        )


class FleetItemOut(OutShape):
    """An asset and how its software stands."""

    id: UUID
    serial_number: str
    customer_id: UUID
    site_id: UUID
    state: AssetState
    software_release_id: UUID | None
    release_version: str | None
    withdrawal_reason: str | None
    standing: SoftwareStanding
    created_at: OutInstant

    @classmethod
    def of(
        cls, row: Asset, standings: Mapping[UUID, tuple[SoftwareRelease, SoftwareStanding]]
    ) -> "FleetItemOut":
        """The asset with the standing of what runs on it."""
        release, standing = standings.get(row.software_release_id or row.id, (None, SoftwareStanding.UNKNOWN))
        told = {
            "release_version": None if release is None else release.release_version,
            "withdrawal_reason": None if release is None else release.withdrawal_reason,
        }
        return cls.model_validate({**vars(row), **told, "standing": standing})


class FleetPage(Page[FleetItemOut]):
    """A page of a product's assets in use."""


class FleetFilters(ListQuery):
    """Filters of a product's fleet."""

    standing: Annotated[list[SoftwareStanding], Field(max_length=5)] = []
    software_release_id: Maybe[UUID] = None
    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class RunningOut(OutShape):
    """How many assets in use run a release; null: those of which nobody knows."""

    release_id: UUID | None
    release_version: str | None
    withdrawal_reason: str | None
    standing: SoftwareStanding
    asset_count: Annotated[int, Field(ge=0, le=10_000, description="Counted up to 10,000.")]
    is_capped: bool


class FleetSummaryOut(OutShape):
    """What a product's assets in use run, the newest release first."""

    product_id: UUID
    releases: list[RunningOut]
