"""Products and parts from a file: by the rules and with the events of those told by hand, known by number."""

from .importing import Importing, counts
from .office import Json, Office, code

PRODUCTS = "产品编码,名称,英文名称,制造商,技术类别,第三方产品,原厂服务条款,原厂条款编号\n"
PARTS = "部件编号,名称,英文名称,关键部件,按序列号管理,单价,币种,采购周期(天),年故障率,替代部件编号,适用产品\n"
OWN = {"id", "code", "number", "created_at", "updated_at"}


def alike(one: Json, other: Json) -> bool:
    return {k: v for k, v in one.items() if k not in OWN} == {k: v for k, v in other.items() if k not in OWN}


async def test_products_come_in_as_by_hand(office: Office, imports: Importing):
    number = code("UPS")
    names = {"name_zh": "电源", "name_en": "UPS", "maker": "Northern Power Works"}
    told = {"reference": "NPW-7", "summary": "Return to depot."}
    by_hand = await office.create(
        "/v1/products", code=code("UPS"), **names, is_third_party=True, manufacturer_terms=told
    )
    file = PRODUCTS + f"{number.lower()},电源,UPS,Northern Power Works,,是,Return to depot.,NPW-7\n"
    done = await imports.done("products", file)
    assert (done["state"], counts(done)) == ("succeeded", (1, 0, 0, 0)), await imports.problems(done)
    [made] = await office.items("/v1/products", code=number)
    assert alike(made, by_hand)
    assert await office.types(made) == ["product.created"]
    assert await office.audited(made) == await office.audited(by_hand)
    assert counts(await imports.done("products", file)) == (0, 0, 1, 0)
    changed = await imports.done("products", PRODUCTS + f"{number},电源,UPS 2,Northern Power Works,,,,\n")
    assert counts(changed) == (0, 1, 0, 0)
    [now] = await office.items("/v1/products", code=number)
    assert (now["name_en"], now["is_third_party"], now["manufacturer_terms"]) == ("UPS 2", True, told)
    assert await office.types(now) == ["product.created", "product.updated"]


async def test_mistakes_about_products_are_told_row_by_row(office: Office, imports: Importing):
    one = code("UPS")
    file = PRODUCTS + "".join(
        [
            f"{one},电源,UPS,NPW,,maybe,,\n",
            "no code!,电源,UPS,NPW,,,,\n",
            f"{code('UPS')},电源,,NPW,,,,\n",
            f"{code('UPS')},电源,UPS,NPW,,,,NPW-7\n",
            f"{one.lower()},电源,UPS,NPW,,,,\n",
        ]
    )
    done = await imports.done("products", file)
    assert [(told["row"], told["column"], told["code"]) for told in await imports.problems(done)] == [
        (2, "is_third_party", "import-value-choice"),
        (3, "code", "import-value-code"),
        (4, "name_en", "import-value-missing"),
        (5, "manufacturer_terms_reference", "import-terms-unsaid"),
        (6, None, "import-row-twice"),
    ]
    assert await office.items("/v1/products", code=one) == []


async def test_parts_come_in_as_by_hand_with_what_supersedes_them(office: Office, imports: Importing):
    fits = [await office.product() for _ in range(2)]
    old, new = code("PM"), code("PM")
    codes = ";".join(one["code"].lower() for one in fits)
    file = (
        PARTS
        + f'{new},模块,Module,是,是,"1,250.50",cny,45,0.02,,{codes}\n'
        + f"{old},模块,Module,,是,,,,,{new.lower()},\n"
    )
    done = await imports.done("parts", file)
    assert (done["state"], counts(done)) == ("succeeded", (2, 0, 0, 0)), await imports.problems(done)
    [made] = await office.items("/v1/parts", number=new)
    [before] = await office.items("/v1/parts", number=old)
    by_hand = await office.create(
        "/v1/parts",
        number=code("PM"),
        name_zh="模块",
        name_en="Module",
        is_key_part=True,
        is_serialised=True,
        unit_price={"amount": "1250.50", "currency": "CNY"},
        lead_time_days=45,
        annual_failure_rate=0.02,
        compatible_product_ids=[one["id"] for one in fits],
    )
    assert alike(made, by_hand)
    assert await office.audited(made) == await office.audited(by_hand)
    seen = (before["superseded_by_id"], before["lead_time_days"], before["unit_price"])
    assert seen == (made["id"], 30, None)
    assert await office.types(before) == ["part.created"]
    planned = await office.rows("SELECT part_id::text AS id FROM planned_part")
    assert {made["id"], before["id"], by_hand["id"]} <= {row["id"] for row in planned}
    assert counts(await imports.done("parts", file)) == (0, 0, 2, 0)
    other = ",".join(reversed(codes.split(";")))
    same = await imports.done("parts", PARTS + f'{new},模块,Module,,,,,,,,"{other}"\n')
    assert counts(same) == (0, 0, 1, 0)
    dearer = await imports.done("parts", PARTS + f"{new},模块,Module,,,1300,CNY,,,,\n")
    assert counts(dearer) == (0, 1, 0, 0)
    now = await office.get(f"/v1/parts/{made['id']}")
    assert now["unit_price"] == {"amount": "1300.00", "currency": "CNY"}


