"""Incidents and service requests: their words, their lifecycle and the rules of their actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid
from common.lifecycle import LEADS, Lifecycle, step
from ticketing.domain.directory import Named


class Kind(StrEnum):
    """What sort of matter a ticket is about."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"


class State(StrEnum):
    """Where an incident or service request stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """How the matter reached the vendor."""

    HOTLINE = "hotline"
    EMAIL = "email"
    FAX = "fax"
    PORTAL = "portal"
    MONITORING = "monitoring"
    INSPECTION = "inspection"
    VISIT = "visit"


class ResponseCase(StrEnum):
    """Whether the ordinary response time holds or the fault level decides it (§1.2.4)."""

    NORMAL = "normal"
    SPECIAL = "special"


class Route(StrEnum):
    """By which way the customer is helped (§1.2.1, §1.2.4)."""

    HOTLINE = "hotline"
    REMOTE = "remote"
    ONSITE = "onsite"


class Locality(StrEnum):
    """Where the site lies, seen from the nearest service base."""

    LOCAL = "local"
    OUT_OF_TOWN = "out_of_town"


class WaitReason(StrEnum):
    """For whom work waits."""

    CUSTOMER = "customer"
    SITE_ACCESS = "site_access"
    PARTS = "parts"
    THIRD_PARTY = "third_party"


class Cause(StrEnum):
    """Cause of a fault as the fix showed it."""

    HARDWARE = "hardware"
    SOFTWARE = "software"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    POWER = "power"
    ENVIRONMENT = "environment"
    OPERATION = "operation"
    MISUSE = "misuse"
    WEAR = "wear"
    FORCE_MAJEURE = "force_majeure"
    THIRD_PARTY_MODIFICATION = "third_party_modification"
    THIRD_PARTY = "third_party"
    INFORMATION = "information"
    NO_FAULT_FOUND = "no_fault_found"
    MAINTENANCE = "maintenance"


OPEN = "new acknowledged in_progress waiting"
"""States in which the matter is not settled."""

PREFIXES: Mapping[Kind, str] = MappingProxyType({Kind.INCIDENT: "INC", Kind.SERVICE_REQUEST: "REQ"})
"""What the numbers of each kind begin with."""

"""Who answers for a team."""

NOBODY_AT_WORK = ("nobody on site", "no running session")
"""What settling a ticket needs: whoever is at work on it owes the record of it first (§1.2.1.6, §1.2.4)."""

LIFECYCLE = Lifecycle(
    "ticket_state",
    State.NEW,
    MappingProxyType(
        {
            "acknowledge": step("new", "acknowledged", "ticketing.ticket.acknowledged"),
            "start": step("acknowledged", "in_progress", "ticketing.ticket.started"),
            "wait": step("acknowledged in_progress", "waiting", "ticketing.ticket.waiting", "reason", "note"),
            "resume": step("waiting", "in_progress", "ticketing.ticket.resumed"),
            "changeSeverity": step(OPEN, None, "ticketing.ticket.severity_changed", "severity", "reason"),
            "changeRoute": step(OPEN, None, "ticketing.ticket.route_changed", "route", "reason"),
            "requireOnsite": step(OPEN, None, "ticketing.ticket.onsite_required", "reason"),
            "assign": step(OPEN, None, "ticketing.ticket.assigned", "engineer_id"),
            "restore": step(OPEN, None, "ticketing.ticket.restored"),
            "escalate": step(OPEN + " resolved", None, "ticketing.ticket.escalated", "to", "reason"),
            "verifyReporter": step(OPEN, None, "ticketing.ticket.reporter_verified", "how"),
            "flagMajor": step(OPEN, None, "ticketing.ticket.major_flagged", "reason"),
            "setResponseCase": step(
                "new", None, "ticketing.ticket.response_case_set", "response_case", "reason", "a lead"
            ),
            "resolve": step(
                "acknowledged in_progress waiting",
                "resolved",
                "ticketing.ticket.resolved",
                "cause_code",
                "fix",
                "prevention for levels 1 and 2",
                *NOBODY_AT_WORK,
            ),
            "close": step("resolved", "closed", "ticketing.ticket.closed"),
            "reopen": step(
                "resolved closed", "in_progress", "ticketing.ticket.reopened", "reason", "the limit"
            ),
            "cancel": step(OPEN, "cancelled", "ticketing.ticket.cancelled", "reason", *NOBODY_AT_WORK),
            "merge": step(OPEN, "cancelled", "ticketing.ticket.merged", "into_id", *NOBODY_AT_WORK),
        }
    ),
    roles=MappingProxyType({"setResponseCase": LEADS}),
    customer_may=frozenset({"close", "reopen", "cancel", "escalate"}),
)

SETTLING = frozenset({"resolve", "cancel", "merge"})
"""Actions after which nobody works on the ticket."""

VENDORS_PART = frozenset({"locality", "distance_km", "is_major"})
"""Fields that a customer's users may not state: they decide within what time somebody is owed on site."""

PREVENTION_FROM = frozenset({1, 2})
"""Fault levels whose resolution says how the fault is prevented from coming back."""


