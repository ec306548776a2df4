"""Contracts: all that was promised is kept, answered for, put in force and ended."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from .office import Office, code

PATH = "/v1/contracts"
REQUIREMENTS = [{"id": "spares", "text": "Spares in the city."}, {"id": "training", "text": "Two courses."}]


async def test_everything_that_was_promised_is_kept(office: Office):
    customer = await office.customer(time_zone="Asia/Tokyo")
    promised = {
        "plan_id": "gold",
        "plan_revision": 3,
        "ends_on": "2028-12-31",
        "warranty_months": 36,
        "software_years": 12,
        "minimum_months": 3,
        "inspections_per_year": 4,
        "scope": {"products": ["UPS-9"], "technologies": ["ups"], "modules": ["rectifier"], "parts": ["P-1"]},
        "exclusions": ["misuse", "force_majeure"],
        "response_overrides": {"onsite": 7200},
        "bid_figures": [{"item": "Autonomy", "unit": "min", "required_min": 30}],
        "requirements": REQUIREMENTS,
        "manufacturer_terms": [{"maker": "Northern Power", "summary": "Fans: 12 months."}],
        "rates": {"visit": {"amount": "800.00", "currency": "CNY"}},
        "currency": "CNY",
    }
    contract = await office.contract(customer, is_active=False, **promised)
    assert (contract["state"], contract["time_zone"]) == ("draft", "Asia/Tokyo")
    kept = {name: contract[name] for name in promised}
    figure = {"item": "Autonomy", "unit": "min", "required_min": 30.0}
    assert kept == {**promised, "bid_figures": [figure], "requirements": contract["requirements"]}
    unanswered = {"status": "open", "evidence": None, "answered_at": None, "answered_by": None}
    assert contract["requirements"] == [{**one, **unanswered} for one in REQUIREMENTS]
    assert contract["open_requirement_count"] == 2
    assert contract["allowed_actions"] == ["activate", "setRequirement"]


async def test_activation_tells_all_that_an_agreement_is_made_of(office: Office):
    customer = await office.customer()
    contract = await office.contract(
        customer, plan_id="gold", plan_revision=3, ends_on="2027-12-31", response_overrides={"onsite": 7200}
    )
    assert (contract["state"], contract["allowed_actions"]) == ("active", ["setRequirement", "terminate"])
    told = (await office.published(contract))[-1]
    facts = {
        "customer_id": customer["id"],
        "plan_id": "gold",
        "plan_revision": 3,
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "time_zone": "Asia/Shanghai",
        "response_overrides": {"onsite": 7200},
    }
    assert told["type"] == "contract.activated"
    assert {name: told[name] for name in facts} == facts
    assert await office.audited(contract) == ["contract.create", "contract.activate"]


async def test_a_draft_is_corrected_in_everything(office: Office):
    contract = await office.contract(await office.customer(), is_active=False, requirements=REQUIREMENTS)
    contract = await office.act(
        PATH, contract, "setRequirement", requirement_id="spares", status="met", evidence="Stock list"
    )
    number = code("CTR")
    corrected = await office.patch(
        PATH,
        contract,
        number=number,
        currency="USD",
        starts_on="2026-02-01",
        response_overrides={"onsite": 3600},
        requirements=[{"id": "spares", "text": "Spares in town."}, {"id": "drill", "text": "A drill."}],
    )
    assert (corrected["number"], corrected["currency"], corrected["starts_on"]) == (
        number,
        "USD",
        "2026-02-01",
    )
    assert [(one["id"], one["text"], one["status"]) for one in corrected["requirements"]] == [
        ("spares", "Spares in town.", "met"),
        ("drill", "A drill.", "open"),
    ]
    told = (await office.published(contract))[-1]
    assert (told["type"], told["previous"]["starts_on"], told["previous"]["response_overrides"]) == (
        "contract.updated",
        "2026-01-01",
        {},
    )


async def test_exclusions_are_causes_that_there_are(office: Office):
    customer = await office.customer()
    told = {"customer_id": customer["id"], "number": code("CTR"), "starts_on": "2026-01-01"}
    status, problem = await office.refused(PATH, **told, exclusions=["misuse", "missuse"])
    [error] = problem["errors"]
    assert (status, error["pointer"]) == (422, "#/exclusions/1")
    for cause in ("misuse", "wear", "third_party_modification"):
        assert f"'{cause}'" in error["detail"]


async def test_rates_are_in_the_contracts_currency(office: Office):
    customer, dollars = await office.customer(), {"visit": {"amount": "90.00", "currency": "USD"}}
    told = {"customer_id": customer["id"], "number": code("CTR"), "starts_on": "2026-01-01"}
    status, problem = await office.refused(PATH, **told, rates=dollars)
    assert (status, problem["code"]) == (422, "currency-differs")
    assert problem["errors"][0]["pointer"] == "#/rates/visit/currency"
    draft = await office.contract(customer, is_active=False, currency="USD", rates=dollars)
    headers = {"If-Match": f'"{draft["version"]}"'}
    yuan = {"visit": {"amount": "800.00", "currency": "CNY"}}
    for body in ({"rates": yuan}, {"currency": "CNY"}):
        answer = await office.client.patch(f"{PATH}/{draft['id']}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "currency-differs")
    assert await office.get(f"{PATH}/{draft['id']}") == draft
    both = await office.patch(PATH, draft, rates=yuan, currency="CNY")
    assert (both["rates"], both["currency"]) == (yuan, "CNY")


async def test_in_force_what_was_signed_stands(office: Office):
    contract = await office.contract(await office.customer())
    headers = {"If-Match": f'"{contract["version"]}"'}
    body = {"ends_on": "2027-01-01", "requirements": REQUIREMENTS}
    answer = await office.client.patch(f"{PATH}/{contract['id']}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "contract-in-force")
    assert answer.json()["fields"] == ["requirements"]
    longer = await office.patch(PATH, contract, ends_on="2027-01-01")
    assert longer["ends_on"] == "2027-01-01"


async def test_requirements_are_numbered_as_the_tender_has_them(office: Office):
    numbers = ["R1", "3.2.1", "A-7", "spares_2"]
    told = [{"id": one, "text": "Spares in town."} for one in numbers]
    contract = await office.contract(await office.customer(), requirements=told)
    met = {"requirement_id": "3.2.1", "status": "met", "evidence": "Stock list"}
    answered = await office.act(PATH, contract, "setRequirement", **met)
    assert [(one["id"], one["status"]) for one in answered["requirements"]] == [
        (one, "met" if one == "3.2.1" else "open") for one in numbers
    ]
    answer = await office.client.post(
        PATH,
        json={"customer_id": contract["customer_id"], "number": "C", "starts_on": "2026-01-01"}
        | {"requirements": [{"id": ".3", "text": "none"}]},
    )
    assert answer.status_code == 422


async def test_a_requirement_of_the_tender_is_met_with_evidence(office: Office):
    contract = await office.contract(await office.customer(), requirements=REQUIREMENTS)
    path = f"{PATH}/{contract['id']}:setRequirement"
    for body, problem_code in (
        ({"requirement_id": "spares", "status": "met"}, "evidence-missing"),
        ({"requirement_id": "spares", "status": "waived"}, "evidence-missing"),
        ({"requirement_id": "lunch", "status": "open"}, "requirement-unknown"),
    ):
        status, problem = await office.refused(path, **body)
        assert (status, problem["code"]) == (422, problem_code)
    answered = await office.act(
        PATH, contract, "setRequirement", requirement_id="spares", status="met", evidence="Stock list of May"
    )
    assert answered["open_requirement_count"] == 1
    assert answered["requirements"][0] == {
        **REQUIREMENTS[0],
        "status": "met",
        "evidence": "Stock list of May",
        "answered_at": "2026-03-02T01:00:00.000000Z",
        "answered_by": "admin-1",
    }
    told = (await office.published(contract))[-1]
    assert (told["type"], told["previous"]) == ("contract.updated", {"requirement_id": "spares"})
    assert "Stock list" not in str(told)


@pytest.mark.parametrize(
    ("body", "problem_code", "pointer"),
    [
        ({"ends_on": "2025-12-31"}, "contract-period-empty", "#/ends_on"),
        ({"requirements": [REQUIREMENTS[0]] * 2}, "requirement-repeated", "#/requirements/1/id"),
        (
            {"bid_figures": [{"item": "Ripple", "required_min": 2, "required_max": 1}]},
            "figure-range-empty",
            "#/bid_figures/0",
        ),
        ({"customer_id": str(uuid4())}, "customer-unknown", "#/customer_id"),
    ],
)
async def test_what_cannot_be_promised(office: Office, body: dict, problem_code: str, pointer: str):
    customer = await office.customer()
    told = {"customer_id": customer["id"], "number": "C-1", "starts_on": "2026-01-01", **body}
    status, problem = await office.refused(PATH, **told)
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, problem_code, pointer)


async def test_a_number_is_given_once(office: Office):
    customer = await office.customer()
    contract = await office.contract(customer)
    status, problem = await office.refused(
        PATH, customer_id=customer["id"], number=contract["number"], starts_on="2026-01-01"
    )
    assert (status, problem["code"]) == (409, "contract-number-taken")


async def test_a_terminated_contract_is_over_for_good(office: Office, connect):
    contract = await office.contract(await office.customer(), ends_on="2027-01-01")
    lead = await connect(sub="lead-1", roles=["lead"])
    assert (await office.refused(f"{PATH}/{contract['id']}:terminate", lead, reason="sold"))[0] == 403
    ended = await office.act(PATH, contract, "terminate", reason="The branch was closed.")
    assert (ended["state"], ended["end_reason"], ended["allowed_actions"]) == (
        "ended",
        "The branch was closed.",
        [],
    )
    told = (await office.published(contract))[-1]
    assert (told["type"], told["is_terminated"]) == ("contract.ended", True)
    for action, body in (
        ("activate", {}),
        ("terminate", {"reason": "x"}),
        ("setRequirement", {"requirement_id": "spares", "status": "open"}),
    ):
        assert (await office.refused(f"{PATH}/{contract['id']}:{action}", **body))[0] == 409
    headers = {"If-Match": f'"{ended["version"]}"'}
    answer = await office.client.patch(f"{PATH}/{contract['id']}", json={"ends_on": None}, headers=headers)
    assert answer.json()["code"] == "contract-ended"


async def test_lists_by_filter(office: Office):
    customer = await office.customer()
    soon = await office.contract(customer, ends_on="2026-06-30")
    draft = await office.contract(customer, is_active=False)
    late = await office.contract(await office.customer(), ends_on="2030-06-30")

    async def ids(**filters: object) -> set[str]:
        return {one["id"] for one in await office.items(PATH, **filters)}

    assert await ids(customer_id=customer["id"]) == {soon["id"], draft["id"]}
    assert await ids(state="draft") == {draft["id"]}
    assert await ids(number=late["number"]) == {late["id"]}
    assert await ids(ends_before="2026-07-01") == {soon["id"]}
    assert await ids(in_force_on="2027-01-01") == {late["id"]}


async def test_a_customer_reads_its_own_contracts_and_changes_none(office: Office, customer_of):
    customer = await office.customer()
    mine, other = await office.contract(customer), await office.contract(await office.customer())
    user = await customer_of(customer)
    assert [one["id"] for one in await office.items(PATH, user)] == [mine["id"]]
    assert (await user.get(f"{PATH}/{other['id']}")).status_code == 404
    assert (await office.get(f"{PATH}/{mine['id']}", user))["allowed_actions"] == []
    assert (await office.refused(f"{PATH}/{mine['id']}:terminate", user, reason="x"))[0] == 403


async def test_a_contract_from_before_the_platform_is_told_with_its_past(office: Office):
    customer = await office.customer()
    signed, begun, over = "2023-12-20T02:00:00Z", "2024-01-01T00:00:00Z", "2025-03-01T00:00:00Z"
    body = {"customer_id": customer["id"], "number": "C-1", "starts_on": "2024-01-01"}
    status, problem = await office.refused(PATH, **body, occurred_at="2031-01-01T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-in-future")
    contract = await office.create(PATH, **body, occurred_at=signed)
    activate = f"{PATH}/{contract['id']}:activate"
    status, problem = await office.refused(activate, occurred_at="2023-12-19T00:00:00Z")
    assert (status, problem["code"]) == (422, "occurred-too-early")
    active = await office.act(PATH, contract, "activate", occurred_at=begun)
    ended = await office.act(PATH, contract, "terminate", reason="agreed", occurred_at=over)
    times = [one["state_changed_at"] for one in (contract, active, ended)]
    told = [datetime.fromisoformat(one) for one in (signed, begun, over)]
    assert [datetime.fromisoformat(one) for one in times] == told
    assert [event["occurred_at"] for event in await office.published(contract)] == times


async def test_a_fact_told_later_is_dated_when_it_happened(office: Office):
    contract = await office.contract(await office.customer(), is_active=False)
    early = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    status, problem = await office.refused(f"{PATH}/{contract['id']}:activate", occurred_at=early)
    assert (status, problem["code"]) == (422, "occurred-too-early")
