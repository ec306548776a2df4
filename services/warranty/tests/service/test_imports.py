"""Imports: a file is checked row by row, taken as a whole or not at all, and nothing is done twice."""

import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from common.context import system
from common.sweeps import sweep_now
from warranty.commands.imports import claims, writing
from warranty.policy import IMPORT_ATTEMPTS
from warranty.sweeps.imports import SWEEPS

from .importing import XLSX, Importing, counts, sheets_of, workbook
from .office import Office, code

EN = "code,name_zh,name_en,industry,tier\n"
ZH = "客户编码,客户名称,英文名称,行业,客户等级\n"
LEASE = claims.LEASE + timedelta(seconds=1)


def customers(*codes: str, tier: str = "key") -> str:
    return EN + "".join(f"{one},浦东银行,Pudong Bank,banking,{tier}\n" for one in codes)


ROW = ("银行", "Pudong Bank", "banking", "重点")
WRITTEN = {
    "utf-8": lambda one: (ZH + f"{one},{','.join(ROW)}\n").encode(),
    "utf-8 with a mark": lambda one: (ZH + f"{one},{','.join(ROW)}\n").encode("utf-8-sig"),
    "gb18030": lambda one: (ZH + f"{one},{','.join(ROW)}\n").encode("gb18030"),
    "utf-16 with tabs": lambda one: (ZH + f"{one},{','.join(ROW)}\n").replace(",", "\t").encode("utf-16"),
    "semicolons": lambda one: (ZH + f"{one},{','.join(ROW)}\n").replace(",", ";").encode(),
    "a hint for Excel": lambda one: (
        "sep=;\r\n" + (ZH + f"{one},{','.join(ROW)}\n").replace(",", ";")
    ).encode(),
    "quotes and CRLF": lambda one: (
        (ZH + f'"{one}","银行","Pudong Bank",banking,"key"').replace("\n", "\r\n").encode()
    ),
    "blank rows": lambda one: ("\n\n" + ZH + f"\n{one},{','.join(ROW)}\n\n,,,,\n").encode(),
    "xlsx": lambda one: workbook(ZH.strip().split(","), (one, *ROW)),
}


@pytest.mark.parametrize("form", WRITTEN)
async def test_customers_come_in_however_the_file_is_written(office: Office, imports: Importing, form: str):
    one = code("IMP")
    media = XLSX if form == "xlsx" else "text/csv"
    done = await imports.done("customers", WRITTEN[form](one), media=media)
    assert (done["state"], counts(done), done["failure"]) == ("succeeded", (1, 0, 0, 0), None)
    assert done["progress"] == {"rows_done": 1, "rows_total": 1, "percent": 100}
    [customer] = await office.items("/v1/customers", code=one)
    assert (customer["name_zh"], customer["tier"], customer["created_by"]) == ("银行", "key", "admin-1")
    assert await office.types(customer) == ["customer.created"]
    assert await office.audited(customer) == ["customer.create"]


@pytest.mark.parametrize("charset", ["gb18030", "GBK", '"GB18030"', "utf-8; header=present", "UTF-8"])
@pytest.mark.parametrize("mark", [False, True], ids=["plain", "marked"])
async def test_a_file_is_read_in_what_it_is_said_to_be_written_in(
    office: Office, imports: Importing, charset: str, mark: bool
):
    one, is_unicode = code("IMP"), charset.lower().startswith("utf")
    text = ZH + f"{one},{','.join(ROW)}\n"
    content = text.encode(("utf-8-sig" if mark else "utf-8") if is_unicode else "gb18030")
    done = await imports.done("customers", content, media=f"text/csv; charset={charset}")
    assert (done["state"], done["encoding"]) == ("succeeded", "utf-8" if is_unicode else "gb18030")
    [customer] = await office.items("/v1/customers", code=one)
    assert customer["name_zh"] == "银行"


async def test_the_senders_word_on_the_encoding_goes_before_a_guess(office: Office, imports: Importing):
    """These two bytes are a letter in UTF-8 and a Chinese character in GB18030."""
    one = code("IMP")
    content = EN.encode() + f"{one},".encode() + b"\xc4\xa3" + b",Pudong Bank,banking,key\n"
    done = await imports.done("customers", content, media="text/csv; charset=gb18030")
    assert done["state"] == "succeeded"
    [customer] = await office.items("/v1/customers", code=one)
    assert customer["name_zh"] == "模"


