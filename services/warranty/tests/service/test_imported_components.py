"""Components from a file: a tree inside assets, by the rules and with the events of those told by hand."""

import pytest

from .importing import Importing, counts
from .office import Json, Office, code
from .stores import Stores

HEADING = "产品编码,设备序列号,部件编号,位置,部件序列号,批号,上级部件序列号,上级位置,安装日期\n"


class Rack:
    """An asset that was accepted, and the parts that go into it."""

    def __init__(self, product: Json, asset: Json, module: Json, cell: Json) -> None:
        self.product, self.asset, self.module, self.cell = product, asset, module, cell

    def row(self, part: Json, position: str, rest: str = ",,,,") -> str:
        return f"{self.product['code']},{self.asset['serial_number']},{part['number']},{position},{rest}\n"


@pytest.fixture
async def rack(office: Office) -> Rack:
    product = await office.product()
    site = await office.site(await office.customer())
    asset = await office.asset(site, product_id=product["id"], shipped_on="2025-01-15")
    told = {"accepted_at": "2025-02-02T16:00:00Z", "reference": "YS-7"}
    asset = await office.act("/v1/assets", asset, "recordAcceptance", **told)
    return Rack(product, asset, await office.part(is_serialised=True), await office.part())


async def inside(office: Office, asset: Json) -> list[tuple[int, str, str | None]]:
    tree = await office.items(f"/v1/assets/{asset['id']}/components")
    return [(one["depth"], one["position"], one["serial_number"]) for one in tree]


async def test_a_tree_comes_in_with_its_terms_and_its_events(office: Office, imports: Importing, rack: Rack):
    one, two = code("PM"), code("PM")
    file = (
        HEADING
        + rack.row(rack.module, "slot 1", f"{one.lower()},,,,2025-02-03")
        + rack.row(rack.module, "slot 2", f"{two},,,,2025-03-01")
        + rack.row(rack.cell, "cell 1", f",,{one},,")
        + rack.row(rack.cell, "cell 1", ",,,slot 2,")
    )
    dry = await imports.done("components", file, dry_run="true")
    assert counts(dry) == (4, 0, 0, 0), await imports.problems(dry)
    assert await inside(office, rack.asset) == []
    done = await imports.done("components", file)
    assert (done["state"], counts(done)) == ("succeeded", (4, 0, 0, 0))
    tree = await inside(office, rack.asset)
    assert sorted(tree, key=str) == [
        (0, "slot 1", one),
        (0, "slot 2", two),
        (1, "cell 1", None),
        (1, "cell 1", None),
    ]
    told = [one for one in await office.published(rack.asset) if one["type"] == "asset.component_installed"]
    assert [one["component_serial"] for one in told] == [one, two, None, None]
    assert told[1]["installed_at"] == "2025-02-28T16:00:00Z"
    components = {row["id"]: row for row in await office.items(f"/v1/assets/{rack.asset['id']}/components")}
    terms = await office.items(f"/v1/assets/{rack.asset['id']}/warranty-terms")
    joined = [components[one["component_id"]]["position"] for one in terms if one["component_id"]]
    assert sorted(joined) == ["cell 1", "cell 1", "slot 1"]
    assert {one["starts_on"] for one in terms} == {"2025-02-03"}
    again = await imports.done("components", file)
    assert (again["state"], counts(again)) == ("succeeded", (0, 0, 4, 0))
    assert len(await inside(office, rack.asset)) == 4


async def test_an_import_tells_the_same_as_a_hand_does(office: Office, imports: Importing, rack: Rack):
    by_hand = await office.asset(
        {"id": rack.asset["site_id"]}, product_id=rack.product["id"], shipped_on="2025-01-15"
    )
    told = {"accepted_at": "2025-02-02T16:00:00Z", "reference": "YS-7"}
    await office.act("/v1/assets", by_hand, "recordAcceptance", **told)
    await office.component(by_hand, rack.cell, "fan", occurred_at="2025-02-01T16:00:00Z")
    done = await imports.done("components", HEADING + rack.row(rack.cell, "fan", ",,,,2025-02-02"))
    assert done["state"] == "succeeded"
    assert await office.audited(rack.asset) == await office.audited(by_hand)
    seen = []
    for asset in (by_hand, rack.asset):
        [*_, event] = await office.published(asset)
        [component] = await office.items(f"/v1/assets/{asset['id']}/components")
        terms = await office.items(f"/v1/assets/{asset['id']}/warranty-terms")
        [term] = [one for one in terms if one["component_id"]]
        own = {"id", "asset_id", "component_id", "serial_number", "created_at", "updated_at", "known_from"}
        seen.append([{k: v for k, v in thing.items() if k not in own} for thing in (event, component, term)])
        assert await office.types(term) == ["warranty.started"]
    assert seen[0] == seen[1]


