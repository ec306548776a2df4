"""What is told about a ticket and what is shown of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from common.context import Caller
from common.errors import Invalid
from common.web.shapes import (
    Code,
    Flag,
    Instant,
    ListQuery,
    Maybe,
    Occasion,
    OutInstant,
    OutShape,
    Page,
    Prose,
    Shape,
    Text,
    sortable,
)
from common.web.told import Act, ActWithReason, Note, Number, Reason, Words
from ticketing.api.told import Description, EngineerId, Severity, Title
from ticketing.domain.coverage import Coverage
from ticketing.domain.directory import Issue, Named
from ticketing.domain.severity import Extent, Impact
from ticketing.domain.tickets import (
    Cause,
    Channel,
    Kind,
    Locality,
    NewTicket,
    ResponseCase,
    Route,
    State,
    WaitReason,
    came_by,
    open_actions,
)
from ticketing.tables import Ticket

Reference = Annotated[str, Text(100), Field(examples=["ITSM-48151"])]
Distance = Annotated[float, Field(ge=0, le=20_040, description="Kilometres from the nearest service base.")]
Tags = Annotated[list[Code], Field(max_length=20, examples=[["core_network"]])]


NAMING = frozenset({"site_id", "asset_id", "reporter_contact_id"})
"""The ids of the directory that a correction may change."""

_PLACE = "An agent's word, not a customer's; it counts while the site's own record is unknown or silent."


class TicketCreate(Shape):
    """A report as it reached the vendor."""

    kind: Kind
    title: Title
    description: Annotated[str, Prose(20_000, 0), Field(examples=["No counter can reach the host."])] = ""
    channel: Annotated[
        Maybe[Channel],
        Field(
            description="How it reached the vendor, in the word of who took it. A customer's own report came "
            "by the portal, or by monitoring where a program sends it: left out, by the portal.",
            examples=["hotline"],
        ),
    ] = None
    severity: Severity
    customer_id: Annotated[
        Maybe[UUID],
        Field(
            description="Left out: the asset's or the site's, or the caller's own.",
            examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a10"],
        ),
    ] = None
    site_id: Annotated[Maybe[UUID], Field(description="Left out: the asset's.")] = None
    asset_id: Maybe[UUID] = None
    reporter_contact_id: Maybe[UUID] = None
    failed_at: Annotated[Maybe[Occasion], Field(description="When the fault began.")] = None
    reported_at: Annotated[Maybe[Occasion], Field(description="When it was reported. Left out: now.")] = None
    is_major: Annotated[bool, Field(description="An agent's word, not a customer's.")] = False
    locality: Annotated[Maybe[Locality], Field(description=_PLACE)] = None
    distance_km: Annotated[Maybe[Distance], Field(description=_PLACE)] = None
    external_reference: Maybe[Reference] = None
    tags: Tags = []

    def named(self, caller: Caller) -> Named:
        """The ids told; a customer's own users may leave their organisation out."""
        customer_id = self.customer_id or caller.customer_id
        return Named(customer_id, self.site_id, self.asset_id, self.reporter_contact_id)

    def told(self, named: Named, caller: Caller, now: datetime) -> NewTicket:
        """The report with what follows from its ids and its bearer, made now unless it says otherwise.

        Raises:
            Forbidden: ``field-is-the-vendors``, a channel by which a customer's caller does not come.
            Invalid: ``channel-needed`` or ``customer-needed``.
        """
        channel = came_by(
            self.channel, is_customer=caller.customer_id is not None, is_person=caller.kind == "app_user"
        )
        if named.customer_id is None:
            raise Invalid("customer-needed", pointer="#/customer_id")
        reported_at = self.reported_at or now
        whole = {**dict(self), **asdict(named), "channel": channel, "reported_at": reported_at}
        return NewTicket(**{**whole, "tags": tuple(self.tags)})


class TicketUpdate(Shape):
    """Corrections to what was stated; a field left out stays, null clears it."""

    title: Maybe[Title] = None
    description: Maybe[Description] = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    reporter_contact_id: UUID | None = None
    failed_at: Occasion | None = None
    locality: Annotated[Locality | None, Field(description=_PLACE)] = None
    distance_km: Annotated[Distance | None, Field(description=_PLACE)] = None
    tags: Maybe[Tags] = None


class CoverageReason(OutShape):
    """A rule that was asked; ``holds`` says whether it speaks for free of charge, null that it is open."""

    rule: str
    clause: str
    holds: bool | None