@pytest.mark.parametrize(
    ("charset", "content", "expected"),
    [
        ("utf-8", ZH.encode("gb18030"), (422, "import-encoding-differs")),
        ("gb18030", b"\xff\xff", (422, "import-encoding-differs")),
        ("big5", ZH.encode(), (415, "unsupported-media-type")),
    ],
)
async def test_an_encoding_that_is_not_so_or_not_taken_is_refused(
    office: Office, imports: Importing, charset: str, content: bytes, expected: tuple[int, str]
):
    before = await office.everything()
    status, problem = await imports.refused("customers", content, media=f"text/csv; charset={charset}")
    assert (status, problem["code"]) == expected
    if status == 415:
        assert problem["charsets"] == ["utf-8", "gb18030", "gbk"]
        assert "gb18030" in problem["detail"]
    assert await office.everything() == before


async def test_headings_are_found_below_a_title(imports: Importing):
    one = code("IMP")
    content = f"客户清单;;;;\n\n制表;2026-03-01;;;\n{ZH.replace(',', ';')}{one};{';'.join(ROW)}\nA B;a;b;c;\n"
    dry = await imports.done("customers", content, dry_run="true")
    assert (counts(dry), dry["sheet"], dry["heading_row"]) == ((1, 0, 0, 1), None, 4)
    [told] = await imports.problems(dry)
    assert (told["row"], told["column"]) == (6, "code")


async def test_the_sheet_with_the_headings_is_read_behind_a_cover(office: Office, imports: Importing):
    one, heading = code("IMP"), ZH.strip().split(",")
    cover = [("客户清单", None), ("编制", "服务台")]
    data = [("客户",), heading, (one, *ROW)]
    content = sheets_of({"封面": cover, "旧客户": data, "客户": data, "说明": []}, hidden=["旧客户"])
    done = await imports.done("customers", content, media=XLSX)
    assert (done["state"], counts(done)) == ("succeeded", (1, 0, 0, 0))
    assert (done["sheet"], done["heading_row"]) == ("客户", 2)
    assert len(await office.items("/v1/customers", code=one)) == 1


async def test_what_sheet_and_row_are_meant_is_said_where_it_is_not_plain(office: Office, imports: Importing):
    heading = ZH.strip().split(",")
    both = sheets_of({"上海": [heading, ("A", *ROW)], "北京": [heading, ("B", *ROW)]})
    status, problem = await imports.refused("customers", both, media=XLSX)
    assert (status, problem["code"], problem["sheets"]) == (422, "import-sheets-several", ["上海", "北京"])
    short = sheets_of({"封面": [("客户",)], "客户": [("2026",), ("客户编码", "行业"), ("A", "banking")]})
    status, problem = await imports.refused("customers", short, media=XLSX)
    assert (status, problem["code"], problem["sheet"], problem["row"]) == (
        422,
        "import-columns-missing",
        "客户",
        2,
    )
    assert "row 2 of sheet “客户”; it lacks: Name (Chinese) (name_zh)" in problem["detail"]
    assert await office.items("/v1/imports") == []


async def test_each_step_is_told(office: Office, imports: Importing):
    done = await imports.done("customers", customers(code("IMP")))
    told = await office.published(done)
    assert [event["type"] for event in told] == [
        f"import.{step}" for step in ("queued", "checking_begun", "checked", "started", "succeeded")
    ]
    assert (told[-1]["new_count"], told[-1]["row_count"], told[-1]["kind"]) == (1, 1, "customers")
    assert await office.audited(done) == [
        f"import.{step}" for step in ("create", "check", "report", "run", "succeed")
    ]


async def test_a_dry_run_changes_nothing_until_it_is_run(office: Office, imports: Importing):
    one = code("IMP")
    dry = await imports.done("customers", customers(one), dry_run="true")
    assert (dry["state"], counts(dry), dry["allowed_actions"]) == ("checked", (1, 0, 0, 0), ["run", "cancel"])
    assert await office.items("/v1/customers", code=one) == []
    running = await office.act("/v1/imports", dry, "run")
    assert (running["state"], running["is_dry_run"]) == ("running", False)
    await imports.work()
    assert (await imports.get(dry))["state"] == "succeeded"
    assert len(await office.items("/v1/customers", code=one)) == 1


async def test_a_file_with_a_wrong_row_changes_nothing(office: Office, imports: Importing):
    good, bad = code("IMP"), code("IMP")
    done = await imports.done("customers", customers(good) + f"{bad},,Bank,banking,gold\n")
    assert (done["state"], counts(done), done["problem_count"]) == ("failed", (1, 0, 0, 1), 2)
    assert done["failure"]["code"] == "import-has-problems"
    assert done["failure"]["reason"].startswith("1 rows are wrong")
    assert await office.items("/v1/customers", code=good) == []
    assert [
        (one["row"], one["column"], one["code"], one["value"]) for one in await imports.problems(done)
    ] == [
        (3, "name_zh", "import-value-missing", ""),
        (3, "tier", "import-value-choice", "gold"),
    ]
    assert await office.types(done) == ["import.queued", "import.checking_begun", "import.failed"]


