"""What a file holds of people is gone once nothing more comes of it, and erasing a person reaches what waits."""

from datetime import timedelta

import pytest

from .importing import Importing, counts
from .office import Json, Office, code

HEADING = "客户编码,姓名,电子邮箱,手机,角色\n"
STAGED = ("import_part", "import_row", "import_name", "import_problem")


async def staged(office: Office, job: Json) -> dict[str, int]:
    """How much is kept of a file, by table."""
    found = {}
    for table in STAGED:
        [row] = await office.rows(f"SELECT count(*) AS n FROM {table} WHERE import_id = '{job['id']}'")
        found[table] = row["n"]
    return found


async def traces(office: Office) -> str:
    """Everything that is staged, of whatever file."""
    found = await office.rows("SELECT convert_from(content, 'UTF8') AS told FROM import_part")
    for table in STAGED[1:]:
        found += await office.rows(f"SELECT to_jsonb(t)::text AS told FROM {table} t")
    return "\n".join(row["told"] for row in found)


class People:
    """A customer, somebody of it who is known, and files that name them."""

    def __init__(self, customer: Json, contact: Json) -> None:
        self.customer, self.contact = customer, contact

    def row(self, name: str, email: str = "", mobile: str = "", roles: str = "") -> str:
        return f"{self.customer['code']},{name},{email},{mobile},{roles}\n"


@pytest.fixture
async def people(office: Office) -> People:
    customer = await office.customer()
    phones = [{"kind": "mobile", "number": "138 0013 8055"}]
    contact = await office.contact(customer, name="赵敏", email="zhao@bank.example", phones=phones)
    return People(customer, contact)


async def test_nothing_of_a_person_is_staged_once_the_file_is_in(
    office: Office, imports: Importing, people: People
):
    name = f"李{code('P')}"
    done = await imports.done("contacts", HEADING + people.row(name, "li@bank.example", "13800138001"))
    assert done["state"] == "succeeded"
    assert set((await staged(office, done)).values()) == {0}
    assert name not in await traces(office)


@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_a_refused_file_keeps_its_problems_and_no_excerpt(
    office: Office, imports: Importing, people: People, dry_run: str
):
    name = f"李{code('P')}"
    file = HEADING + people.row(name, "no address") + people.row(name, "", "", f"{name} 13800138001")
    done = await imports.done("contacts", file, dry_run=dry_run)
    assert done["wrong_count"] == 2
    told = await imports.problems(done)
    assert [(one["row"], one["code"], one["value"]) for one in told] == [
        (2, "import-value-email", ""),
        (3, "import-value-choice", ""),
    ]
    assert await staged(office, done) == {**dict.fromkeys(STAGED, 0), "import_problem": 2}
    assert name not in await traces(office)


async def test_a_checked_file_waits_three_days_and_goes_when_it_is_cancelled(
    office: Office, imports: Importing, people: People
):
    dry = await imports.done("contacts", HEADING + people.row("李伟", "li@bank.example"), dry_run="true")
    assert await staged(office, dry) == {**dict.fromkeys(STAGED, 0), "import_row": 1, "import_name": 1}
    waits = f"SELECT expires_at - state_changed_at AS days FROM import WHERE id = '{dry['id']}'"
    assert await office.rows(waits) == [{"days": timedelta(days=3)}]
    await office.act("/v1/imports", dry, "cancel")
    assert set((await staged(office, dry)).values()) == {0}


async def test_a_file_of_things_is_kept_as_before(office: Office, imports: Importing):
    file = f"code,name_zh,name_en,industry\n{code('C')},银行,Bank,banking\n"
    done = await imports.done("customers", file)
    assert (await staged(office, done))["import_row"] == 1


@pytest.mark.parametrize(
    "told",
    [("赵敏", "Zhao@bank.example"), ("另一人", "zhao@bank.example"), ("赵敏", "", "+86 138 0013 8055")],
)
async def test_erasing_ends_a_checked_file_that_names_the_person(
    office: Office, imports: Importing, people: People, told: tuple[str, ...]
):
    file = HEADING + people.row("李伟", "li@bank.example") + people.row(*told)
    dry = await imports.done("contacts", file, dry_run="true")
    other = await imports.done("contacts", HEADING + people.row("王芳", "wang@bank.example"), dry_run="true")
    await office.act("/v1/contacts", people.contact, "erase", ground="requested", reference="REQ-7")
    ended = await imports.get(dry)
    assert (ended["state"], ended["failure"]["code"]) == ("failed", "import-names-erased")
    assert "3" in ended["failure"]["reason"]
    assert set((await staged(office, dry)).values()) == {0}
    assert (await office.types(dry))[-1] == "import.failed"
    assert (await imports.get(other))["allowed_actions"] == other["allowed_actions"]
    assert "zhao@" not in await traces(office)


async def test_a_file_that_waited_finds_who_was_erased(office: Office, imports: Importing, people: People):
    """It was sent before; the row is told, and whoever was erased is not made known again."""
    file = HEADING + people.row("李伟", "li@bank.example") + people.row("赵敏", "", "13800138055")
    sent = await imports.send("contacts", file)
    await office.act("/v1/contacts", people.contact, "erase", ground="requested", reference="REQ-7")
    await imports.work()
    done = await imports.get(sent)
    assert (done["state"], counts(done)) == ("failed", (1, 0, 0, 1))
    [told] = await imports.problems(done)
    assert (told["row"], told["code"], told["other_row"]) == (3, "import-row-erased", None)
    known = await office.items("/v1/contacts", customer_id=people.customer["id"])
    assert [one["state"] for one in known] == ["erased"]
    assert await staged(office, done) == {**dict.fromkeys(STAGED, 0), "import_problem": 1}
    assert "赵敏" not in await traces(office)
