"""The columns of each kind of spreadsheet, as a table: names, what they hold, what must be there."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from warranty.domain.labels.directory import LABELS


class ImportKind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    SITES = "sites"
    ASSETS = "assets"


class Content(StrEnum):
    """What the cells of a column hold."""

    KEY = "key"
    REFERENCE = "reference"
    TEXT = "text"
    PROSE = "prose"
    CHOICE = "choice"
    ZONE = "zone"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Args:
        name: the field, accepted as a heading.
        zh: heading in Chinese.
        en: heading in English.
        example: a cell that would do.
        content: what its cells hold.
        is_required: every row has it.
        is_key: it is part of the key by which a row is known again.
        longest: characters at most.
        least: smallest number.
        most: largest number.
        choices: how a code may be written, folded, to the code.
        also: further headings.
    """

    name: str
    zh: str
    en: str
    example: str
    content: Content = Content.TEXT
    is_required: bool = False
    is_key: bool = False
    longest: int = 200
    least: float = 0.0
    most: float = 0.0
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    also: tuple[str, ...] = ()


def folded(text: str) -> str:
    """``text`` as headings and codes are compared: width, case, blanks and joining marks do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if not (sign.isspace() or sign in "_-*:"))


def _written(vocabulary: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
    """Every way to write a code: itself and its labels."""
    ways = {folded(way): code for code, labels in vocabulary.items() for way in (code, *labels)}
    return MappingProxyType(ways)


_LANGUAGES = {"zh-CN": ("中文", "Chinese"), "en": ("英文", "English")}


def _customer_code(*, is_key: bool) -> Column:
    return Column(
        name="customer_code",
        zh="客户编码",
        en="Customer code",
        example="ICBC-SH",
        content=Content.REFERENCE,
        is_required=True,
        is_key=is_key,
        longest=64,
        also=("客户代码", "客户"),
    )


_CUSTOMERS = (
    Column(
        name="code",
        zh="客户编码",
        en="Code",
        example="ICBC-SH",
        content=Content.KEY,
        is_required=True,
        is_key=True,
        longest=64,
        also=("客户代码", "编码", "customer code"),
    ),
    Column(
        name="name_zh",
        zh="客户名称",
        en="Name (Chinese)",
        example="工商银行上海分行",
        is_required=True,
        also=("中文名称", "客户中文名称", "客户名称(中文)"),
    ),
    Column(
        name="name_en",
        zh="英文名称",
        en="Name (English)",
        example="ICBC Shanghai branch",
        is_required=True,
        also=("客户英文名称", "客户名称(英文)"),
    ),
    Column(name="industry", zh="行业", en="Industry", example="banking", is_required=True, longest=100),
    Column(
        name="tier",
        zh="客户等级",
        en="Tier",
        example="key",
        content=Content.CHOICE,
        choices=_written(LABELS["customer_tier"]),
        also=("等级",),
    ),
    Column(name="time_zone", zh="时区", en="Time zone", example="Asia/Shanghai", content=Content.ZONE),
    Column(
        name="language",
        zh="语言",
        en="Language",
        example="zh-CN",
        content=Content.CHOICE,
        choices=_written(_LANGUAGES),
    ),
)

_SITES = (
    _customer_code(is_key=True),
    Column(
        name="code",
        zh="现场编码",
        en="Site code",
        example="PUDONG-1",
        content=Content.KEY,
        is_required=True,
        is_key=True,
        longest=64,
        also=("现场代码", "站点编码"),
    ),
    Column(
        name="name", zh="现场名称", en="Name", example="浦东数据中心", is_required=True, also=("site name",)
    ),
    Column(
        name="address",
        zh="地址",
        en="Address",
        example="世纪大道18号",
        content=Content.PROSE,
        is_required=True,
        longest=500,
    ),
    Column(name="city", zh="城市", en="City", example="上海", is_required=True, longest=100),
    Column(
        name="latitude",
        zh="纬度",
        en="Latitude",
        example="31.2304",
        content=Content.NUMBER,
        least=-90,
        most=90,
    ),
    Column(
        name="longitude",
        zh="经度",
        en="Longitude",
        example="121.4737",
        content=Content.NUMBER,
        least=-180,
        most=180,
    ),
    Column(
        name="distance_km",
        zh="距离(公里)",
        en="Distance (km)",
        example="12.5",
        content=Content.NUMBER,
        most=20_040,
        also=("距离", "distance"),
    ),
    Column(
        name="locality",
        zh="本地或外地",
        en="Locality",
        example="local",
        content=Content.CHOICE,
        choices=_written(LABELS["locality"]),
    ),
    Column(
        name="access_rules",
        zh="进场要求",
        en="Access rules",
        example="提前一天预约",
        content=Content.PROSE,
        longest=10_000,
        also=("出入要求",),
    ),
)

_ASSETS = (
    Column(
        name="product_code",
        zh="产品编码",
        en="Product code",
        example="UPS-300",
        content=Content.REFERENCE,
        is_required=True,
        is_key=True,
        longest=64,
        also=("产品代码", "产品型号", "product", "model"),
    ),
    Column(
        name="serial_number",
        zh="序列号",
        en="Serial number",
        example="SN-2026-0001",
        content=Content.KEY,
        is_required=True,
        is_key=True,
        longest=100,
        also=("设备序列号", "SN", "serial", "serial no."),
    ),
    _customer_code(is_key=False),
    Column(
        name="site_code",
        zh="现场编码",
        en="Site code",
        example="PUDONG-1",
        content=Content.REFERENCE,
        is_required=True,
        longest=64,
        also=("现场代码", "站点编码", "site"),
    ),
    Column(
        name="contract_number",
        zh="合同编号",
        en="Contract number",
        example="HT-2026-018",
        content=Content.REFERENCE,
        longest=64,
        also=("合同号", "contract"),
    ),
    Column(
        name="shipped_on",
        zh="发货日期",
        en="Shipped on",
        example="2026-01-15",
        content=Content.DAY,
        also=("发货日",),
    ),
    Column(
        name="delivered_on",
        zh="到货日期",
        en="Delivered on",
        example="2026-01-20",
        content=Content.DAY,
        also=("到货日",),
    ),
    Column(
        name="installed_on",
        zh="安装日期",
        en="Installed on",
        example="2026-02-03",
        content=Content.DAY,
        also=("安装日",),
    ),
    Column(
        name="invoiced_on",
        zh="开票日期",
        en="Invoiced on",
        example="2026-02-10",
        content=Content.DAY,
        also=("开票日",),
    ),
    Column(
        name="accepted_on",
        zh="验收日期",
        en="Accepted on",
        example="2026-02-20",
        content=Content.DAY,
        also=("验收日",),
    ),
    Column(
        name="acceptance_reference",
        zh="验收报告编号",
        en="Acceptance reference",
        example="YS-2026-007",
        also=("验收依据", "验收单号", "acceptance report"),
    ),
)

COLUMNS: Mapping[ImportKind, tuple[Column, ...]] = MappingProxyType(
    {ImportKind.CUSTOMERS: _CUSTOMERS, ImportKind.SITES: _SITES, ImportKind.ASSETS: _ASSETS}
)