async def test_problems_are_told_in_the_readers_language_and_as_a_table(office: Office, imports: Importing):
    done = await imports.done("customers", customers("=1+1"), dry_run="true")
    [english] = await imports.problems(done)
    assert (english["heading"], english["pointer"]) == ("Code", "#/2/code")
    assert english["reason"].startswith("A code begins with a letter")
    path, chinese = f"/v1/imports/{done['id']}/problems", {"Accept-Language": "zh-CN"}
    [told] = (await office.client.get(path, headers=chinese)).json()["items"]
    assert (told["heading"], told["reason"][:2]) == ("客户编码", "编码")
    answer = await office.client.get(f"{path}:export", headers={**chinese, "Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.text.startswith("\ufeff行,列,问题,内容,代码\r\n2,客户编码,")
    assert ",'=1+1,import-value-code\r\n" in answer.text
    plain = await office.get(f"{path}:export", bom="false")
    assert plain["text"].startswith("Row,Column,Problem,Value,Code\r\n")


async def test_problems_are_paged_by_row(office: Office, imports: Importing):
    done = await imports.done("customers", EN + "".join(f"A {n},甲,A,b,\n" for n in range(5)), dry_run="true")
    first = await office.get(f"/v1/imports/{done['id']}/problems", limit=3)
    second = await office.get(f"/v1/imports/{done['id']}/problems", limit=3, cursor=first["next_cursor"])
    assert [one["row"] for one in first["items"] + second["items"]] == [2, 3, 4, 5, 6]
    assert (await office.client.get(f"/v1/imports/{uuid4()}/problems")).status_code == 404


async def test_a_second_import_changes_nothing_and_a_third_what_differs(office: Office, imports: Importing):
    one, two = code("IMP"), code("IMP")
    await imports.done("customers", customers(one, two))
    before = await office.everything()
    again = await imports.done("customers", customers(one, two))
    assert (again["state"], counts(again)) == ("succeeded", (0, 0, 2, 0))
    [customer] = await office.items("/v1/customers", code=one)
    assert (customer["version"], await office.types(customer)) == (1, ["customer.created"])
    after = await office.everything()
    assert (after["outbox"] - before["outbox"], after["audit"] - before["audit"]) == (5, 5)
    changed = await imports.done(
        "customers", customers(one, tier="strategic") + f"{two},浦东银行,Pudong Bank,banking,\n"
    )
    assert counts(changed) == (0, 1, 1, 0)
    [customer] = await office.items("/v1/customers", code=one)
    assert (customer["tier"], customer["version"]) == ("strategic", 2)
    assert (await office.published(customer))[-1]["previous"] == {"tier": "key"}


async def test_a_double_in_the_file_is_told_with_both_rows(imports: Importing):
    one = code("IMP")
    done = await imports.done("customers", customers(one, code("IMP"), one))
    assert (done["state"], counts(done)) == ("failed", (2, 0, 0, 1))
    [told] = await imports.problems(done)
    assert (told["row"], told["other_row"], told["code"]) == (4, 2, "import-row-twice")
    assert told["reason"].startswith("Row 2 is about the same thing")


SITE = "customer_code,code,name,address,city,latitude,longitude,distance_km,locality\n"


async def test_sites_come_in_under_their_customers(office: Office, imports: Importing):
    customer = await office.customer()
    one, two = code("SITE"), code("SITE")
    file = SITE + f"{customer['code']},{one},浦东机房,世纪大道18号,上海,31.2304,121.4737,,\n"
    file += f"{customer['code']},{two},苏州,1 Road,Suzhou,,,84.5,外地\n"
    done = await imports.done("sites", file)
    assert (done["state"], counts(done)) == ("succeeded", (2, 0, 0, 0))
    [first] = await office.items("/v1/sites", code=one)
    [second] = await office.items("/v1/sites", code=two)
    assert first["position"] == {"latitude": 31.2304, "longitude": 121.4737}
    assert (second["distance_km"], second["locality"], second["customer_id"]) == (
        84.5,
        "out_of_town",
        customer["id"],
    )
    assert await office.types(first) == ["site.created"]
    assert counts(await imports.done("sites", file)) == (0, 0, 2, 0)
    moved = file.replace("世纪大道18号", "张江路1号")
    assert counts(await imports.done("sites", moved)) == (0, 1, 1, 0)
    assert (await office.get(f"/v1/sites/{first['id']}"))["address"] == "张江路1号"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_comma_in_an_address_moves_nothing_to_another_column(
    office: Office, imports: Importing, form: str
):
    customer, one = await office.customer(), code("SITE")
    heading = ["客户编码", "现场编码", "现场名称", "地址", "城市"]
    row = [customer["code"], one, "分行", "世纪大道18号", "3楼", "上海"]
    text = ",".join(heading) + "\n" + ",".join(row) + "\n"
    content, media = (workbook(heading, row), XLSX) if form == "xlsx" else (text, "text/csv")
    done = await imports.done("sites", content, media=media)
    assert (done["state"], counts(done)) == ("failed", (0, 0, 0, 1))
    [told] = await imports.problems(done)
    assert (told["row"], told["code"], told["column"], told["value"]) == (2, "import-row-long", None, "上海")
    assert told["reason"].startswith("There are 5 headings, and 1 filled cell(s) beyond them")
    assert await office.items("/v1/sites", code=one) == []
    tidy = [*row[:4], "上海"]
    sound = ",".join(heading) + "\n" + ",".join(tidy) + ",, \n"
    blank = workbook(heading, [*tidy, None, " "]) if form == "xlsx" else sound
    assert counts(await imports.done("sites", blank, media=media)) == (1, 0, 0, 0)


async def test_a_site_of_nobody_is_told(imports: Importing):
    done = await imports.done("sites", SITE + "NOBODY,S-1,Branch,1 Road,Shanghai,,,,\n")
    [told] = await imports.problems(done)
    assert (told["column"], told["code"], told["value"]) == (
        "customer_code",
        "import-customer-unknown",
        "NOBODY",
    )


ASSET = "产品编码,序列号,客户编码,现场编码,合同编号,发货日期,安装日期\n"


async def test_assets_come_in_with_all_they_name(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site, other = await office.site(customer), await office.site(customer)
    contract = await office.contract(customer)
    serial = code("SN")
    row = f"{product['code']},{serial},{customer['code']},{{}},{{}},2025/1/15,2025年2月3日\n"
    file = ASSET + row.format(site["code"], contract["number"])
    done = await imports.done("assets", file)
    assert (done["state"], counts(done)) == ("succeeded", (1, 0, 0, 0)), await imports.problems(done)
    [asset] = await office.items("/v1/assets", serial_number=serial)
    assert (asset["site_id"], asset["contract_id"]) == (site["id"], contract["id"])
    assert (asset["shipped_on"], asset["installed_on"]) == ("2025-01-15", "2025-02-03")
    assert asset["state_changed_at"].startswith("2025-01-14T16:00")
    assert [one["id"] for one in await office.items("/v1/assets", q=serial)] == [asset["id"]]
    assert counts(await imports.done("assets", file)) == (0, 0, 1, 0)
    moved = await imports.done("assets", ASSET + row.format(other["code"], ""))
    assert counts(moved) == (0, 1, 0, 0)
    now = await office.get(f"/v1/assets/{asset['id']}")
    assert (now["site_id"], now["contract_id"]) == (other["id"], contract["id"])
    told = (await office.published(asset))[-1]
    assert (told["type"], told["previous"]) == ("asset.updated", {"site_id": site["id"]})


async def test_what_an_asset_names_has_to_be_there_and_fit(office: Office, imports: Importing):
    mine, other, product = await office.customer(), await office.customer(), await office.product()
    site, theirs = await office.site(mine), await office.site(other)
    contract = await office.contract(other)
    taken = await office.asset(theirs, product_id=product["id"])
    retired = await office.asset(site, product_id=product["id"])
    await office.act("/v1/assets", retired, "retire", reason="scrapped")
    rows = [
        ("NONE", "S1", mine["code"], site["code"], ""),
        (product["code"], "S2", "NONE", site["code"], ""),
        (product["code"], "S3", mine["code"], theirs["code"], ""),
        (product["code"], "S4", mine["code"], site["code"], "NONE"),
        (product["code"], "S5", mine["code"], site["code"], contract["number"]),
        (product["code"], taken["serial_number"], mine["code"], site["code"], ""),
        (product["code"], retired["serial_number"], mine["code"], site["code"], ""),
    ]
    file = "产品编码,序列号,客户编码,现场编码,合同编号,发货日期\n"
    done = await imports.done("assets", file + "".join(",".join(row) + ",2026-01-01\n" for row in rows))
    assert [(one["row"], one["code"]) for one in await imports.problems(done)] == [
        (2, "import-product-unknown"),
        (3, "import-customer-unknown"),
        (4, "import-site-unknown"),
        (5, "import-contract-unknown"),
        (6, "import-contract-of-another"),
        (7, "import-asset-of-another"),
        (8, "import-asset-retired"),
    ]
    assert (done["state"], done["wrong_count"]) == ("failed", 7)


async def test_no_asset_was_shipped_on_a_day_to_come(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site = await office.site(customer)
    file = "产品编码,序列号,客户编码,现场编码,发货日期,安装日期\n"
    row = f"{product['code']},{{}},{customer['code']},{site['code']},{{}}\n"
    failed = await imports.done(
        "assets", file + row.format("S1", "2026-03-02,2026-03-03") + row.format("S2", "2026-03-02,")
    )
    [problem] = await imports.problems(failed)
    assert (problem["row"], problem["column"], problem["code"]) == (2, "installed_on", "import-day-ahead")
    assert failed["state"] == "failed"


async def test_a_serial_number_in_another_case_is_the_same_thing(office: Office, imports: Importing):
    customer, product, one = await office.customer(), await office.product(), code("SN")
    site = await office.site(customer)
    known = await office.asset(site, product_id=product["id"], serial_number=code("SN"))
    file = "产品编码,序列号,客户编码,现场编码\n"
    row = f"{product['code']},{{}},{customer['code']},{site['code']}\n"
    twice = await imports.done("assets", file + row.format(one) + row.format(one.lower()))
    [problem] = await imports.problems(twice)
    assert (problem["row"], problem["code"], problem["other_row"]) == (3, "import-row-twice", 2)
    again = await imports.done("assets", file + row.format(known["serial_number"].lower()))
    assert counts(again) == (0, 0, 1, 0)


async def test_days_in_a_row_follow_one_another(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site = await office.site(customer)
    known = await office.asset(site, product_id=product["id"], installed_on="2024-04-01")
    file = "产品编码,序列号,客户编码,现场编码,发货日期,到货日期,安装日期,验收日期,验收报告编号\n"
    row = f"{product['code']},{{}},{customer['code']},{site['code']},{{}}\n"
    failed = await imports.done(
        "assets",
        file
        + row.format("S1", "2024-05-01,2024-04-01,2024-03-01,,")
        + row.format("S2", "2024-05-01,2024-05-02,2024-05-09,2024-05-08,YS-1")
        + row.format(known["serial_number"], "2024-05-01,,,,")
        + row.format("S3", "2024-05-01,2024-05-01,2024-05-01,2024-05-01,YS-2"),
    )
    assert [(one["row"], one["column"], one["code"]) for one in await imports.problems(failed)] == [
        (2, "delivered_on", "import-days-disordered"),
        (3, "accepted_on", "import-days-disordered"),
        (4, "shipped_on", "import-days-disordered"),
    ]


ACCEPTED = "产品编码,序列号,客户编码,现场编码,合同编号,发货日期,验收日期,验收报告编号\n"


async def test_an_installed_base_comes_in_accepted_and_its_warranty_counts(
    office: Office, imports: Importing
):
    customer, product = await office.customer(), await office.product()
    site, contract = await office.site(customer), await office.contract(customer, warranty_months=36)
    known = await office.asset(site, product_id=product["id"], contract_id=contract["id"])
    row = f"{product['code']},{{}},{customer['code']},{site['code']},{contract['number']},2025/1/15,{{}}\n"
    new, told = code("SN"), "2025-02-03,YS-7"
    file = ACCEPTED + row.format(new, told) + row.format(known["serial_number"], told)
    dry = await imports.done("assets", file, dry_run="true")
    assert counts(dry) == (1, 1, 0, 0), await imports.problems(dry)
    done = await imports.done("assets", file)
    assert (done["state"], counts(done)) == ("succeeded", (1, 1, 0, 0))
    for serial in (new, known["serial_number"]):
        [asset] = await office.items("/v1/assets", serial_number=serial)
        assert (asset["state"], asset["acceptance_reference"]) == ("in_service", "YS-7")
        assert asset["accepted_at"] == "2025-02-02T16:00:00.000000Z"
        [term] = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
        assert (term["starts_on"], term["ends_on"]) == ("2025-02-03", "2028-02-03")
        assert "asset.acceptance_recorded" in await office.types(asset)
    assert counts(await imports.done("assets", file)) == (0, 0, 2, 0)


async def test_an_imported_acceptance_is_corrected(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site, one = await office.site(customer), code("SN")
    row = f"{product['code']},{one},{customer['code']},{site['code']},,2024/1/15,{{}},YS-1\n"
    await imports.done("assets", ACCEPTED + row.format("2024-02-01"))
    [asset] = await office.items("/v1/assets", serial_number=one)
    told = {"accepted_at": "2024-03-01T02:00:00Z", "reason": "mistyped"}
    await office.act("/v1/assets", asset, "correctAcceptance", **told)
    assert counts(await imports.done("assets", ACCEPTED + row.format("2024-03-01"))) == (0, 0, 1, 0)


async def test_an_acceptance_that_cannot_be_is_said_by_its_row(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site = await office.site(customer)
    busy = await office.asset(site, product_id=product["id"])
    body = {"site_id": site["id"], "asset_ids": [busy["id"]], "specification": "TS"}
    await office.create("/v1/installations", **body)
    done = await office.asset(site, product_id=product["id"])
    before = {"accepted_at": "2025-02-03T02:00:00Z", "reference": "YS-1"}
    await office.act("/v1/assets", done, "recordAcceptance", **before)
    rows = [
        ("S1", "2025-02-03,"),
        ("S2", ",YS-7"),
        ("S3", "2025-01-14,YS-7"),
        ("S4", "2099-01-01,YS-7"),
        (busy["serial_number"], "2025-02-03,YS-7"),
        (done["serial_number"], "2025-02-04,YS-1"),
    ]
    start = f"{product['code']},{{}},{customer['code']},{site['code']},,2025/1/15,{{}}\n"
    failed = await imports.done("assets", ACCEPTED + "".join(start.format(*row) for row in rows))
    assert [(one["row"], one["code"]) for one in await imports.problems(failed)] == [
        (2, "import-acceptance-incomplete"),
        (3, "import-acceptance-incomplete"),
        (4, "import-accepted-early"),
        (5, "import-accepted-late"),
        (6, "import-acceptance-open"),
        (7, "import-accepted-otherwise"),
    ]


def inflating(size: int) -> bytes:
    """A workbook whose one sheet would be ``size`` bytes of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(size // 2**20):
                sheet.write(b" " * 2**20)
    return out.getvalue()


def truncated() -> bytes:
    return workbook(EN.strip().split(","), ("A", *ROW))[:-200]


def hollow() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook><broken")
    return out.getvalue()


UNREADABLE = [
    ("nothing", b"", "import-file-empty"),
    ("blank lines", b"\n , \n", "import-file-empty"),
    ("no rows", EN.encode(), "import-file-empty"),
    ("other columns", b"a,b,c\n1,2,3\n", "import-columns-missing"),
    ("a column twice", b"code,code,name_zh,name_en,industry\nA,A,B,C,D\n", "import-column-twice"),
    ("an open quote", (EN + '"A,B,C,D,\n').encode(), "import-file-malformed"),
    ("no encoding", EN.encode() + b"A,\xff\xff\xff,B,C,\n", "import-encoding-unknown"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "import-encoding-unknown"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "import-file-old-excel"),
    ("a cut workbook", truncated(), "import-file-no-workbook"),
    ("a hollow workbook", hollow(), "import-file-no-workbook"),
]


@pytest.mark.parametrize(
    ("content", "expected"), [one[1:] for one in UNREADABLE], ids=[one[0] for one in UNREADABLE]
)
async def test_what_cannot_be_read_is_refused_at_the_door(
    office: Office, imports: Importing, content: bytes, expected: str
):
    assert await at_the_door(office, imports, content) == (422, expected)


async def test_a_file_that_swells_is_refused_at_the_door(office: Office, imports: Importing):
    assert await at_the_door(office, imports, inflating(600 * 2**20)) == (422, "import-file-inflated")


async def at_the_door(office: Office, imports: Importing, content: bytes) -> tuple[int, str]:
    """The status and the code by which a file is refused, which leaves nothing behind."""
    before = await office.everything()
    status, problem = await imports.refused("customers", content)
    assert await office.items("/v1/imports") == []
    assert await office.everything() == before
    return status, problem["code"]


async def test_what_shows_only_further_down_ends_the_import(office: Office, imports: Importing):
    content = customers(*(code("IMP") for _ in range(1500))) + '"A,B\n'
    done = await imports.done("customers", content)
    assert (done["state"], done["failure"]["code"]) == ("failed", "import-file-malformed")
    assert await office.items("/v1/customers") == []


async def test_another_media_type_and_a_file_too_long_are_refused(imports: Importing, office: Office):
    status, problem = await imports.refused("customers", "{}", media="application/json")
    assert (status, problem["code"]) == (415, "unsupported-media-type")
    answer = await office.client.post(
        "/v1/imports?kind=customers",
        content=b"",
        headers={"Content-Type": "text/csv", "Content-Length": str(2**30)},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    status, _ = await imports.refused("dogs", customers("A"))
    assert status == 422


async def test_a_repeated_request_takes_the_file_once(office: Office):
    query, content = {"kind": "customers"}, customers(code("IMP")).encode()
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "imp-1"}
    first = await office.client.post("/v1/imports", params=query, content=content, headers=headers)
    second = await office.client.post("/v1/imports", params=query, content=content, headers=headers)
    assert first.json()["id"] == second.json()["id"]
    assert len(await office.items("/v1/imports")) == 1


async def test_imports_are_the_vendors_business(office: Office, imports: Importing, customer_of, connect):
    job = await imports.send("customers", customers(code("IMP")))
    customer = await customer_of(await office.customer())
    for path in ("/v1/imports", f"/v1/imports/{job['id']}", f"/v1/imports/{job['id']}/problems"):
        assert (await customer.get(path)).status_code == 403
    assert (await imports.post("customers", customers("X"), by=customer)).status_code == 403
    agent = await connect(sub="agent-1", roles=["agent"])
    assert (await agent.get(f"/v1/imports/{job['id']}")).status_code == 200
    assert (await imports.post("customers", customers("X"), by=agent)).status_code == 403


async def test_a_template_shows_the_columns(office: Office):
    told = await office.get("/v1/imports:template", kind="assets")
    assert told["text"].startswith("\ufeffProduct code,Serial number,Customer code,Site code,")
    assert [one["name"] for one in told["columns"] if one["is_key"]] == ["product_code", "serial_number"]
    answer = await office.client.get(
        "/v1/imports:template?kind=customers", headers={"Accept": "text/csv", "Accept-Language": "zh"}
    )
    assert answer.text.startswith("\ufeff客户编码,客户名称,英文名称,行业,")
    assert "customers.csv" in answer.headers["content-disposition"]


async def test_a_template_can_be_sent_as_it_is(office: Office, imports: Importing):
    told = await office.get("/v1/imports:template", kind="customers")
    assert counts(await imports.done("customers", told["text"], dry_run="true")) == (1, 0, 0, 0)


async def test_what_waits_or_was_checked_can_be_cancelled(office: Office, imports: Importing):
    one = code("IMP")
    job = await imports.send("customers", customers(one))
    cancelled = await office.act("/v1/imports", job, "cancel")
    assert (cancelled["state"], cancelled["allowed_actions"]) == ("cancelled", [])
    await imports.work()
    assert await office.items("/v1/customers", code=one) == []
    assert await office.types(job) == ["import.queued", "import.cancelled"]


async def test_a_finished_import_is_neither_run_nor_cancelled(office: Office, imports: Importing):
    done = await imports.done("customers", customers(code("IMP")))
    for action in ("run", "cancel"):
        status, problem = await office.refused(f"/v1/imports/{done['id']}:{action}")
        assert (status, problem["code"]) == (409, "invalid-state-transition")


async def test_a_file_with_problems_is_not_run(office: Office, imports: Importing):
    dry = await imports.done("customers", customers("A B"), dry_run="true")
    status, problem = await office.refused(f"/v1/imports/{dry['id']}:run")
    assert (status, problem["code"]) == (409, "import-has-problems")


async def test_a_customers_user_takes_no_action(office: Office, imports: Importing, customer_of):
    dry = await imports.done("customers", customers(code("IMP")), dry_run="true")
    user: httpx.AsyncClient = await customer_of(await office.customer())
    assert (await user.post(f"/v1/imports/{dry['id']}:run")).status_code == 403


async def claimed(imports: Importing) -> claims.Claim:
    """A run that takes the next import up and is never heard of again."""
    office = imports.office
    held = await office.database.run(system("warranty"), lambda s: claims.claim(s, office.clock()))
    assert held is not None
    return held


async def test_a_run_that_died_while_reading_is_begun_anew(office: Office, imports: Importing):
    one = code("IMP")
    job = await imports.send("customers", customers(one))
    await claimed(imports)
    assert not (await imports.step()).count
    assert (await imports.get(job))["state"] == "checking"
    office.clock.advance(LEASE)
    await imports.work()
    assert (await imports.get(job))["state"] == "succeeded"
    [customer] = await office.items("/v1/customers", code=one)
    assert await office.types(customer) == ["customer.created"]


async def test_a_run_that_died_while_writing_leaves_nothing_half_done(
    office: Office, imports: Importing, monkeypatch: pytest.MonkeyPatch
):
    codes = [code("IMP") for _ in range(600)]
    job = await imports.send("customers", customers(*codes))
    await imports.step()

    async def die(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(writing, "_ended", die)
        with pytest.raises(ConnectionResetError):
            await imports.step()
    told = await imports.get(job)
    assert (told["state"], told["progress"]["rows_done"]) == ("running", 600)
    assert await office.items("/v1/customers") == []
    assert not (await imports.step()).count
    office.clock.advance(LEASE)
    await imports.work()
    assert counts(await imports.get(job)) == (600, 0, 0, 0)
    assert await office.rows("SELECT count(*) AS n FROM outbox WHERE type LIKE '%customer.created%'") == [
        {"n": 600}
    ]


async def test_a_run_that_lost_its_import_leaves_no_trace(
    office: Office, imports: Importing, monkeypatch: pytest.MonkeyPatch
):
    """A replica that was silent for too long writes all its rows and finds at the end that another has taken over."""
    job = await imports.send("customers", customers(code("IMP")))
    await imports.step()
    ended = writing._ended

    async def overtaken(*arguments):
        office.clock.advance(LEASE)
        await claimed(imports)
        return await ended(*arguments)

    with monkeypatch.context() as slow:
        slow.setattr(writing, "_ended", overtaken)
        await imports.step()
    assert (await imports.get(job))["state"] == "running"
    assert await office.items("/v1/customers") == []
    office.clock.advance(LEASE)
    await imports.work()
    assert len(await office.items("/v1/customers")) == 1


async def test_an_import_that_breaks_off_again_and_again_is_given_up(office: Office, imports: Importing):
    job = await imports.send("customers", customers(code("IMP")))
    for _ in range(IMPORT_ATTEMPTS):
        await claimed(imports)
        office.clock.advance(LEASE)
    await imports.work()
    told = await imports.get(job)
    assert (told["state"], told["failure"]["code"]) == ("failed", "import-gave-up")


async def test_an_import_cancelled_while_it_is_read_stops(
    office: Office, imports: Importing, monkeypatch: pytest.MonkeyPatch
):
    job = await imports.send("customers", customers(*(code("IMP") for _ in range(1200))))
    from warranty.commands.imports import checking  # noqa: PLC0415

    keep = checking.keep

    async def cancelling(*arguments, **more):
        await office.client.post(f"/v1/imports/{job['id']}:cancel")
        return await keep(*arguments, **more)

    monkeypatch.setattr(checking, "keep", cancelling)
    await imports.step()
    assert (await imports.get(job))["state"] == "cancelled"
    assert await office.rows("SELECT count(*) AS n FROM import_row") == [{"n": 0}]


async def test_what_no_longer_fits_after_the_check_stops_the_import(office: Office, imports: Importing):
    customer, product = await office.customer(), await office.product()
    site = await office.site(customer)
    asset = await office.asset(site, product_id=product["id"])
    row = f"{product['code']},{asset['serial_number']},{customer['code']},{site['code']},,2026-01-01,\n"
    dry = await imports.done("assets", ASSET + row, dry_run="true")
    assert counts(dry) == (0, 1, 0, 0)
    await office.act("/v1/assets", asset, "retire", reason="scrapped")
    await office.act("/v1/imports", dry, "run")
    await imports.work()
    told = await imports.get(dry)
    assert (told["state"], told["failure"]["code"]) == ("failed", "import-outdated")


async def test_what_came_meanwhile_is_not_made_twice(office: Office, imports: Importing):
    one = code("IMP")
    dry = await imports.done("customers", customers(one), dry_run="true")
    await office.customer(code=one)
    await office.act("/v1/imports", dry, "run")
    await imports.work()
    assert counts(await imports.get(dry)) == (0, 1, 0, 0)


async def test_files_and_rows_are_kept_for_a_while(office: Office, imports: Importing):
    dry = await imports.done("customers", customers(code("IMP"), "A B"), dry_run="true")
    assert (dry["state"], dry["allowed_actions"]) == ("checked", ["cancel"])
    [forget] = [one for one in SWEEPS if one.name == "imports_forgotten"]
    assert await sweep_now(office.database, "warranty", forget, office.clock()) == 0
    later = office.clock.advance(timedelta(days=15))
    assert await sweep_now(office.database, "warranty", forget, later)
    for table in ("import_part", "import_row", "import_name", "import_problem"):
        assert await office.rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 0}]
    status, problem = await office.refused(f"/v1/imports/{dry['id']}:run")
    assert (status, problem["code"]) == (409, "import-has-problems")
    assert (await imports.get(dry))["wrong_count"] == 1


async def test_imports_are_listed_by_state(office: Office, imports: Importing):
    done = await imports.done("customers", customers(code("IMP")))
    waiting = await imports.send("customers", customers(code("IMP")))
    assert [one["id"] for one in await office.items("/v1/imports", state="queued")] == [waiting["id"]]
    assert [one["id"] for one in await office.items("/v1/imports", state="succeeded", kind="customers")] == [
        done["id"]
    ]
    assert await office.items("/v1/imports", is_dry_run="true") == []
