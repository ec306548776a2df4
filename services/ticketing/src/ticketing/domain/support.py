"""Support sessions by hotline or remote access, and the consent that remote work needs (§1.2.4)."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from common.errors import Conflict, Invalid
from common.lifecycle import Lifecycle, step


class SessionKind(StrEnum):
    """How the session is held."""

    HOTLINE = "hotline"
    REMOTE = "remote"


class SessionState(StrEnum):
    """Where a session stands."""

    RUNNING = "running"
    ENDED = "ended"


class Outcome(StrEnum):
    """What a session came to."""

    SOLVED = "solved"
    TO_BE_CONTINUED = "to_be_continued"
    FAILED = "failed"


class ConsentScope(StrEnum):
    """What the customer allows the vendor to do remotely."""

    DIAGNOSIS = "diagnosis"
    REPAIR = "repair"


REMOTE_FAILED = "远程支持未能解决 / The remote session failed"
"""Why somebody is needed on site, where a session says so."""

LIFECYCLE = Lifecycle(
    "support_session_state",
    SessionState.RUNNING,
    MappingProxyType(
        {"end": step("running", "ended", "ticketing.support_session.ended", "outcome", "actions")}
    ),
)


def check_consent_period(granted_at: datetime, expires_at: datetime, now: datetime) -> None:
    """A consent was given in the past and ends after it began.

    Raises:
        Invalid: ``occurred-in-future`` or ``consent-period``.
    """
    if granted_at > now:
        raise Invalid("occurred-in-future", pointer="#/granted_at", field="granted_at", now=now.isoformat())
    if expires_at <= granted_at:
        raise Invalid("consent-period", pointer="#/expires_at", granted_at=granted_at.isoformat())


def check_remote(
    *,
    is_reporter_unverified: bool,
    consent: tuple[datetime, datetime] | None,
    started_at: datetime,
) -> None:
    """Remote work begins only for a verified reporter and under a consent in force at its start.

    Args:
        is_reporter_unverified: nobody has made sure yet that the reporter may report.
        consent: when the consent was granted and when it expires.
        started_at: when remote work begins.

    Raises:
        Conflict: ``reporter-unverified`` or ``consent-required``.
    """
    if is_reporter_unverified:
        raise Conflict("reporter-unverified")
    if consent is None or not consent[0] <= started_at < consent[1]:
        raise Conflict("consent-required", started_at=started_at.isoformat())