def check_report(reported_at: datetime, failed_at: datetime | None, now: datetime) -> None:
    """Refuse a report from the future, or a failure after its own report.

    Raises:
        Invalid: ``occurred-in-future`` or ``failed-after-report``.
    """
    if reported_at > now:
        raise Invalid("occurred-in-future", pointer="#/reported_at", field="reported_at", now=now.isoformat())
    if failed_at is not None and failed_at > reported_at:
        raise Invalid("failed-after-report", pointer="#/failed_at", reported_at=reported_at.isoformat())


def check_resolution(severity: int, prevention: str | None) -> None:
    """Levels 1 and 2 are resolved with a word on prevention.

    Raises:
        Invalid: ``prevention-required``.
    """
    if severity in PREVENTION_FROM and not prevention:
        raise Invalid("prevention-required", pointer="#/prevention", severity=severity)


def check_reopening(resolved_at: datetime, within: timedelta, occurred_at: datetime) -> None:
    """A settled matter is taken up again only within a limit; afterwards it is a new ticket.

    Raises:
        Conflict: ``reopen-too-late``.
    """
    if occurred_at > resolved_at + within:
        raise Conflict("reopen-too-late", resolved_at=resolved_at.isoformat(), within_days=within.days)


def check_dissatisfaction(
    state: str, resolved_at: datetime, within: timedelta, occurred_at: datetime
) -> None:
    """Who is not satisfied is sent somebody again while the ticket is open or can be reopened (§1.2.4).

    Raises:
        Conflict: ``dissatisfaction-too-late``.
    """
    can_be_reopened = state in LIFECYCLE.transitions["reopen"].sources
    if not can_be_reopened or occurred_at > resolved_at + within:
        raise Conflict("dissatisfaction-too-late", current_state=state, within_days=within.days)


def check_stated(fields: Iterable[str], *, is_customer: bool) -> None:
    """What decides the vendor's promises is stated by the vendor's people, not by the customer.

    Raises:
        Forbidden: ``field-is-the-vendors``.
    """
    for field in fields if is_customer else ():
        if field in VENDORS_PART:
            raise Forbidden("field-is-the-vendors", pointer=f"#/{field}", field=field)


def came_by(told: Channel | None, *, is_customer: bool, is_person: bool) -> Channel:
    """How a report reached the vendor: a customer's own came as it came, since promises hang on the channel.

    Args:
        told: what the report says; ``None`` where it says nothing.
        is_customer: whether a customer's user or program reports.
        is_person: whether it is no program.

    Raises:
        Forbidden: ``field-is-the-vendors``.
        Invalid: ``channel-needed``.
    """
    if not is_customer:
        if told is None:
            raise Invalid("channel-needed", pointer="#/channel")
        return told
    if told not in (None, Channel.PORTAL) and (is_person or told is not Channel.MONITORING):
        raise Forbidden("field-is-the-vendors", pointer="#/channel", field="channel")
    return told or Channel.PORTAL


def check_told_now(reported_at: datetime, now: datetime, *, is_customer: bool) -> None:
    """A customer's own report reaches the vendor now; an earlier call is written down by whoever took it.

    Raises:
        Forbidden: ``field-is-the-vendors``.
    """
    if is_customer and reported_at < now:
        raise Forbidden("field-is-the-vendors", pointer="#/reported_at", field="reported_at")


def open_actions(
    state: str,
    roles: frozenset[str],
    *,
    is_customer: bool,
    is_held: bool,
    is_for_inspection: bool,
) -> list[str]:
    """Actions open to the caller on a ticket, in the table's order.

    Args:
        state: where it stands.
        roles: the caller's.
        is_customer: whether the caller is a customer's user.
        is_held: it is not settled now: somebody is at work on it, or its inspection is to settle it.
        is_for_inspection: it is the vendor's own request for an inspection.
    """
    withheld = SETTLING if is_held else frozenset()
    if is_for_inspection:
        withheld |= {"merge", "cancel"} if is_customer else {"merge"}
    return [one for one in LIFECYCLE.open_to(state, roles, is_customer=is_customer) if one not in withheld]


def check_editable(state: str) -> None:
    """Details may be corrected until the ticket is closed or cancelled.

    Raises:
        Conflict: ``ticket-settled``.
    """
    if state not in (*OPEN.split(), State.RESOLVED):
        raise Conflict("ticket-settled", current_state=state)


def _is_stated(value: object) -> bool:
    return value is not None and value is not False


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is told when a ticket is opened; times are aware, the distance is in km.

    ``locality`` and ``distance_km`` are an agent's word while the site's own record is unknown; without a
    ``route`` the suggested one is taken; ``routine_inspection_id`` is what the vendor's own request is for.
    """

    kind: Kind
    title: str
    description: str
    channel: Channel
    severity: int
    customer_id: UUID
    reported_at: datetime
    site_id: UUID | None = None
    asset_id: UUID | None = None
    reporter_contact_id: UUID | None = None
    failed_at: datetime | None = None
    is_major: bool = False
    locality: Locality | None = None
    distance_km: float | None = None
    external_reference: str | None = None
    tags: tuple[str, ...] = ()
    route: Route | None = None
    routine_inspection_id: UUID | None = None

    @property
    def named(self) -> Named:
        """The ids that it names."""
        return Named(self.customer_id, self.site_id, self.asset_id, self.reporter_contact_id)

    @property
    def vendors_part(self) -> list[str]:
        """Which of the vendor's own fields it states."""
        return sorted(name for name in VENDORS_PART if _is_stated(getattr(self, name)))
