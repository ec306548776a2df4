"""Columns of customers, sites and contacts."""

from warranty.domain.imports.columns import CUSTOMER_CODE, Column, Content, Kind, written
from warranty.domain.labels.directory import LABELS

_LANGUAGES = {"zh-CN": ("中文", "Chinese"), "en": ("英文", "English")}

_LANGUAGE = Column(
    name="language",
    zh="语言",
    en="Language",
    example="zh-CN",
    content=Content.CHOICE,
    choices=written(_LANGUAGES),
)

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
        _LANGUAGE,
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


def _phone(name: str, zh: str, en: str, example: str, *also: str) -> Column:
    return Column(name=name, zh=zh, en=en, example=example, longest=60, also=also)


CONTACTS = Kind(
    columns=(
        CUSTOMER_CODE,
        Column(
            name="name", zh="姓名", en="Name", example="李伟", is_required=True, also=("联系人", "contact")
        ),
        Column(
            name="email",
            zh="电子邮箱",
            en="E-mail",
            example="li.wei@bank.example",
            content=Content.EMAIL,
            longest=255,
            also=("邮箱", "邮件", "电子邮件", "mail", "email address"),
        ),
        _phone("mobile", "手机", "Mobile", "138 0013 8000", "手机号", "手机号码", "mobile phone"),
        _phone("landline", "座机", "Landline", "021-58888888 转 8001", "电话", "固定电话", "phone"),
        _phone("fax", "传真", "Fax", ""),
        Column(
            name="site_code",
            zh="现场编码",
            en="Site code",
            example="",
            content=Content.REFERENCE,
            longest=64,
            also=("现场代码", "站点编码", "site"),
        ),
        Column(name="title", zh="职务", en="Title", example="运维主管", also=("职位",)),
        Column(name="department", zh="部门", en="Department", example="数据中心"),
        _LANGUAGE,
        Column(
            name="roles",
            zh="角色",
            en="Roles",
            example="operations;technical",
            content=Content.CHOICES,
            choices=written(LABELS["contact_role"]),
            longest=500,
            also=("职责", "role"),
        ),
        Column(
            name="authorized_from",
            zh="授权开始日期",
            en="Authorised from",
            example="",
            content=Content.DAY,
            also=("报修授权开始", "authorized from"),
        ),
        Column(
            name="authorized_to",
            zh="授权结束日期",
            en="Authorised to",
            example="",
            content=Content.DAY,
            also=("报修授权结束", "authorized until", "authorised until"),
        ),
        Column(
            name="authorization_note",
            zh="授权依据",
            en="Authorisation note",
            example="",
            content=Content.PROSE,
            longest=2_000,
        ),
    ),
    keys=(
        ("customer_code", "email"),
        ("customer_code", "name", "mobile"),
        ("customer_code", "name", "landline"),
    ),
    unique=(("customer_code", "name", "mobile"), ("customer_code", "name", "landline")),
    is_personal=True,
)
