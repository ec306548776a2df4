"""Contacts from a file: known again, reached as by hand, authorised to report, and named in no event."""

from .importing import Importing, counts
from .office import Office, code

HEADING = "客户编码,姓名,电子邮箱,手机,座机,角色,授权开始日期,授权结束日期,授权依据\n"


async def test_people_come_in_as_by_hand(office: Office, imports: Importing):
    customer = await office.customer()
    site = await office.site(customer)
    by_hand = await office.contact(customer, name="王芳", email="wang@bank.example", site_id=site["id"])
    file = (
        "客户编码,姓名,邮箱,手机,电话,角色,现场编码\n"
        f"{customer['code']},李伟,Li.Wei@Bank.example,138 0013 8001,021-58888888 转 8001,运行值班、技术,"
        f"{site['code'].lower()}\n"
    )
    done = await imports.done("contacts", file)
    assert (done["state"], counts(done)) == ("succeeded", (1, 0, 0, 0)), await imports.problems(done)
    [contact] = await office.items("/v1/contacts", email="li.wei@bank.example")
    assert (contact["name"], contact["site_id"], contact["language"]) == ("李伟", site["id"], "zh-CN")
    assert contact["roles"] == ["operations", "technical"]
    assert [(one["kind"], one["number"], one["e164"], one["extension"]) for one in contact["phones"]] == [
        ("mobile", "138 0013 8001", "+8613800138001", ""),
        ("landline", "021-58888888 转 8001", "+862158888888", "8001"),
    ]
    found = await office.get("/v1/contacts:lookup", phone="13800138001")
    assert [one["contact"]["id"] for one in found["callers"]] == [contact["id"]]
    assert contact["is_authorized"] is False
    assert await office.types(contact) == await office.types(by_hand)
    assert await office.audited(contact) == await office.audited(by_hand)
    assert counts(await imports.done("contacts", file)) == (0, 0, 1, 0)


async def test_a_person_is_known_again_and_corrected(office: Office, imports: Importing):
    customer, other = await office.customer(), await office.customer()
    known = await office.contact(customer, name="李伟", email=None)
    await office.contact(other, name="李伟", email=None)
    start = f"{customer['code']},李伟"
    done = await imports.done("contacts", HEADING + f"{start},li@bank.example,+86 13800138000,,,,,\n")
    assert counts(done) == (0, 1, 0, 0)
    now = await office.get(f"/v1/contacts/{known['id']}")
    assert (now["email"], len(now["phones"]), now["version"]) == ("li@bank.example", 1, 2)
    moved = f"{customer['code']},李维,LI@bank.example,138 0013 8009,021 5888 8888,质量,,,\n"
    assert counts(await imports.done("contacts", HEADING + moved)) == (0, 1, 0, 0)
    now = await office.get(f"/v1/contacts/{known['id']}")
    assert (now["name"], now["roles"]) == ("李维", ["quality"])
    assert [one["e164"] for one in now["phones"]] == ["+8613800138009", "+862158888888"]
    assert counts(await imports.done("contacts", HEADING + moved)) == (0, 0, 1, 0)
    assert len(await office.items("/v1/contacts", customer_id=customer["id"])) == 1


async def test_a_file_authorises_people_to_report(office: Office, imports: Importing):
    customer = await office.customer()
    start = f"{customer['code']},李伟,li@bank.example,,,"
    file = (
        HEADING + f"{start},2026-01-01,2026-12-31,授权书 3 号\n{customer['code']},王芳,w@bank.example,,,,,,\n"
    )
    done = await imports.done("contacts", file)
    assert (done["state"], counts(done)) == ("succeeded", (2, 0, 0, 0)), await imports.problems(done)
    [contact] = await office.items("/v1/contacts", customer_id=customer["id"], is_authorized="true")
    assert (contact["authorized_from"], contact["authorized_to"]) == ("2026-01-01", "2026-12-31")
    assert (contact["authorized_by"], contact["version"]) == ("admin-1", 2)
    assert await office.types(contact) == ["contact.created", "contact.authorized"]
    [granted] = await office.items(f"/v1/contacts/{contact['id']}/authorizations")
    assert (granted["from_on"], granted["to_on"], granted["note"]) == (
        "2026-01-01",
        "2026-12-31",
        "授权书 3 号",
    )
    assert counts(await imports.done("contacts", file)) == (0, 0, 2, 0)
    longer = await imports.done("contacts", HEADING + f"{start},2027-01-01,2027-12-31,\n")
    assert counts(longer) == (0, 1, 0, 0)
    now = await office.get(f"/v1/contacts/{contact['id']}")
    assert (now["authorized_from"], now["authorized_to"]) == ("2026-01-01", "2027-12-31")


