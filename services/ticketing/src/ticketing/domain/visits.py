"""Visits: an engineer on site, from the request to the signed record or the departure (§1.2.1.6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from uuid import UUID

from common.errors import Conflict, Invalid
from common.lifecycle import NOBODY, Lifecycle, step


class VisitState(StrEnum):
    """Where a visit stands."""

    REQUESTED = "requested"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    WORKING = "working"
    COMPLETED = "completed"
    UNRESOLVED = "unresolved"
    CANCELLED = "cancelled"


OPEN_VISIT = "requested offered accepted en_route arrived working"
"""States in which somebody still has to come or to finish."""

ON_SITE = frozenset({VisitState.ARRIVED, VisitState.WORKING})
"""States in which an engineer is at the customer's, and owes the record or a word on why there is none."""

CALLED_OFF: Mapping[str, str] = MappingProxyType(
    {
        "resolve": "工单已解决，无需上门 / The ticket is resolved; nobody need come",
        "cancel": "工单已取消，无需上门 / The ticket is cancelled; nobody need come",
        "merge": "工单已并入另一工单，由后者安排上门 / The ticket is merged; the other one sends somebody",
    }
)
"""Why a visit does not take place, by the action that settled its ticket."""

HANDED_ON = "并入的工单 {number} 需要上门 / Ticket {number}, merged into this one, needs somebody on site"
"""Why somebody has to go for a ticket into which another was merged."""

LIFECYCLE = Lifecycle(
    "visit_state",
    VisitState.REQUESTED,
    MappingProxyType(
        {
            "offer": step("requested", "offered", "ticketing.visit.offered", "engineer_id"),
            "accept": step("offered", "accepted", "ticketing.visit.accepted"),
            "decline": step("offered accepted", "requested", "ticketing.visit.declined", "reason"),
            "replan": step(
                "requested offered accepted en_route", "requested", "ticketing.visit.replanned", "another day"
            ),
            "depart": step("accepted", "en_route", "ticketing.visit.departed"),
            "arrive": step("accepted en_route", "arrived", "ticketing.visit.arrived"),
            "begin": step(
                "arrived",
                "working",
                "ticketing.visit.work_began",
                "the confirmed checklist",
                "an accepted quote where the customer pays",
            ),
            "complete": step("working", "completed", "ticketing.visit.completed", "the signed record"),
            "leaveUnresolved": step(
                "arrived working",
                "unresolved",
                "ticketing.visit.left_unresolved",
                "reason",
                "notice to the customer",
            ),
            "replaceEngineer": step(
                "offered accepted en_route arrived working",
                "requested",
                "ticketing.visit.engineer_replaced",
                "reason",
            ),
            "recordSatisfaction": step(
                "completed unresolved", None, "ticketing.visit.dissatisfaction_recorded", "is_satisfied"
            ),
            "cancel": step(OPEN_VISIT, "cancelled", "ticketing.visit.cancelled", "reason"),
        }
    ),
    roles=MappingProxyType({"replan": NOBODY}),
    customer_may=frozenset({"recordSatisfaction", "replaceEngineer"}),
)


@dataclass(frozen=True, slots=True)
class Window:
    """The day on which somebody is to come, as agreed with the customer, from its beginning to its end."""

    planned_at: datetime
    due_at: datetime


class Check(StrEnum):
    """What an engineer confirms before beginning work on site (§1.2.1.6)."""

    CUSTOMER_RULES_READ = "customer_rules_read"
    PROCEDURE_KNOWN = "procedure_known"
    DATA_AND_SYSTEMS_SAFE = "data_and_systems_safe"


EARTH_RADIUS_KM = 6371.0


def check_checklist(confirmed: Iterable[str]) -> None:
    """Every point of the checklist is confirmed before work begins.

    Raises:
        Invalid: ``checklist-incomplete`` with the points that are missing.
    """
    missing = [check.value for check in Check if check.value not in set(confirmed)]
    if missing:
        raise Invalid("checklist-incomplete", pointer="#/checklist", missing=missing)


def check_record(
    times: Mapping[str, datetime],
    explained_to: str | None,
    now: datetime,
    *,
    is_explanation_needed: bool,
) -> None:
    """The on-site record names past times, and whom it was explained to unless nobody needed that.

    Args:
        times: the times that it states, by their place in it (``signature/signed_at``).
        explained_to: who heard the explanation.
        now: the present instant.
        is_explanation_needed: whether one was owed.

    Raises:
        Invalid: ``occurred-in-future`` or ``explanation-missing``.
    """
    for place, told in times.items():
        if told > now:
            field = place.rpartition("/")[2]
            raise Invalid("occurred-in-future", pointer=f"#/record/{place}", field=field, now=now.isoformat())
    if is_explanation_needed and not explained_to:
        raise Invalid("explanation-missing", pointer="#/record/explained_to")


def check_signature(
    signed_at: datetime, proofs: Iterable[str | None], *, not_before: datetime | None
) -> None:
    """The customer signed after somebody had come, and there is something to show for it (§1.2.1.6).

    Args:
        signed_at: when.
        proofs: the code that was given, the picture that was taken.
        not_before: when the engineer came, where that is known.

    Raises:
        Invalid: ``signature-without-proof`` or ``occurred-too-early``.
    """
    if not any(proofs):
        raise Invalid("signature-without-proof", pointer="#/record/signature/code")
    if not_before is not None and signed_at < not_before:
        earliest = not_before.isoformat()
        raise Invalid("occurred-too-early", pointer="#/record/signature/signed_at", not_before=earliest)


def check_none_open(visit_ids: Sequence[UUID]) -> None:
    """One visit of a ticket is under way at a time; whoever asks for another is shown it.

    Raises:
        Conflict: ``visit-open`` with the id of the first.
    """
    if visit_ids:
        raise Conflict("visit-open", visit_id=str(visit_ids[0]))


def check_engineer(engineer_id: object) -> None:
    """There is an engineer who could be replaced.

    Raises:
        Conflict: ``visit-has-no-engineer``.
    """
    if engineer_id is None:
        raise Conflict("visit-has-no-engineer")


def distance_km(here: Mapping[str, float], there: Mapping[str, float]) -> float:
    """Great-circle distance between two ``{latitude, longitude}`` positions in degrees, in km."""
    lat1, lat2 = radians(here["latitude"]), radians(there["latitude"])
    half_lat, half_lon = (lat2 - lat1) / 2, radians(there["longitude"] - here["longitude"]) / 2
    chord = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