async def test_mistakes_in_a_tree_are_told_row_by_row(office: Office, imports: Importing, rack: Rack):
    other = await office.asset()
    foreign = await office.part(compatible_product_ids=[other["product_id"]])
    lots, taken = await office.part(is_lot_tracked=True), code("PM")
    await office.component(other, rack.module, serial_number=taken)
    await office.component(rack.asset, rack.cell, "door")
    gone = await office.asset({"id": rack.asset["site_id"]}, product_id=rack.product["id"])
    await office.act("/v1/assets", gone, "retire", reason="scrapped")
    start = f"{rack.product['code']},{gone['serial_number']}"
    one = code("PM")
    file = HEADING + "".join(
        [
            f"NONE,X,{rack.cell['number']},a,,,,,\n",
            f"{rack.product['code']},NONE,{rack.cell['number']},a,,,,,\n",
            f"{rack.product['code']},{rack.asset['serial_number']},NONE,a,,,,,\n",
            rack.row(foreign, "b"),
            rack.row(rack.module, "c"),
            rack.row(lots, "d"),
            rack.row(rack.module, "e", f"{taken},,,,"),
            rack.row(rack.module, "door", f"{one},,,,"),
            rack.row(rack.cell, "f", ",,,nowhere,"),
            rack.row(rack.cell, "g", ",,,,2099-01-01"),
            rack.row(rack.cell, "h"),
            rack.row(rack.cell, "h"),
            f"{start},{rack.cell['number']},a,,,,,\n",
            rack.row(rack.cell, "i", ",,,,soon"),
            rack.row(rack.cell, "j", f",,{one}X,,"),
            rack.row(rack.module, "k", f"{one}X,,,,"),
        ]
    )
    before = await office.everything()
    done = await imports.done("components", file, dry_run="true")
    found = [(told["row"], told["column"], told["code"]) for told in await imports.problems(done)]
    assert found == [
        (2, "product_code", "import-product-unknown"),
        (3, "asset_serial_number", "import-asset-unknown"),
        (4, "part_number", "import-part-unknown"),
        (5, "part_number", "part-incompatible"),
        (6, "serial_number", "serial-missing"),
        (7, "lot", "lot-missing"),
        (8, "serial_number", "component-serial-taken"),
        (9, "position", "position-taken"),
        (10, "parent_position", "import-parent-unknown"),
        (11, "installed_on", "import-day-ahead"),
        (13, None, "import-row-twice"),
        (14, "asset_serial_number", "import-asset-retired"),
        (15, "installed_on", "import-value-day"),
        (16, "parent_serial_number", "import-parent-unknown"),
    ]
    assert all(told["reason"] for told in await imports.problems(done))
    after = await office.everything()
    assert after["outbox"] - before["outbox"] == 3
    assert await inside(office, rack.asset) == [(0, "door", None)]


async def test_what_is_above_counts_however_far(office: Office, imports: Importing, rack: Rack):
    """Parents stand in an earlier batch of rows than what sits in them, when checked and when written."""
    rows = [rack.row(rack.module, f"slot {n}", f"{code('PM')},,,,") for n in range(1_010)]
    file = HEADING + "".join(rows) + rack.row(rack.cell, "cell 1", ",,,slot 0,")
    done = await imports.done("components", file)
    assert (done["state"], counts(done)) == ("succeeded", (1_011, 0, 0, 0)), await imports.problems(done)
    assert (await inside(office, rack.asset))[-1] == (1, "cell 1", None)
    more = rack.row(rack.cell, "slot 0", ",,,slot 7,") + rack.row(rack.cell, "deep", ",,,slot 0,")
    failed = await imports.done("components", HEADING + "".join(rows) + more)
    [told] = await imports.problems(failed)
    assert (told["row"], told["code"]) == (1_013, "import-parent-ambiguous")


async def test_one_place_told_twice_is_a_double_however_its_seat_is_called(
    office: Office, imports: Importing, rack: Rack
):
    """Once by the parent's serial number, once by its position: side by side, and batches of rows apart."""
    one, between = code("PM"), [rack.row(rack.cell, f"u {n}") for n in range(1_010)]
    parent = rack.row(rack.module, "slot 1", f"{one},,,,")
    twice = rack.row(rack.cell, "cell 1", f",,{one},,"), rack.row(rack.cell, "cell 1", ",,,slot 1,")
    near = HEADING + parent + "".join([*twice, *between])
    far = HEADING + "".join([parent, *between[:500], twice[0], *between[500:], twice[1]])
    for file, places in ((near, (4, 3)), (far, (1_014, 503))):
        dry = await imports.done("components", file, dry_run="true")
        [told] = await imports.problems(dry)
        assert (told["code"], told["row"], told["other_row"]) == ("import-row-twice", *places)
        assert "run" not in dry["allowed_actions"]
    await imports.done("components", HEADING + parent)
    dry = await imports.done("components", far, dry_run="true")
    assert [told["row"] for told in await imports.problems(dry)] == [1_014]
    await office.refused(f"/v1/imports/{dry['id']}:run", version=dry["version"])


