"""The way to the newest release: tables, and properties against trying every way."""

from datetime import date
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Invalid
from warranty.domain.software.releases import (
    LIFECYCLE,
    ReleaseState,
    check_editable,
    check_tested,
    misfits,
)
from warranty.domain.software.upgrading import (
    Advice,
    Blocked,
    Candidate,
    Path,
    advice,
    entitled_until,
    steps_up,
    upgrade_path,
    way_back,
)
from warranty.domain.software.versions import Key, Scheme, key_of

OUT = date(2026, 1, 1)


def key(number: int) -> Key:
    return f"{number:02d}"


def release(number: int, from_: int | None = None, *misfits: str, out: date = OUT) -> Candidate:
    return Candidate(UUID(int=number), key(number), None if from_ is None else key(from_), out, misfits)


def numbers(path: Path) -> list[int]:
    return [one.int for one in path.hops]


def blocked(path: Path) -> dict[int, str]:
    return {one.int: why.value for one, why in path.blocked}


LATE = date(2036, 5, 1)
PATHS = [
    ("straight to the newest", 1, [release(2), release(3)], [3], {}),
    ("nothing newer", 3, [release(2), release(3)], [], {}),
    ("nothing offered", 1, [], [], {}),
    ("by way of another", 1, [release(2), release(3, 2)], [2, 3], {}),
    ("the fewest hops", 1, [release(2), release(3, 2), release(4, 2)], [2, 4], {}),
    ("the newer way of two", 1, [release(2), release(3), release(4, 2)], [3, 4], {}),
    ("over three", 1, [release(2, 1), release(3, 2), release(4, 3)], [2, 3, 4], {}),
    ("too old for the newest", 1, [release(2), release(4, 3)], [2], {4: "unreachable"}),
    ("the newest does not fit", 1, [release(2), release(3, None, "FAN-1")], [2], {3: "incompatible"}),
    (
        "a hop that does not fit is no hop",
        1,
        [release(2, None, "FAN-1"), release(3, 2)],
        [],
        {3: "unreachable", 2: "incompatible"},
    ),
    ("the newest came out too late", 1, [release(2), release(3, out=LATE)], [2], {3: "not_entitled"}),
    ("nobody knows what runs", None, [release(2), release(3, 2)], [2, 3], {}),
    ("nobody knows what runs, and all need something", None, [release(2, 1)], [], {2: "unreachable"}),
]


@pytest.mark.parametrize(
    ("name", "current", "releases", "hops", "kept"), PATHS, ids=[one[0] for one in PATHS]
)
def test_the_way_up(name: str, current: int | None, releases: list[Candidate], hops: list[int], kept: dict):
    found = upgrade_path(None if current is None else key(current), releases, date(2036, 4, 1))
    assert (numbers(found), blocked(found)) == (hops, kept), name


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Key | None, list[Candidate], date | None]:
    chosen = draw(st.lists(st.integers(1, 9), max_size=6, unique=True))
    releases = [
        release(
            number,
            draw(st.none() | st.integers(0, number)),
            *(["FAN-1"] if draw(st.integers(0, 4)) == 0 else []),
            out=draw(st.sampled_from([OUT, LATE])),
        )
        for number in chosen
    ]
    current = draw(st.none() | st.integers(0, 9).map(key))
    return current, releases, draw(st.none() | st.just(date(2036, 4, 1)))


def every_way(
    current: Key | None, releases: list[Candidate], until: date | None
) -> list[tuple[Candidate, ...]]:
    """Every way up, by trying all of them."""
    fit = sorted(
        (one for one in releases if not one.misfits and (until is None or one.released_on <= until)),
        key=lambda one: one.key,
    )
    found = []
    for length in range(1, len(fit) + 1):
        for way in combinations(fit, length):
            keys = [current, *(one.key for one in way)]
            if all(
                steps_up(before, one) and (before is None or one.key > before)
                for before, one in zip(keys, way, strict=False)
            ):
                found.append(way)
    return found


@given(worlds())
def test_no_way_is_newer_and_none_as_new_is_shorter(world: tuple[Key | None, list[Candidate], date | None]):
    current, releases, until = world
    ways = every_way(current, releases, until)
    found = upgrade_path(current, releases, until)
    if not ways:
        assert found.hops == ()
        return
    newest = max(way[-1].key for way in ways)
    best = min(len(way) for way in ways if way[-1].key == newest)
    taken = next(way for way in ways if tuple(one.id for one in way) == found.hops)
    assert (taken[-1].key, len(taken)) == (newest, best)


@given(worlds())
def test_what_is_beyond_is_told_with_its_reason(world: tuple[Key | None, list[Candidate], date | None]):
    current, releases, until = world
    found = upgrade_path(current, releases, until)
    by_id = {one.id: one for one in releases}
    last = by_id[found.hops[-1]].key if found.hops else current
    assert {one for one, _ in found.blocked} == {one.id for one in releases if last is None or one.key > last}
    assert all((why is Blocked.INCOMPATIBLE) <= bool(by_id[one].misfits) for one, why in found.blocked)


