"""What the directory says of ids, and who was authorised when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from ticketing.domain.directory import (
    AssetFacts,
    ContactFacts,
    CustomerFacts,
    Issue,
    Known,
    Named,
    SiteFacts,
    Sort,
    Told,
    check,
    completed,
    is_authorized,
    issues,
    judge,
    missing,
)

A, B, SITE, OTHER, ASSET, CONTACT = (UUID(int=n) for n in range(1, 7))
REPORT = datetime(2026, 3, 2, 1, tzinfo=UTC)
CUSTOMER = CustomerFacts(A, 1, "Asia/Shanghai")
KNOWN = Known(
    customer=CUSTOMER,
    site=SiteFacts(SITE, 1, A, "local", 12.5, None, None),
    asset=AssetFacts(ASSET, 1, A, SITE, UUID(int=9), None, "in_service"),
    contact=ContactFacts(CONTACT, 1, A, date(2026, 1, 1), None, is_erased=False),
)
WHOLE = Named(A, SITE, ASSET, CONTACT)
TOLD = Told("out_of_town", 900, REPORT)


def of_b(sort: Sort) -> Known:
    return replace(KNOWN, **{sort.value: replace(KNOWN.of(sort), customer_id=B)})  # type: ignore[type-var]


def test_what_follows_from_an_asset_alone() -> None:
    assert completed(Named(None, None, ASSET, None), KNOWN) == Named(A, SITE, ASSET, None)
    assert completed(Named(None, SITE, None, None), Known(site=KNOWN.site)).customer_id == A
    assert completed(Named(None, None, ASSET, None), Known()) == Named(None, None, ASSET, None)


@pytest.mark.parametrize(
    ("named", "known", "found"),
    [
        (WHOLE, KNOWN, ()),
        (Named(A, None, None, None), Known(), (Issue.CUSTOMER_UNKNOWN,)),
        (WHOLE, replace(KNOWN, site=None), (Issue.SITE_UNKNOWN,)),
        (WHOLE, of_b(Sort.SITE), (Issue.SITE_OF_ANOTHER_CUSTOMER,)),
        (WHOLE, of_b(Sort.ASSET), (Issue.ASSET_OF_ANOTHER_CUSTOMER,)),
        (WHOLE, of_b(Sort.CONTACT), (Issue.CONTACT_OF_ANOTHER_CUSTOMER,)),
        (replace(WHOLE, site_id=OTHER), KNOWN, (Issue.SITE_UNKNOWN, Issue.ASSET_AT_ANOTHER_SITE)),
    ],
)
def test_what_is_wrong_with_what_a_ticket_names(named: Named, known: Known, found: tuple[Issue, ...]) -> None:
    assert issues(named, known) == found


@pytest.mark.parametrize("sort", [Sort.SITE, Sort.ASSET, Sort.CONTACT])
def test_a_customer_does_not_learn_what_others_have(sort: Sort) -> None:
    with pytest.raises(Invalid) as to_staff:
        check(WHOLE, of_b(sort), is_customer=False)
    with pytest.raises(Invalid) as to_customer:
        check(WHOLE, of_b(sort), is_customer=True)
    assert to_staff.value.code == f"{sort}-of-another-customer"
    assert to_customer.value.code == f"{sort}-unknown"
    assert to_staff.value.pointer == to_customer.value.pointer


def test_the_site_speaks_before_the_agent_and_only_where_it_is_the_customers() -> None:
    assert (judge(WHOLE, KNOWN, TOLD).locality, judge(WHOLE, KNOWN, TOLD).distance_km) == ("local", 12.5)
    silent = replace(KNOWN, site=SiteFacts(SITE, 1, A, None, None, None, None))
    for known in (silent, replace(KNOWN, site=None), of_b(Sort.SITE)):
        found = judge(WHOLE, known, TOLD)
        assert (found.locality, found.distance_km) == ("out_of_town", 900)
    nearest = replace(KNOWN, site=SiteFacts(SITE, 1, A, "local", 0.0, None, None))
    assert judge(WHOLE, nearest, TOLD).distance_km == 0


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)) | st.none(),
    st.integers(0, 365 * 24),
)
def test_first_and_last_day_are_in_as_the_customer_counts_days(
    first: date, last: date | None, hour: int
) -> None:
    contact = ContactFacts(CONTACT, 1, A, first, last, is_erased=False)
    reported_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    day = (reported_at + timedelta(hours=8)).date()
    assert is_authorized(contact, CUSTOMER, reported_at) is (first <= day and (last is None or day <= last))


@given(st.sets(st.sampled_from(Sort)), st.sets(st.sampled_from(Sort)))
def test_what_is_missing_is_what_is_named_and_not_known(named: set[Sort], known: set[Sort]) -> None:
    fields = {"customer_id": Sort.CUSTOMER, "site_id": Sort.SITE, "asset_id": Sort.ASSET}
    fields["reporter_contact_id"] = Sort.CONTACT
    told = Named(**{field: WHOLE.of(sort) if sort in named else None for field, sort in fields.items()})
    said = Known(**{sort.value: KNOWN.of(sort) if sort in known else None for sort in Sort})  # type: ignore[arg-type]
    assert set(missing(told, said)) == named - known