class TicketOut(OutShape):
    """An incident or service request."""

    id: UUID
    number: Annotated[
        str,
        Field(
            examples=["INC-2026-000123"],
            description="Unique and short; it tells nothing about order. Each process hands out a block of "
            "its own, so that numbers leave gaps and may run backwards in time: sort by `created_at`.",
        ),
    ]
    kind: Kind
    state: State
    state_changed_at: OutInstant
    allowed_actions: list[str]
    title: str
    description: str
    channel: Channel
    severity: Severity
    response_case: ResponseCase
    route: Route
    customer_id: UUID
    site_id: UUID | None
    asset_id: UUID | None
    reporter_contact_id: UUID | None
    is_reporter_unverified: bool
    reporter_verified_how: str | None
    is_directory_unverified: bool
    directory_issues: Annotated[
        list[Issue], Field(description="What is wrong with the ids told, or not known of them yet.")
    ]
    locality: Locality | None
    distance_km: float | None
    coverage: Annotated[
        Coverage | None, Field(description="Who pays, as warranty decided it; null while nothing is decided.")
    ]
    coverage_by_scope: Annotated[
        dict[str, Coverage] | None, Field(description="For parts, labour and travel one by one.")
    ]
    coverage_reasons: Annotated[list[CoverageReason], Field(description="The rules that were asked.")]
    coverage_decision_id: UUID | None
    coverage_decided_at: OutInstant | None
    external_reference: str | None
    tags: list[str]
    masked_secrets: Annotated[list[str], Field(description="Kinds of secrets that were masked in the texts.")]
    is_major: bool
    engineer_id: UUID | None
    waiting_reason: WaitReason | None
    failed_at: OutInstant | None
    reported_at: OutInstant
    acknowledged_at: OutInstant | None
    started_at: OutInstant | None
    onsite_required_at: OutInstant | None
    restored_at: OutInstant | None
    resolved_at: OutInstant | None
    closed_at: OutInstant | None
    cancelled_at: OutInstant | None
    reopened_at: OutInstant | None
    reopened_count: int
    cause_code: Cause | None
    fix: str | None
    prevention: str | None
    merged_into_id: UUID | None
    routine_inspection_id: Annotated[UUID | None, Field(description="Of the vendor's own request: for what.")]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Ticket, caller: Caller) -> "TicketOut":
        """The ticket as ``caller`` sees it."""
        actions = open_actions(
            row.state,
            caller.roles,
            is_customer=caller.customer_id is not None,
            is_held=row.at_work_count > 0 or row.awaits_inspection,
            is_for_inspection=row.routine_inspection_id is not None,
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions})


class TicketPage(Page[TicketOut]):
    """A page of tickets."""


class TicketFilters(ListQuery):
    """Filters of the list of tickets."""

    kind: Annotated[list[Kind], Field(max_length=10)] = []
    state: Annotated[list[State], Field(max_length=10)] = []
    severity: Annotated[list[Literal["1", "2", "3", "4"]], Field(max_length=4)] = []
    number: Number = None
    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    asset_id: Maybe[UUID] = None
    engineer_id: Maybe[UUID] = None
    external_reference: Maybe[Reference] = None
    is_major: Maybe[Flag] = None
    is_directory_unverified: Annotated[
        Maybe[Flag], Field(description="True: what the directory does not know yet, or contradicts.")
    ] = None
    q: Words = None
    reported_after: Maybe[Instant] = None
    reported_before: Maybe[Instant] = None
    updated_after: Maybe[Instant] = None
    updated_before: Maybe[Instant] = None
    sort: Annotated[str, sortable("reported_at", "created_at", "updated_at")] = "-reported_at"

    def told(self) -> dict[str, Any]:
        """The filters by name, without what pages and sorts."""
        paging = {"limit", "cursor", "sort", "include_total"}
        named = {name: getattr(self, name) for name in type(self).model_fields if name not in paging}
        return {**named, "severity": [int(level) for level in self.severity]}


class WaitTicket(Act):
    """For whom work waits, and why."""

    reason: WaitReason
    note: Note


class ChangeSeverity(ActWithReason):
    """Another fault level."""

    severity: Severity


class ChangeRoute(ActWithReason):
    """Another support route."""

    route: Route


class AssignTicket(Act):
    """Who owns the ticket."""

    engineer_id: EngineerId


class ResolveTicket(Act):
    """Cause and fix, and at levels 1 and 2 how the fault is prevented from coming back."""

    cause_code: Cause
    fix: Annotated[str, Prose(10_000), Field(examples=["Replaced the power module."])]
    prevention: Maybe[
        Annotated[str, Prose(10_000), Field(examples=["Second module fed from the other UPS."])]
    ] = None


class EscalateTicket(Act):
    """Which step of the ladder is called, and why."""

    to: Annotated[Code, Field(description="A step of vocabulary `escalation_step`.", examples=["team_lead"])]
    reason: Reason


class MergeTicket(Act):
    """The ticket that goes on."""

    into_id: UUID


class VerifyReporter(Act):
    """How the reporter was verified."""

    how: Annotated[str, Prose(500), Field(examples=["Called back under the number on file."])]


class SetResponseCase(ActWithReason):
    """Normal or special."""

    response_case: ResponseCase


class SuggestSeverity(Shape):
    """The questionnaire's two answers."""

    extent: Annotated[Extent, Field(description="How much of the system is affected.")]
    impact: Annotated[Impact, Field(description="How the business is affected.")]


class SeveritySuggestionOut(OutShape):
    """A suggested fault level with its definition."""

    severity: Severity
    definitions: Annotated[
        dict[str, str], Field(examples=[{"zh-CN": "客户的系统整体停止运行。", "en": "Down."}])
    ]


class TimelineEntryOut(OutShape):
    """One thing that happened to the ticket."""

    id: UUID
    type: Annotated[str, Field(examples=["ticketing.ticket.acknowledged"])]
    occurred_at: OutInstant
    recorded_at: OutInstant
    actor: str
    visibility: str
    ticket_version: int | None
    facts: dict[str, Any]


class TimelinePage(Page[TimelineEntryOut]):
    """A page of a timeline."""


class TimelineQuery(ListQuery):
    """Paging of a timeline."""

    sort: Annotated[str, sortable("occurred_at")] = "occurred_at"