async def test_mistakes_about_parts_are_told_row_by_row(office: Office, imports: Importing):
    known, names = await office.part(is_serialised=True), "模块,Module"
    rows = [
        f"{code('P')},{names},,,12.345,CNY,,,,\n",
        f"{code('P')},{names},,,12.30,,,,,\n",
        f"{code('P')},{names},,,1,Yuan,,,,\n",
        f"{code('P')},{names},,,,,1.5,,,\n",
        f"{code('P')},{names},,,,,9999,,,\n",
        f"{code('P')},{names},,,,,,-1,,\n",
        f"{code('P')},{names},,,,,,,NOWHERE,\n",
        f"{code('P')},{names},,,,,,,,NONE\n",
        f"{known['number']},{names},,否,,,,,,\n",
        f"{known['number']},{names},,,,,,,{known['number']},\n",
    ]
    before = await office.rows("SELECT id, version FROM part ORDER BY id")
    done = await imports.done("parts", PARTS + "".join(rows), dry_run="true")
    found = {(told["row"], told["column"], told["code"]) for told in await imports.problems(done)}
    assert found == {
        (2, "unit_price", "import-value-amount"),
        (3, "unit_price", "import-price-incomplete"),
        (4, "currency", "import-value-currency"),
        (5, "lead_time_days", "import-value-whole"),
        (6, "lead_time_days", "import-value-range"),
        (7, "annual_failure_rate", "import-value-range"),
        (8, "superseded_by", "import-successor-unknown"),
        (9, "compatible_products", "import-product-unknown"),
        (10, "is_serialised", "import-part-told-apart"),
        (11, "superseded_by", "supersession-cycle"),
        (11, None, "import-row-twice"),
    }
    assert all(told["reason"] for told in await imports.problems(done))
    assert await office.rows("SELECT id, version FROM part ORDER BY id") == before


async def test_a_circle_is_found_however_far_its_rows_are_apart(office: Office, imports: Importing):
    """With what is known, inside a batch of rows, and from one to another."""
    first, second, third = [await office.part() for _ in range(3)]

    def row(part: Json, by: Json) -> str:
        return f"{part['number']},{part['name_zh']},{part['name_en']},,,,,,,{by['number']},\n"

    between = "".join(f"{code('P')}-{n},模块,Module,,,,,,,,\n" for n in range(1_010))
    for gap in ("", between):
        file = PARTS + row(first, second) + row(second, third) + gap + row(third, first)
        dry = await imports.done("parts", file, dry_run="true")
        assert [told["code"] for told in await imports.problems(dry)] == ["supersession-cycle"]
    chained = PARTS + row(first, second) + between + row(second, third)
    done = await imports.done("parts", chained)
    assert (done["state"], counts(done)) == ("succeeded", (1_010, 2, 0, 0)), await imports.problems(done)
    assert counts(await imports.done("parts", chained)) == (0, 0, 1_012, 0)
    [told] = await imports.problems(await imports.done("parts", PARTS + row(third, first)))
    assert (told["column"], told["code"]) == ("superseded_by", "supersession-cycle")
