"""Columns of customers and sites."""

from warranty.domain.imports.columns import CUSTOMER_CODE, Column, Content, Kind, written
from warranty.domain.labels.directory import LABELS

_LANGUAGES = {"zh-CN": ("中文", "Chinese"), "en": ("英文", "English")}

CUSTOMERS = Kind(
    columns=(
        Column(
            name="code",
            zh="客户编码",
            en="Code",
            example="ICBC-SH",
            content=Content.CODE,
            is_required=True,
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
            choices=written(LABELS["customer_tier"]),
            also=("等级",),
        ),
        Column(name="time_zone", zh="时区", en="Time zone", example="Asia/Shanghai", content=Content.ZONE),
        Column(
            name="language",
            zh="语言",
            en="Language",
            example="zh-CN",
            content=Content.CHOICE,
            choices=written(_LANGUAGES),
        ),
    ),
    keys=(("code",),),
)

SITES = Kind(
    columns=(
        CUSTOMER_CODE,
        Column(
            name="code",
            zh="现场编码",
            en="Site code",
            example="PUDONG-1",
            content=Content.CODE,
            is_required=True,
            longest=64,
            also=("现场代码", "站点编码"),
        ),
        Column(
            name="name",
            zh="现场名称",
            en="Name",
            example="浦东数据中心",
            is_required=True,
            also=("site name",),
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
            choices=written(LABELS["locality"]),
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
    ),
    keys=(("customer_code", "code"),),
    together=(("latitude", "longitude", "import-position-incomplete"),),
)
