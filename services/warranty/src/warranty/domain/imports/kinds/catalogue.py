"""Columns of products and parts."""

from warranty.domain.imports.columns import YES_OR_NO, Column, Content, Kind


def _yes_or_no(name: str, zh: str, en: str, *also: str) -> Column:
    return Column(name=name, zh=zh, en=en, example="", content=Content.CHOICE, choices=YES_OR_NO, also=also)


def _names(zh: str, en: str) -> tuple[Column, Column]:
    return (
        Column(
            name="name_zh", zh="名称", en="Chinese name", example=zh, is_required=True, also=("中文名称",)
        ),
        Column(name="name_en", zh="英文名称", en="Name (English)", example=en, is_required=True),
    )


PRODUCTS = Kind(
    columns=(
        Column(
            name="code",
            zh="产品编码",
            en="Product code",
            example="UPS-300",
            content=Content.CODE,
            is_required=True,
            longest=64,
            also=("产品代码", "产品型号", "编码", "model"),
        ),
        *_names("三相不间断电源", "Three-phase UPS"),
        Column(
            name="maker",
            zh="制造商",
            en="Maker",
            example="Northern Power Works",
            is_required=True,
            also=("厂家", "生产厂家", "manufacturer"),
        ),
        Column(name="technology", zh="技术类别", en="Technology", example="ups", longest=100, also=("技术",)),
        _yes_or_no("is_third_party", "第三方产品", "Third party", "是否第三方产品"),
        Column(
            name="manufacturer_terms_summary",
            zh="原厂服务条款",
            en="Manufacturer's terms",
            example="",
            content=Content.PROSE,
            longest=2_000,
        ),
        Column(
            name="manufacturer_terms_reference",
            zh="原厂条款编号",
            en="Reference of the manufacturer's terms",
            example="",
        ),
    ),
    keys=(("code",),),
)

PARTS = Kind(
    columns=(
        Column(
            name="number",
            zh="部件编号",
            en="Part number",
            example="PM-50",
            content=Content.CODE,
            is_required=True,
            longest=64,
            also=("部件号", "备件编号", "编号", "part", "part no."),
        ),
        *_names("功率模块", "Power module"),
        _yes_or_no("is_key_part", "关键部件", "Key part", "是否关键部件"),
        _yes_or_no("is_consumable", "消耗品", "Consumable", "是否消耗品", "耗材"),
        _yes_or_no("is_serialised", "按序列号管理", "Serialised", "serialized", "序列号管理"),
        _yes_or_no("is_lot_tracked", "按批次管理", "Lot tracked", "批次管理"),
        Column(
            name="shelf_life_days",
            zh="保质期(天)",
            en="Shelf life (days)",
            example="",
            content=Content.WHOLE,
            least=1,
            most=36_500,
            also=("保质期", "shelf life"),
        ),
        Column(
            name="unit_price",
            zh="单价",
            en="Unit price",
            example="1250.00",
            content=Content.AMOUNT,
            also=("价格", "price"),
        ),
        Column(name="currency", zh="币种", en="Currency", example="CNY", content=Content.CURRENCY),
        Column(
            name="lead_time_days",
            zh="采购周期(天)",
            en="Lead time (days)",
            example="30",
            content=Content.WHOLE,
            most=3_650,
            also=("采购周期", "交货期", "lead time"),
        ),
        Column(
            name="annual_failure_rate",
            zh="年故障率",
            en="Annual failure rate",
            example="0.02",
            content=Content.NUMBER,
            most=100,
            also=("failure rate",),
        ),
        Column(
            name="superseded_by",
            zh="替代部件编号",
            en="Superseded by",
            example="",
            content=Content.REFERENCE,
            longest=64,
            also=("替代件", "successor"),
        ),
        Column(
            name="compatible_products",
            zh="适用产品",
            en="Compatible products",
            example="UPS-300;UPS-500",
            content=Content.CODES,
            longest=64 * 501,
            most=500,
            also=("适用产品编码", "fits"),
        ),
    ),
    keys=(("number",),),
    together=(("unit_price", "currency", "import-price-incomplete"),),
)