async def test_a_file_names_places_in_any_case_and_width(office: Office, imports: Importing, rack: Rack):
    file = HEADING + rack.row(rack.cell, "Slot 1") + rack.row(rack.cell, "cell", ",,,ＳＬＯＴ 1,")
    done = await imports.done("components", file)
    assert counts(done) == (2, 0, 0, 0), await imports.problems(done)
    assert await inside(office, rack.asset) == [(0, "Slot 1", None), (1, "cell", None)]
    again = HEADING + rack.row(rack.cell, "slot 1") + rack.row(rack.cell, "CELL", ",,,slot 1,")
    assert counts(await imports.done("components", again)) == (0, 0, 2, 0)
    twice = HEADING + rack.row(rack.cell, "slot 2") + rack.row(rack.cell, "ＳＬＯＴ 2")
    wrong = await imports.done("components", twice)
    assert [one["code"] for one in await imports.problems(wrong)] == ["import-row-twice"]
    other = HEADING + rack.row(rack.module, "SLOT 1", f"{code('PM')},,,,")
    [problem] = await imports.problems(await imports.done("components", other))
    assert (problem["column"], problem["code"]) == ("position", "position-taken")


async def test_a_parent_is_not_ambiguous_for_being_told_and_known(imports: Importing, rack: Rack):
    """A position that is known inside one thing and new inside another: refused before anything is written."""
    slots = rack.row(rack.module, "slot 1", f"{code('PM')},,,,") + rack.row(rack.cell, "a", ",,,slot 1,")
    await imports.done("components", HEADING + slots)
    between = "".join(rack.row(rack.cell, f"u {n}") for n in range(1_010))
    known = await imports.done("components", HEADING + slots + between + rack.row(rack.cell, "b", ",,,a,"))
    assert (known["state"], counts(known)) == ("succeeded", (1_011, 0, 2, 0)), await imports.problems(known)
    new = rack.row(rack.cell, "a") + between + rack.row(rack.cell, "c", ",,,a,")
    dry = await imports.done("components", HEADING + new, dry_run="true")
    assert [told["code"] for told in await imports.problems(dry)] == ["import-parent-ambiguous"]


async def test_a_piece_stands_once_in_a_file_and_not_in_stock(imports: Importing, rack: Rack, stores: Stores):
    one, kept = code("PM"), code("PM")
    warehouse = await stores.warehouse()
    await stores.receive(warehouse, rack.module, 1, serials=[kept])
    file = HEADING + "".join(
        rack.row(rack.module, place, f"{serial},,,,")
        for place, serial in (("slot 1", one), ("slot 2", one), ("slot 3", kept))
    )
    failed = await imports.done("components", file)
    assert [(told["row"], told["code"]) for told in await imports.problems(failed)] == [
        (3, "import-row-twice"),
        (4, "piece-in-stock"),
    ]


async def test_a_file_of_before_changes_nothing_after_a_replacement(
    office: Office, imports: Importing, rack: Rack
):
    one = code("PM")
    told = rack.row(rack.module, "slot 1", f"{one},,,,2025-02-03")
    file = HEADING + told + rack.row(rack.cell, "cell 1", f",,{one},,")
    await imports.done("components", file)
    [module, _] = await office.items(f"/v1/assets/{rack.asset['id']}/components")
    new = code("PM")
    await office.replace(rack.asset, module, rack.module, serial_number=new)
    again = await imports.done("components", file)
    assert counts(again) == (0, 0, 2, 0), await imports.problems(again)
    assert await inside(office, rack.asset) == [(0, "slot 1", new), (1, "cell 1", None)]
    unsaid = await imports.done("components", HEADING + rack.row(rack.module, "slot 1", f"{one},,,,"))
    [problem] = await imports.problems(unsaid)
    assert (problem["code"], problem["column"]) == ("import-component-removed", "position")


async def test_a_known_component_was_installed_on_its_day(imports: Importing, rack: Rack):
    one = code("PM")
    await imports.done("components", HEADING + rack.row(rack.module, "slot 1", f"{one},,,,2025-02-03"))
    same = await imports.done("components", HEADING + rack.row(rack.module, "slot 1", f"{one},,,,"))
    assert counts(same) == (0, 0, 1, 0)
    other = await imports.done(
        "components", HEADING + rack.row(rack.module, "slot 1", f"{one},,,,2025-02-04")
    )
    [problem] = await imports.problems(other)
    assert (problem["code"], problem["column"]) == ("import-installed-otherwise", "installed_on")
    assert "2025-02-03" in problem["reason"]