async def test_a_withdrawn_authorisation_is_not_brought_back(office: Office, imports: Importing):
    customer = await office.customer()
    file = HEADING + f"{customer['code']},李伟,li@bank.example,,,,2026-01-01,2026-12-31,\n"
    await imports.done("contacts", file)
    [contact] = await office.items("/v1/contacts", customer_id=customer["id"])
    await office.act("/v1/contacts", contact, "withdrawAuthorization", reason="left the team")
    again = await imports.done("contacts", file)
    [told] = await imports.problems(again)
    assert (again["state"], told["column"], told["code"]) == (
        "failed",
        "authorized_from",
        "import-authorization-withdrawn",
    )
    assert (await office.get(f"/v1/contacts/{contact['id']}"))["is_authorized"] is False


async def test_mistakes_about_people_are_told_row_by_row(office: Office, imports: Importing):
    customer, foreign = await office.customer(), await office.site(await office.customer())
    for _ in range(2):
        await office.contact(customer, name="赵敏", email="zhao@bank.example")
    start = customer["code"]
    file = "客户编码,姓名,电子邮箱,手机,角色,授权开始日期,授权结束日期,授权依据,现场编码\n" + "".join(
        [
            "NONE,甲,a@b.example,,,,,,\n",
            f"{start},,b@b.example,,,,,,\n",
            f"{start},丙,no address,,,,,,\n",
            f"{start},丁,,1234,,,,,\n",
            f"{start},戊,,,,,,,\n",
            f"{start},己,c@b.example,,boss,,,,\n",
            f"{start},庚,d@b.example,,,2026-05-01,2026-04-01,,\n",
            f"{start},辛,e@b.example,,,2025-01-01,2026-01-01,,\n",
            f"{start},壬,f@b.example,,,,,letter,\n",
            f"{start},癸,g@b.example,,,,,,{foreign['code']}\n",
            f"{start},赵敏,zhao@bank.example,,,,,,\n",
            f"{start},子,,138 0013 8002,,,,,\n",
            f"{start},子,h@b.example,+8613800138002,,,,,\n",
        ]
    )
    done = await imports.done("contacts", file)
    assert (done["state"], done["wrong_count"]) == ("failed", 12)
    assert [(one["row"], one["column"], one["code"]) for one in await imports.problems(done)] == [
        (2, "customer_code", "import-customer-unknown"),
        (3, "name", "import-value-missing"),
        (4, "email", "import-value-email"),
        (5, "mobile", "phone-unreadable"),
        (6, "email", "import-contact-unreachable"),
        (7, "roles", "import-value-choice"),
        (8, "authorized_to", "authorization-period-empty"),
        (9, "authorized_to", "authorization-over"),
        (10, "authorization_note", "import-authorization-undated"),
        (11, "site_code", "import-site-unknown"),
        (12, "email", "import-contact-ambiguous"),
        (14, None, "import-row-twice"),
    ]
    assert len(await office.items("/v1/contacts", customer_id=customer["id"])) == 2


async def test_no_event_and_no_trail_names_a_person(office: Office, imports: Importing):
    customer, name = await office.customer(), f"李伟{code('P')}"
    file = HEADING + f"{customer['code']},{name},li.wei@bank.example,13800138007,,,2026-01-01,,说明 {name}\n"
    await imports.done("contacts", file)
    await imports.done("contacts", file.replace("13800138007", "13800138008"))
    rows = await office.rows("SELECT payload::text AS told, headers::text AS more FROM outbox")
    trail = await office.rows("SELECT to_jsonb(a)::text AS told FROM audit_entry a")
    for trace in (name, "li.wei@bank.example", "1380013800"):
        assert all(trace not in str(list(row.values())) for row in [*rows, *trail])
