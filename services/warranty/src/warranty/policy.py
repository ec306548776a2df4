"""The figures and lists that warranty's rules work with, read once from ``data/policy.toml``."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from warranty.domain.coverage import Cause
from warranty.domain.disputes import LadderStep
from warranty.domain.installations import StepKind, StepPlan
from warranty.domain.phones import NumberingPlan


def _read() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("warranty").joinpath("data/policy.toml").read_text(encoding="utf-8"))


_DATA = _read()

LOCAL_WITHIN_KM: float = _DATA["sites"]["local_within_km"]
"""Distance from the nearest service base within which a site is local, in km."""

_PHONES = _DATA["phones"]
NUMBERING = NumberingPlan(
    country_code=_PHONES["country_code"],
    trunk_prefix=_PHONES["trunk_prefix"],
    international_prefix=_PHONES["international_prefix"],
    national=re.compile("|".join(_PHONES["national"]), re.ASCII),
)
"""How telephone numbers are dialled where the vendor is."""

LOOKUP_LIMIT: int = _PHONES["lookup_limit"]
"""Contacts that a look-up by number answers at most."""

SWEEP_BATCH: int = _DATA["sweeps"]["batch"]
"""Rows that one batch of a sweep acts on."""
PLAN_BATCH: int = _DATA["sweeps"]["plan_batch"]
"""Parts that one batch plans, each with all its levels."""

DEFAULT_CURRENCY: str = _DATA["contracts"]["currency"]
"""The money of a contract that says nothing of it, and of quotes for assets without a contract."""

CONTRACT_EXPIRY_DAYS: tuple[int, ...] = tuple(_DATA["contracts"]["expiry_days"])
"""Days before its last day at which it is told that a contract ends."""

FURTHEST_YEARS: int = _DATA["agreeing"]["furthest_years"]
"""Years within which people agree on days and deadlines."""

DEFAULT_WARRANTY_MONTHS: int = _DATA["warranty"]["months"]
"""Months of warranty of an asset without a contract (§1.2.3)."""

DEFAULT_TIME_ZONE: str = _DATA["warranty"]["time_zone"]
"""Where the days of an asset without a contract are decided."""

DEFAULT_SOFTWARE_YEARS: int = _DATA["warranty"]["software_years"]
"""Years after acceptance in which an asset without a contract gets new releases (§1.2.3.1(2))."""

WARRANTY_EXPIRY_DAYS: tuple[int, ...] = tuple(_DATA["warranty"]["expiry_days"])
"""Days before its last day at which it is told that a term ends."""

METER_SLACK_HOURS: int = _DATA["warranty"]["meter_slack_hours"]
"""Hours that a meter may count more between two readings than have passed: rounding, rough times."""

DEFAULT_EXCLUSIONS: frozenset[str] = frozenset(_DATA["warranty"]["exclusions"])
"""Causes that no warranty covers."""

CAUSES: Mapping[str, Cause] = MappingProxyType(
    {code: Cause(cause) for code, cause in _DATA["warranty"]["causes"].items()}
)
"""The cause that decides who pays, by the cause code of a resolved ticket."""

TRIAL_RUN_HOURS: float = _DATA["installations"]["trial_run_hours"]
"""Hours that a trial run lasts at least where nothing else was agreed."""

INSTALLATION_STEPS: tuple[StepPlan, ...] = tuple(
    StepPlan(one["code"], StepKind(one["kind"]), one["zh"], one["en"])
    for one in _DATA["installations"]["steps"]
)
"""The duties of an installation in their order (§1.2.2)."""

_IMPORTS = _DATA["imports"]
IMPORT_FILE_BYTES: int = _IMPORTS["file_bytes"]
"""Longest file that is taken."""
IMPORT_PART_BYTES: int = _IMPORTS["part_bytes"]
"""Size of the pieces that a file is stored in."""
IMPORT_READING: Mapping[str, int] = MappingProxyType(
    {
        "rows": _IMPORTS["rows"],
        "inflated_bytes": _IMPORTS["inflated_bytes"],
        "memory_bytes": _IMPORTS["memory_bytes"],
        "cpu_seconds": _IMPORTS["cpu_seconds"],
        "blank_rows": _IMPORTS["blank_rows"],
        "glance_cpu_seconds": _IMPORTS["glance_cpu_seconds"],
        "batch": _IMPORTS["check_batch"],
    }
)
"""What reading one file may cost."""
IMPORT_WRITE_BATCH: int = _IMPORTS["write_batch"]
"""Rows that are written at once."""
IMPORT_FORGET_BATCH: int = _IMPORTS["forget_batch"]
"""Rows that are forgotten at once."""
IMPORT_LEASE_SECONDS: int = _IMPORTS["lease_seconds"]
"""How long a run that gives no sign keeps an import."""
IMPORT_ATTEMPTS: int = _IMPORTS["attempts"]
"""How often an import is begun anew before it is given up."""
IMPORT_PROBLEMS: int = _IMPORTS["problems"]
"""Problems of one import that are kept; all are counted."""
IMPORT_KEPT_DAYS: int = _IMPORTS["kept_days"]
"""Days that a file, its rows and its problems are kept after the last step."""
IMPORT_PERSONAL_KEPT_DAYS: int = _IMPORTS["personal_kept_days"]
"""Days that the rows of a checked file about people wait to be written."""

_STOCK = _DATA["stock"]
STOCK_TIME_ZONE: str = _STOCK["time_zone"]
"""Where a day of the warehouses begins and ends: shelf lives and days of receipt."""
RESERVATION_DAYS: int = _STOCK["reservation_days"]
"""How long a reservation stands that says nothing of it."""
REVIEW_DAYS: int = _STOCK["review_days"]
"""Days between two looks at what has to be ordered."""
SERVICE_LEVEL: float = _STOCK["service_level"]
"""Share of demands for a part that are to be served from the shelf."""
KEY_PART_SERVICE_LEVEL: float = _STOCK["key_part_service_level"]
"""The same for key parts."""

_MAINTENANCE = _DATA["maintenance"]
LEAD_DAYS: int = _MAINTENANCE["lead_days"]
"""Days before its day at which a visit appears where the plan says nothing of it."""
FEWEST_READINGS: int = _MAINTENANCE["fewest_readings"]
"""Readings below which nothing is said of a trend."""
MOST_READINGS: int = _MAINTENANCE["most_readings"]
"""Readings, the latest, that a trend is made of at most."""
TREND_REACH: float = _MAINTENANCE["trend_reach"]
"""How far an estimate may lie ahead, in multiples of the time that the readings span."""

_CLAIMS = _DATA["claims"]
DISPUTE_LADDER: tuple[LadderStep, ...] = tuple(
    LadderStep(one["code"], one["role"], one.get("hours")) for one in _CLAIMS["ladder"]
)
"""The steps that a rejection climbs which the customer does not accept (§1.2.5)."""
QUOTE_DAYS: int = _CLAIMS["quote_days"]
"""How long a quote is valid that says nothing of it."""
