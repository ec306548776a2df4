"""Contacts: found by their number, authorised by the vendor, seen by their own, forgotten on request."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from common.audit.chain import EMPTY, seal, verify
from common.context import system

from .office import Office

PATH = "/v1/contacts"


async def calling(office: Office, phone: str, by=None) -> list[dict]:
    return (await office.get(f"{PATH}:lookup", by, phone=phone))["callers"]


async def test_a_contact_is_known_and_nothing_of_the_person_travels(office: Office):
    customer = await office.customer(language="en")
    site = await office.site(customer)
    contact = await office.contact(customer, site_id=site["id"], title="Head of operations")
    assert (contact["name"], contact["email"], contact["language"]) == ("李伟", "li.wei@bank.example", "en")
    assert contact["phones"] == [
        {"kind": "mobile", "number": "138 0013 8000", "e164": "+8613800138000", "extension": ""}
    ]
    assert (contact["is_authorized"], contact["authorized_from"]) == (False, None)
    assert contact["allowed_actions"] == ["authorize", "withdrawAuthorization", "erase"]
    [told] = await office.published(contact)
    assert (told["type"], told["customer_id"], told["site_id"], told["roles"]) == (
        "contact.created",
        customer["id"],
        site["id"],
        ["operations"],
    )
    assert not {"李伟", "13800138000", "Head"} & set(str(told))
    assert await office.audited(contact) == ["contact.create"]


async def test_a_correction_is_audited_by_commitments_only(office: Office):
    contact = await office.contact(await office.customer())
    corrected = await office.patch(PATH, contact, name="王芳", roles=["quality"], email=None)
    assert (corrected["name"], corrected["roles"], corrected["email"]) == ("王芳", ["quality"], None)
    told = (await office.published(contact))[-1]
    assert (told["type"], told["previous"]) == ("contact.updated", {"roles": ["operations"]})
    [row] = await office.rows("SELECT changes::text AS said FROM audit_entry WHERE action = 'contact.update'")
    assert "sha256:" in row["said"]
    assert not [text for text in ("李伟", "王芳", "li.wei") if text in row["said"]]


async def test_only_the_customers_own_sites_are_taken(office: Office):
    customer, other = await office.customer(), await office.customer()
    site = await office.site(other)
    body = {"customer_id": customer["id"], "name": "李伟", "site_id": site["id"]}
    assert (await office.refused(PATH, **body))[1]["code"] == "site-unknown"
    body = {"customer_id": str(uuid4()), "name": "李伟"}
    assert (await office.refused(PATH, **body))[1]["code"] == "customer-unknown"


async def test_a_number_without_its_area_is_refused(office: Office):
    customer = await office.customer()
    phones = [{"number": "138 0013 8000"}, {"kind": "landline", "number": "5888 8888"}]
    status, problem = await office.refused(PATH, customer_id=customer["id"], name="李伟", phones=phones)
    assert (status, problem["code"]) == (422, "phone-unreadable")
    assert problem["errors"][0]["pointer"] == "#/phones/1/number"
    assert (await office.client.get(f"{PATH}:lookup", params={"phone": "nobody"})).status_code == 422


@pytest.mark.parametrize(
    "shown",
    [
        "+86 21 5888 8888",
        "021-58888888",
        "(021) 5888-8888",
        "86 21 58888888",
        "008602158888888",
        "02158888888",
    ],
)
async def test_a_caller_is_found_however_the_number_is_written(office: Office, shown: str):
    customer = await office.customer()
    phones = [{"kind": "landline", "number": "+86 (0)21 5888 8888 转 8001"}]
    contact = await office.contact(customer, phones=phones)
    await office.contact(customer, phones=[{"number": "+86 21 5888 8880"}])
    [found] = await calling(office, shown)
    assert (found["contact"]["id"], found["customer"]["code"]) == (contact["id"], customer["code"])
    assert (found["is_authorized"], found["is_same_extension"]) == (False, False)


async def test_an_unescaped_plus_is_still_a_plus(office: Office):
    contact = await office.contact(await office.customer(), phones=[{"number": "+852 2345 6789"}])
    answer = await office.client.get(f"{PATH}:lookup?phone=+85223456789")
    assert [one["contact"]["id"] for one in answer.json()["callers"]] == [contact["id"]]


async def test_behind_a_switchboard_the_extension_comes_first_then_who_may_report(office: Office):
    customer = await office.customer()
    number = "021-5888 8888"
    plain = await office.contact(customer, name="甲", phones=[{"number": f"{number} ext 1"}])
    may = await office.contact(customer, name="乙", phones=[{"number": f"{number} ext 2"}])
    await office.act(PATH, may, "authorize")
    own = await office.contact(customer, name="丙", phones=[{"number": f"{number} ext 3"}])
    found = await calling(office, f"{number}-3")
    assert [one["contact"]["id"] for one in found] == [own["id"], may["id"], plain["id"]]
    assert [one["is_same_extension"] for one in found] == [True, False, False]
    assert [one["is_authorized"] for one in found] == [False, True, False]


async def test_an_unknown_number_finds_nobody(office: Office):
    await office.contact(await office.customer())
    assert await calling(office, "139 0013 9000") == []


async def test_the_lookup_uses_its_index(office: Office):
    await office.contact(await office.customer())
    async with office.database.transaction(system("tests")) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = await connection.exec_driver_sql(
            """EXPLAIN SELECT id FROM contact WHERE phones @> '[{"e164": "+8613800138000"}]'"""
        )
        assert "ix_contact_phones" in str(plan.all())


async def test_the_vendor_authorises_for_days_where_the_customer_is(office: Office):
    """The clock stands at 09:00 in Beijing; days of Tokyo end an hour before those of Beijing."""
    contact = await office.contact(await office.customer(time_zone="Asia/Tokyo"))
    answer = await office.act(
        PATH, contact, "authorize", **{"from": "2026-03-02", "to": "2026-03-03"}, note="Letter of 1 March."
    )
    assert (answer["is_authorized"], answer["authorized_by"]) == (True, "admin-1")
    assert (answer["authorized_from"], answer["authorized_to"]) == ("2026-03-02", "2026-03-03")
    told = (await office.published(contact))[-1]
    assert (told["type"], told["authorized_from"], told["authorized_to"]) == (
        "contact.authorized",
        "2026-03-02",
        "2026-03-03",
    )
    office.clock.set(datetime(2026, 3, 3, 14, 59, 59, tzinfo=UTC))
    assert (await calling(office, "13800138000"))[0]["is_authorized"]
    office.clock.set(datetime(2026, 3, 3, 15, tzinfo=UTC))
    assert not (await calling(office, "13800138000"))[0]["is_authorized"]
    [row] = await office.items(f"{PATH}/{contact['id']}/authorizations")
    assert (row["from_on"], row["to_on"], row["note"], row["authorized_by"]) == (
        "2026-03-02",
        "2026-03-03",
        "Letter of 1 March.",
        "admin-1",
    )


async def test_an_authorisation_begins_on_its_day(office: Office):
    contact = await office.contact(await office.customer())
    answer = await office.act(PATH, contact, "authorize", **{"from": "2026-03-03"})
    assert not answer["is_authorized"]
    office.clock.advance(timedelta(hours=15))
    assert (await office.get(f"{PATH}/{contact['id']}"))["is_authorized"]


async def test_a_renewal_ahead_of_time_leaves_no_gap_and_the_history_keeps_both(office: Office):
    contact = await office.contact(await office.customer())
    await office.act(PATH, contact, "authorize", **{"from": "2026-01-01", "to": "2026-12-31"})
    office.clock.advance(timedelta(seconds=1))
    renewed = await office.act(PATH, contact, "authorize", **{"from": "2027-01-01", "to": "2027-12-31"})
    assert (renewed["authorized_from"], renewed["authorized_to"]) == ("2026-01-01", "2027-12-31")
    history = await office.items(f"{PATH}/{contact['id']}/authorizations")
    assert [one["from_on"] for one in history] == ["2027-01-01", "2026-01-01"]
    status, problem = await office.refused(f"{PATH}/{contact['id']}:authorize", **{"from": "2029-01-01"})
    assert (status, problem["code"], problem["authorized_to"]) == (409, "authorization-gap", "2027-12-31")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"from": "2026-03-05", "to": "2026-03-04"}, "authorization-period-empty"),
        ({"from": "2026-02-01", "to": "2026-03-01"}, "authorization-over"),
    ],
)
async def test_an_authorisation_covers_days_to_come(office: Office, told: dict, code: str):
    contact = await office.contact(await office.customer())
    status, problem = await office.refused(f"{PATH}/{contact['id']}:authorize", **told)
    assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, code, "#/to")


async def test_a_withdrawal_holds_at_once_and_stays_in_the_history(office: Office):
    contact = await office.contact(await office.customer())
    path = f"{PATH}/{contact['id']}:withdrawAuthorization"
    assert (await office.refused(path, reason="left"))[1]["code"] == "contact-not-authorized"
    await office.act(PATH, contact, "authorize")
    office.clock.advance(timedelta(minutes=5))
    withdrawn = await office.act(PATH, contact, "withdrawAuthorization", reason="Left the department.")
    assert (withdrawn["is_authorized"], withdrawn["authorized_from"]) == (False, None)
    assert await office.types(contact) == [
        "contact.created",
        "contact.authorized",
        "contact.authorization_withdrawn",
    ]
    [row] = await office.items(f"{PATH}/{contact['id']}/authorizations")
    assert (row["withdrawn_by"], row["withdrawal_reason"]) == ("admin-1", "Left the department.")
    assert row["withdrawn_at"] == "2026-03-02T01:05:00.000000Z"
    assert (await office.refused(path, reason="again"))[0] == 409


@pytest.mark.parametrize(
    ("action", "body"),
    [("authorize", {}), ("withdrawAuthorization", {"reason": "x"}), ("erase", {"ground": "requested"})],
)
async def test_an_agent_records_contacts_but_decides_nothing(
    office: Office, connect, action: str, body: dict
):
    agent = await connect(sub="agent-7", roles=["agent"])
    customer = await office.customer()
    contact = await office.create(PATH, agent, customer_id=customer["id"], name="李伟")
    assert contact["allowed_actions"] == []
    status, problem = await office.refused(f"{PATH}/{contact['id']}:{action}", agent, **body)
    assert (status, problem["code"]) == (403, "action-needs-role")


async def test_lists_by_filter(office: Office):
    customer = await office.customer()
    site = await office.site(customer)
    first = await office.contact(customer, name="李伟", site_id=site["id"], roles=["quality", "technical"])
    second = await office.contact(customer, name="Wang Fang", email="wang@bank.example", title="Buyer")
    await office.act(PATH, second, "authorize")

    async def ids(**filters: object) -> list[str]:
        return [one["id"] for one in await office.items(PATH, **filters)]

    assert await ids(customer_id=customer["id"]) == [second["id"], first["id"]]
    assert await ids(site_id=site["id"]) == [first["id"]]
    assert await ids(role="technical") == [first["id"]]
    assert await ids(email="WANG@bank.example") == [second["id"]]
    assert await ids(is_authorized="true") == [second["id"]]
    assert await ids(is_authorized="false") == [first["id"]]
    assert await ids(q="李伟") == [first["id"]]
    assert await ids(q="buyer") == [second["id"]]
    assert await ids(state="erased") == []


async def test_a_customer_sees_its_own_people_only(office: Office, customer_of):
    mine, other = await office.customer(), await office.customer()
    my_contact = await office.contact(mine)
    hidden = await office.contact(other)
    user = await customer_of(mine)
    assert [one["id"] for one in await office.items(PATH, user)] == [my_contact["id"]]
    assert [one["contact"]["id"] for one in await calling(office, "13800138000", user)] == [my_contact["id"]]
    for path in (f"{PATH}/{hidden['id']}", f"{PATH}/{hidden['id']}/authorizations"):
        assert (await user.get(path)).status_code == 404
    assert (await office.refused(f"{PATH}/{my_contact['id']}:export", user))[0] == 403
    assert (await office.refused(f"{PATH}/{my_contact['id']}:authorize", user))[0] == 403


async def test_everything_held_of_a_person_is_handed_out_and_that_is_on_record(office: Office):
    contact = await office.contact(await office.customer(), note="Speaks English.")
    await office.patch(PATH, contact, name="李维")
    await office.act(PATH, contact, "authorize", note="Letter of 1 March.")
    held = await office.act(PATH, contact, "export")
    assert held["contact"]["phones"][0]["e164"] == "+8613800138000"
    assert [one["note"] for one in held["authorizations"]] == ["Letter of 1 March."]
    actions = {one["action"]: one["changes"] for one in held["history"]}
    assert list(actions) == ["contact.create", "contact.update", "contact.authorize", "contact.export"]
    assert actions["contact.update"]["name"] == ["李伟", "李维"]
    assert (await office.audited(contact))[-1] == "contact.export"


TRACES = (
    "李伟",
    "李维",
    "13800138000",
    "138 0013 8000",
    "li.wei",
    "operations-chief",
    "Speaks",
    "Letter",
    "left us",
)


async def everything_stored(office: Office) -> str:
    """Every row of every table as text, with what is stored in bytes."""
    tables = await office.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    said = []
    for table in tables:
        rows = await office.rows(f'SELECT t::text AS said FROM "{table["tablename"]}" t')
        said += [row["said"] for row in rows]
    for row in await office.rows(
        "SELECT payload AS said FROM outbox UNION ALL SELECT body FROM idempotency_key"
    ):
        said.append(row["said"].decode())
    return "\n".join(said)


async def make_a_person(office: Office) -> dict:
    """A contact with everything that can be held of one, and stored answers that hold it too."""
    customer = await office.customer()
    body = {
        "customer_id": customer["id"],
        "name": "李伟",
        "title": "operations-chief",
        "department": "operations-chief",
        "phones": [{"number": "138 0013 8000"}],
        "email": "li.wei@bank.example",
        "note": "Speaks English.",
        "roles": ["operations"],
    }
    answer = await office.client.post(PATH, json=body, headers={"Idempotency-Key": "make-1"})
    contact = answer.json()
    await office.patch(PATH, contact, name="李维")
    path = f"{PATH}/{contact['id']}"
    for key, action, told in (
        ("2", "authorize", {"note": "Letter of 1 March."}),
        ("3", "withdrawAuthorization", {"reason": "left us"}),
        ("4", "authorize", {"note": "Letter of 2 March."}),
    ):
        office.clock.advance(timedelta(minutes=1))
        answer = await office.client.post(f"{path}:{action}", json=told, headers={"Idempotency-Key": key})
        assert answer.status_code == 200, answer.text
    await office.act(PATH, contact, "export")
    return contact


async def test_an_erased_person_is_nowhere_and_the_records_stay(office: Office):
    contact = await make_a_person(office)
    stored = await everything_stored(office)
    assert [trace for trace in TRACES if trace in stored] == list(TRACES)
    erased = await office.act(PATH, contact, "erase", ground="requested", reference="REQ-7")
    assert [trace for trace in TRACES if trace in await everything_stored(office)] == []
    assert (erased["state"], erased["name"], erased["phones"], erased["roles"]) == ("erased", None, [], [])
    assert (erased["erasure_ground"], erased["erasure_reference"]) == ("requested", "REQ-7")
    assert (erased["is_authorized"], erased["allowed_actions"]) == (False, [])
    assert (await office.get(f"{PATH}/{contact['id']}"))["customer_id"] == contact["customer_id"]
    history = await office.items(f"{PATH}/{contact['id']}/authorizations")
    assert [(one["note"], one["withdrawn_by"]) for one in history] == [(None, "admin-1")] * 2
    told = (await office.published(contact))[-1]
    assert (told["type"], told["is_erased"], told["roles"], told["authorized_from"]) == (
        "contact.erased",
        True,
        [],
        None,
    )


async def test_an_erased_person_is_not_found_by_number_or_words(office: Office):
    contact = await office.contact(await office.customer())
    await office.act(PATH, contact, "erase", ground="left_organisation")
    assert await calling(office, "13800138000") == []
    assert await office.items(PATH, q="李伟") == []
    assert await office.items(PATH, email="li.wei@bank.example") == []
    assert [one["id"] for one in await office.items(PATH, state="erased")] == [contact["id"]]


async def test_what_was_erased_is_not_erased_twice_nor_filled_again(office: Office):
    contact = await office.contact(await office.customer())
    erased = await office.act(PATH, contact, "erase", ground="requested")
    for action, body in (
        ("erase", {"ground": "requested"}),
        ("authorize", {}),
        ("withdrawAuthorization", {"reason": "x"}),
    ):
        status, problem = await office.refused(f"{PATH}/{contact['id']}:{action}", **body)
        assert (status, problem["code"]) == (409, "invalid-state-transition")
    headers = {"If-Match": f'"{erased["version"]}"'}
    answer = await office.client.patch(f"{PATH}/{contact['id']}", json={"name": "李伟"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "contact-erased")


async def test_the_chain_of_the_audit_holds_after_an_erasure(office: Office):
    contact = await make_a_person(office)
    connection = await office.database.connect()
    try:
        head = await seal(connection, EMPTY, 1000)
        await office.act(PATH, contact, "erase", ground="requested")
        await seal(connection, head, 1000)
        assert (await verify(connection)).is_intact
        assert await connection.fetchval("SELECT count(*) FROM audit_personal_value") == 0
    finally:
        await connection.close()


async def test_a_late_retry_brings_nobody_back(office: Office):
    contact = await make_a_person(office)
    await office.act(PATH, contact, "erase", ground="requested")
    body = {"customer_id": contact["customer_id"], "name": "李伟"}
    answer = await office.client.post(PATH, json=body, headers={"Idempotency-Key": "make-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "answer-erased")
    assert len(await office.items(PATH)) == 1


async def test_of_two_erasures_at_once_one_is_done(office: Office):
    contact = await office.contact(await office.customer())
    path = f"{PATH}/{contact['id']}:erase"
    answers = await asyncio.gather(
        *(office.client.post(path, json={"ground": "requested"}) for _ in range(4)),
        office.client.patch(f"{PATH}/{contact['id']}", json={"name": "王芳"}, headers={"If-Match": '"1"'}),
    )
    assert sorted(answer.status_code for answer in answers[:4]) == [200, 409, 409, 409]
    assert "王芳" not in await everything_stored(office)
