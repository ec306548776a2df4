"""Files that are staged when the data folder goes to another revision are carried along, row by row."""

from .importing import Importing, counts
from .migrating import back
from .office import Office, code

NAMES = 'SELECT name, "row", is_unique FROM import_name WHERE import_id = \'{id}\' ORDER BY "row", name'
ROWS = 'SELECT "row", values, outcome FROM import_row WHERE import_id = \'{id}\' ORDER BY "row"'


async def test_rows_and_what_they_are_called_by_come_through_0010(office: Office, imports: Importing):
    """A checked file goes back to when each row held its own key, and forth; then it is written."""
    codes = [code("OLD") for _ in range(3)]
    file = "code,name_zh,name_en,industry\n" + "".join(f"{one},银行,Bank,banking\n" for one in codes)
    dry = await imports.done("customers", file, dry_run="true")
    names, rows = [await office.rows(told.format(id=dry["id"])) for told in (NAMES, ROWS)]
    assert [(one["row"], one["is_unique"]) for one in names] == [(2, True), (3, True), (4, True)]
    late = code("OLD")
    await back(
        office,
        "0009",
        "UPDATE import_row SET key = NULL WHERE row = 4",
        "INSERT INTO import_row (import_id, row, values, outcome, key) SELECT import_id, 9, "
        f"replace(values::text, '{codes[0]}', '{late}')::jsonb, outcome, replace(key, '{codes[0]}', '{late}') "
        "FROM import_row WHERE row = 2",
    )
    now = await office.rows(NAMES.format(id=dry["id"]))
    assert now == [*names[:2], {**names[0], "name": names[0]["name"].replace(codes[0], late), "row": 9}]
    assert (await office.rows(ROWS.format(id=dry["id"])))[:3] == rows
    run = await office.act("/v1/imports", dry, "run")
    await imports.work()
    assert counts(await imports.get(run)) == (4, 0, 0, 0)
    assert len(await office.items("/v1/customers", code=late)) == 1


async def test_what_0010_did_not_know_goes_and_the_others_stay(office: Office, imports: Importing):
    """Going back forgets what only names by which rows call others; doubles are found as before."""
    site = await office.site(await office.customer())
    asset = await office.asset(site)
    [product] = [await office.get(f"/v1/products/{asset['product_id']}")]
    part, customer = await office.part(), (await office.get(f"/v1/customers/{site['customer_id']}"))["code"]
    inside = (
        "product_code,asset_serial_number,part_number,position\n"
        f"{product['code']},{asset['serial_number']},{part['number']},slot 1\n"
    )
    people = f"customer_code,name,email\n{customer},李伟,li@bank.example\n"
    sites = f"customer_code,code,name,address,city\n{customer},{code('S')},现场,世纪大道18号,上海\n"
    gone = [
        await imports.done(kind, file, dry_run="true")
        for kind, file in (("components", inside), ("contacts", people))
    ]
    kept = await imports.done("sites", sites, dry_run="true")
    in_ = await imports.done("components", inside)
    assert in_["state"] == "succeeded", await imports.problems(in_)
    await back(office, "0010", f"UPDATE import SET wrong_count = wrong_count WHERE id = '{kept['id']}'")
    for one in (*gone, in_):
        assert await office.rows(f"SELECT 1 AS n FROM import WHERE id = '{one['id']}'") == []
        assert await office.rows(ROWS.format(id=one["id"])) == []
    stays = f"SELECT position FROM component WHERE asset_id = '{asset['id']}'"
    assert await office.rows(stays) == [{"position": "slot 1"}]
    run = await office.act("/v1/imports", kept, "run")
    await imports.work()
    assert counts(await imports.get(run)) == (1, 0, 0, 0)
    again = await imports.done("components", inside)
    assert counts(again) == (0, 0, 1, 0)


async def test_staged_people_of_before_are_let_go_by_0013(office: Office, imports: Importing):
    """A file of contacts that was written or refused keeps nothing; one that waits keeps its rows."""
    customer = await office.customer()
    people = f"customer_code,name,email\n{customer['code']},李伟,li@bank.example\n"
    waits = await imports.done("contacts", people, dry_run="true")
    wrong = await imports.done("contacts", people + f"{customer['code']},王芳,no address\n", dry_run="true")
    staged = "INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, '{1}')"
    row = f'{{"import_id": "{wrong["id"]}", "row": 2, "values": {{}}, "outcome": "new"}}'
    await back(
        office,
        "0012",
        staged.format("import_row", row),
        f"UPDATE import_problem SET value = 'no address' WHERE import_id = '{wrong['id']}'",
    )
    assert len(await office.rows(ROWS.format(id=waits["id"]))) == 1
    assert await office.rows(ROWS.format(id=wrong["id"])) == []
    assert [told["value"] for told in await imports.problems(wrong)] == [""]