def test_the_entitlement_ends_years_after_acceptance():
    assert entitled_until(date(2024, 2, 29), 10) == date(2034, 2, 28)
    assert entitled_until(None, 10) is None


ORDERS = [
    (
        Scheme.SEMVER,
        [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0",
        ],
    ),
    (Scheme.DOTTED, ["7", "7.0.1", "7.2", "7.2.0.1045", "7.10", "10"]),
]


@pytest.mark.parametrize(("scheme", "ordered"), ORDERS)
def test_versions_are_ordered(scheme: Scheme, ordered: list[str]):
    keys = [key_of(scheme, version, None) for version in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_equal_versions_are_equal():
    assert key_of(Scheme.DOTTED, "7.2.0", None) == key_of(Scheme.DOTTED, "7.2", None)
    assert key_of(Scheme.SEMVER, "1.0.0+build.5", None) == key_of(Scheme.SEMVER, "1.0.0", None)
    assert key_of(Scheme.RANKED, "2024R2 SP1", 7) < key_of(Scheme.RANKED, "2025R1", 8)


@pytest.mark.parametrize(
    ("scheme", "version", "rank", "code"),
    [
        (Scheme.SEMVER, "1.0", None, "version-unreadable"),
        (Scheme.SEMVER, "01.0.0", None, "version-unreadable"),
        (Scheme.DOTTED, "7.x", None, "version-unreadable"),
        (Scheme.RANKED, "2024R2", None, "rank-missing"),
        (Scheme.DOTTED, "7.1", 3, "rank-not-used"),
    ],
)
def test_a_version_that_cannot_be_ordered_is_refused(
    scheme: Scheme, version: str, rank: int | None, code: str
):
    with pytest.raises(Invalid, match=code):
        key_of(scheme, version, rank)


EXPECTED = {
    "promote": {"development": "beta"},
    "release": {"development": "released", "beta": "released"},
    "withdraw": {"development": "withdrawn", "beta": "withdrawn", "released": "withdrawn"},
}


@pytest.mark.parametrize("state", list(ReleaseState))
@pytest.mark.parametrize("action", list(EXPECTED))
def test_every_state_with_every_action(state: ReleaseState, action: str):
    target = EXPECTED[action].get(state)
    if target is None:
        with pytest.raises(Conflict, match="invalid-state-transition"):
            LIFECYCLE.ask(action, state)
    else:
        assert LIFECYCLE.ask(action, state).lands_in(state) == target


def test_what_is_out_stays_as_it_was_tested():
    check_editable("released", ["notes_en"])
    check_editable("beta", ["compatibility"])
    with pytest.raises(Conflict, match="release-is-out"):
        check_editable("withdrawn", ["tested_on"])
    with pytest.raises(Conflict, match="release-not-tested"):
        check_tested(None, OUT)
    with pytest.raises(Invalid, match="tested-after-release"):
        check_tested(date(2026, 1, 2), OUT)


def test_what_keeps_a_release_off():
    fits = {"requires": ["CPU-2"], "excludes": ["FAN-1"]}
    assert misfits(fits, ["CPU-2", "FAN-2"]) == []
    assert misfits(fits, ["FAN-1"]) == ["CPU-2", "FAN-1"]
    assert misfits({"requires": ["cpu-2"], "excludes": ["Fan-1"]}, ["CPU-2", "FAN-1"]) == ["FAN-1"]
    assert misfits({}, ["FAN-1"]) == []


@pytest.mark.parametrize(
    ("ran", "back_to"),
    [([], None), ([1, 2], 2), ([2, 4], 2), ([4], None), ([1, 3], 1)],
)
def test_the_way_back_leads_to_the_newest_that_ran_and_fits(ran: list[int], back_to: int | None):
    unfit = {3: ("FAN-1",)}
    found = way_back(key(4), [release(one, None, *unfit.get(one, ())) for one in ran])
    assert (found and found.int) == back_to


@pytest.mark.parametrize(
    ("is_known", "is_withdrawn", "has_hops", "has_way_back", "told"),
    [
        (True, False, False, False, Advice.STAY),
        (True, False, True, False, Advice.UPGRADE),
        (True, True, True, True, Advice.UPGRADE),
        (True, True, False, True, Advice.GO_BACK),
        (True, True, False, False, Advice.ASK_VENDOR),
        (False, False, True, False, Advice.UPGRADE),
        (False, False, False, False, Advice.UNKNOWN),
    ],
)
def test_nobody_stays_on_what_was_withdrawn_or_on_what_nobody_knows(
    *, is_known: bool, is_withdrawn: bool, has_hops: bool, has_way_back: bool, told: Advice
):
    found = advice(is_known=is_known, is_withdrawn=is_withdrawn, has_hops=has_hops, has_way_back=has_way_back)
    assert found == told
