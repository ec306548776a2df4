"""Where a site lies: distance over the globe, the nearest base, and whether that is local (§1.2.4)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warranty.domain import contacts, directory
from warranty.domain.directory import Locality, distance_km, locality_of, nearest_km
from warranty.domain.labels import LABELS
from warranty.domain.zones import begins_at
from warranty.policy import LOCAL_WITHIN_KM

SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
BEIJING = {"latitude": 39.9042, "longitude": 116.4074}
PLACES = st.fixed_dictionaries({"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)})
HALF_ROUND_KM = 20_016


def test_a_known_distance() -> None:
    assert distance_km(SHANGHAI, BEIJING) == pytest.approx(1067, abs=2)


@given(PLACES, PLACES)
def test_a_distance_is_the_same_both_ways_and_fits_on_the_globe(here: dict, there: dict) -> None:
    assert distance_km(here, there) == pytest.approx(distance_km(there, here), abs=1e-6)
    assert 0 <= distance_km(here, there) <= HALF_ROUND_KM
    assert distance_km(here, here) == 0


@given(PLACES, st.lists(PLACES, min_size=1, max_size=6))
def test_no_base_is_nearer_than_the_nearest(site: dict, bases: list[dict]) -> None:
    nearest = nearest_km(site, bases)
    assert nearest is not None
    assert all(nearest <= distance_km(site, base) + 0.05 + 1e-9 for base in bases)


def test_what_is_unknown_stays_unknown() -> None:
    assert nearest_km(None, [SHANGHAI]) is None
    assert nearest_km(SHANGHAI, []) is None
    assert locality_of(None, LOCAL_WITHIN_KM) is None


@pytest.mark.parametrize(
    ("kilometres", "locality"),
    [
        (0.0, Locality.LOCAL),
        (LOCAL_WITHIN_KM, Locality.LOCAL),
        (LOCAL_WITHIN_KM + 0.1, Locality.OUT_OF_TOWN),
        (20_000.0, Locality.OUT_OF_TOWN),
    ],
)
def test_local_is_what_lies_within_the_rule(kilometres: float, locality: Locality) -> None:
    assert locality_of(kilometres, LOCAL_WITHIN_KM) == locality


@pytest.mark.parametrize(
    ("day", "zone", "plus", "instant"),
    [
        (date(2026, 3, 2), "Asia/Shanghai", 0, datetime(2026, 3, 1, 16, tzinfo=UTC)),
        (date(2026, 3, 2), "Asia/Shanghai", 1, datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (date(2026, 3, 29), "Europe/Berlin", 1, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2024, 2, 29), "UTC", 1, datetime(2024, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_its_midnight(day: date, zone: str, plus: int, instant: datetime) -> None:
    assert begins_at(day, ZoneInfo(zone), plus_days=plus) == instant


@given(
    st.dates(),
    st.integers(-1000, 1000),
    st.sampled_from(["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"]),
)
def test_any_day_begins_somewhere(day: date, plus: int, zone: str) -> None:
    begins = begins_at(day, ZoneInfo(zone), plus_days=plus)
    assert begins.tzinfo is UTC
    assert begins <= begins_at(day, ZoneInfo(zone), plus_days=plus + 1)


@pytest.mark.parametrize(
    ("vocabulary", "codes"),
    [
        ("customer_tier", directory.Tier),
        ("locality", directory.Locality),
        ("contact_state", contacts.ContactState),
        ("contact_action", contacts.LIFECYCLE.transitions),
        ("contact_role", contacts.ContactRole),
        ("phone_kind", contacts.PhoneKind),
        ("erasure_ground", contacts.ErasureGround),
    ],
)
def test_every_code_has_its_labels(vocabulary: str, codes: object) -> None:
    assert set(LABELS[vocabulary]) == set(codes)
