"""Levels against a slow exact oracle, who serves whom, and what is proposed."""

from decimal import Decimal, localcontext
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from warranty.domain import planning
from warranty.domain.planning import Place, Plan, Shelf, StockStanding

MEANS = st.floats(0.001, 80, allow_nan=False)
LEVELS = st.floats(0.01, 0.9999, allow_nan=False)
UNDECIDED = Decimal("1e-12")
"""Nearer than this to a whole number of pieces, floats and sixty digits may disagree."""


def slowly(mean: float, service_level: float) -> tuple[int, Decimal]:
    """The smallest S with P(Poisson(mean) <= S - 1) >= service level in sixty digits; how far from the edge."""
    with localcontext() as context:
        context.prec = 60
        wanted, stock = Decimal(service_level), 1
        term = at_most = (-Decimal(mean)).exp()
        nearest = abs(at_most - wanted)
        while at_most < wanted:
            term = term * Decimal(mean) / stock
            at_most += term
            stock += 1
            nearest = min(nearest, abs(at_most - wanted))
        return stock, nearest


@given(MEANS, LEVELS)
@example(80.0, 0.9999)
@example(0.001, 0.01)
@settings(deadline=None)
def test_base_stock_is_the_oracles(mean: float, service_level: float):
    expected, nearest = slowly(mean, service_level)
    assert planning.base_stock(mean, service_level) == expected or nearest < UNDECIDED


@pytest.mark.parametrize("mean", [300.0, 5_000.0])
def test_a_large_demand_is_the_oracles_too(mean: float):
    assert planning.base_stock(mean, 0.98) == slowly(mean, 0.98)[0]


@pytest.mark.parametrize(
    ("mean", "service_level", "stock"),
    [(0.0, 0.95, 0), (0.05, 0.95, 1), (0.06, 0.95, 2), (1.0, 0.95, 4), (1.0, 0.98, 4), (10.0, 0.95, 16)],
)
def test_levels_as_the_printed_tables_of_the_poisson_distribution_have_them(mean, service_level, stock):
    assert planning.base_stock(mean, service_level) == stock


@given(MEANS, MEANS, LEVELS, LEVELS)
def test_more_demand_or_a_higher_promise_never_needs_less(one, other, low, high):
    low, high = sorted((low, high))
    less, more = sorted((one, other))
    assert planning.base_stock(less, low) <= planning.base_stock(more, low)
    assert planning.base_stock(less, low) <= planning.base_stock(less, high)


@pytest.mark.parametrize(
    ("mean", "service_level"), [(-1.0, 0.95), (float("inf"), 0.95), (1.0, 0.0), (1.0, 1.0), (1.0, 0.99999)]
)
def test_what_cannot_be_planned_is_refused(mean: float, service_level: float):
    with pytest.raises(ValueError, match=r"^$"):
        planning.base_stock(mean, service_level)


@given(st.integers(0, 2_000), st.floats(0, 5), st.integers(0, 200), st.integers(0, 30), LEVELS)
def test_the_target_is_never_below_the_minimum(installed, rate, lead, review, service_level):
    plan = Plan(installed, rate, lead, review, service_level)
    assert 0 <= plan.min_level <= plan.target_level


@pytest.mark.parametrize("mean", [1e6, 1e8])
def test_no_demand_is_too_large_to_be_planned(mean: float):
    spread = (planning.base_stock(mean, 0.975) - mean) / mean**0.5
    assert spread == pytest.approx(1.96, abs=0.01)


def test_a_target_below_the_minimum_is_refused():
    planning.check_levels(3, 3)
    with pytest.raises(Invalid, match="target-below-min"):
        planning.check_levels(4, 3)


@pytest.mark.parametrize(
    ("available", "min_level", "standing"),
    [(0, 0, "enough"), (0, 1, "out"), (1, 1, "enough"), (1, 2, "low"), (5, 2, "enough")],
)
def test_how_a_warehouse_stands(available, min_level, standing):
    assert planning.standing(available, min_level) == standing


@pytest.mark.parametrize(
    ("told", "available", "crossing"),
    [
        ("enough", 5, None),
        ("enough", 4, "low"),
        ("enough", 0, "out"),
        ("low", 4, None),
        ("low", 0, "out"),
        ("low", 5, "enough"),
        ("out", 0, None),
        ("out", 3, None),
        ("out", 5, "enough"),
    ],
)
def test_what_is_told_of_a_crossing(told, available, crossing):
    assert planning.crossing(StockStanding(told), available, 5) == crossing


SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737}
BEIJING = {"latitude": 39.9042, "longitude": 116.4074}
NORTH = Place(UUID(int=1), "N", is_central=False, position=BEIJING)
SOUTH = Place(UUID(int=2), "S", is_central=True, position=SHANGHAI)
NOWHERE = Place(UUID(int=3), "A", is_central=False, position=None)


@pytest.mark.parametrize(
    ("site", "places", "serves"),
    [
        (BEIJING, [SOUTH, NORTH], NORTH.id),
        (SHANGHAI, [SOUTH, NORTH], SOUTH.id),
        (None, [NOWHERE, NORTH, SOUTH], SOUTH.id),
        (None, [NOWHERE, NORTH], NOWHERE.id),
        (BEIJING, [NOWHERE], NOWHERE.id),
        (BEIJING, [], None),
    ],
)
def test_who_serves_a_site(site, places, serves):
    assert planning.serving(site, places) == serves


@st.composite
def shelves(draw: st.DrawFn) -> list[Shelf]:
    """Shelves of a few warehouses with one part."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        low = draw(st.integers(0, 20))
        found.append(
            Shelf(
                warehouse_id=UUID(int=number),
                available=draw(st.integers(0, 40)),
                coming=draw(st.integers(0, 10)),
                min_level=low,
                target_level=low + draw(st.integers(0, 20)),
            )
        )
    return found


@given(shelves())
def test_every_shortage_is_filled_to_its_target_and_no_giver_falls_below_its_own(known: list[Shelf]):
    needs = planning.needs(known)
    for shelf in known:
        got = sum(need.quantity for need in needs if need.warehouse_id == shelf.warehouse_id)
        gave = sum(need.quantity for need in needs if need.from_warehouse_id == shelf.warehouse_id)
        assert got == shelf.missing
        assert gave <= shelf.surplus
        assert not (got and gave)
    assert all(need.quantity > 0 for need in needs)
    keys = [(need.warehouse_id, need.from_warehouse_id) for need in needs]
    assert len(set(keys)) == len(keys)


@given(shelves())
def test_nothing_is_bought_while_another_has_more_than_its_target(known: list[Shelf]):
    needs = planning.needs(known)
    if any(need.from_warehouse_id is None for need in needs):
        given_away = sum(need.quantity for need in needs if need.from_warehouse_id is not None)
        assert given_away == sum(shelf.surplus for shelf in known)


def test_the_emptiest_is_served_first():
    full = Shelf(UUID(int=1), 12, 0, 1, 10)
    low, out = Shelf(UUID(int=2), 3, 0, 4, 5), Shelf(UUID(int=3), 0, 0, 4, 5)
    found = {
        (need.warehouse_id.int, need.from_warehouse_id): need.quantity
        for need in planning.needs([full, low, out])
    }
    assert found == {(3, UUID(int=1)): 2, (3, None): 3, (2, None): 2}
