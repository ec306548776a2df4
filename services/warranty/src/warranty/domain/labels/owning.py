"""Labels of contracts, assets, terms and decisions."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "contract_state": {
        "draft": ("草稿", "Draft"),
        "active": ("生效", "In force"),
        "ended": ("已结束", "Ended"),
    },
    "contract_action": {
        "activate": ("生效", "Activate"),
        "setRequirement": ("标书要求落实", "Set requirement"),
        "terminate": ("终止", "Terminate"),
    },
    "requirement_status": {
        "open": ("未满足", "Open"),
        "met": ("已满足", "Met"),
        "waived": ("已豁免", "Waived"),
    },
    "asset_state": {
        "shipped": ("已发货", "Shipped"),
        "in_installation": ("安装中", "In installation"),
        "in_service": ("使用中", "In service"),
        "under_repair": ("维修中", "Under repair"),
        "retired": ("已退役", "Retired"),
    },
    "asset_action": {
        "beginInstallation": ("开始安装", "Begin installation"),
        "putInService": ("投入使用", "Put in service"),
        "takeForRepair": ("送修", "Take for repair"),
        "returnToService": ("恢复使用", "Return to service"),
        "move": ("迁移", "Move"),
        "installComponent": ("安装部件", "Install component"),
        "removeComponent": ("拆除部件", "Remove component"),
        "replaceComponent": ("更换部件", "Replace component"),
        "installRelease": ("安装软件版本", "Install release"),
        "retire": ("退役", "Retire"),
    },
    "term_source": {
        "acceptance": ("验收", "Acceptance"),
        "restart": ("更换后重新计算", "Restarted by replacement"),
        "remainder": ("剩余期限", "Remainder"),
        "extension": ("购买延保", "Extension bought"),
        "goodwill": ("优惠", "Goodwill"),
        "suspension": ("维修顺延", "Prolonged by repair"),
        "settlement": ("补记事实后确定", "Settled by what became known"),
    },
    "coverage": {
        "free": ("免费", "Free of charge"),
        "chargeable": ("收费", "Chargeable"),
        "goodwill": ("优惠免费", "Goodwill"),
        "undetermined": ("待判定", "Undetermined"),
    },
    "coverage_cause": {
        "defect": ("缺陷", "Defect"),
        "wear": ("磨损", "Wear"),
        "misuse": ("使用不当", "Misuse"),
        "force_majeure": ("不可抗力", "Force majeure"),
        "third_party_modification": ("第三方改动", "Third-party modification"),
        "consumable": ("消耗品", "Consumable"),
        "no_fault": ("无故障", "No fault"),
        "unclear": ("待核实", "To be looked at"),
    },
    "coverage_rule": {
        "in_term": ("在质保期内", "In term"),
        "no_term": ("没有质保期", "No term"),
        "not_accepted_yet": ("尚未验收", "Not accepted yet"),
        "in_scope": ("在质保范围内", "In scope"),
        "cause_covered": ("原因在质保范围内", "The cause is covered"),
        "cause_not_known_yet": ("原因未明，暂按质保处理", "Covered until the cause is known"),
        "cause_needs_a_person": ("原因须人工核实", "The cause needs a person's look"),
        "consumable": ("消耗品", "A consumable"),
        "manufacturer_terms": ("适用制造商条款", "The maker's terms apply"),
        "override_kept": ("保留人工改判", "A manager's decision is kept"),
        "override_of_another_asset": ("原改判针对另一设备", "A manager decided on another asset"),
        "phone_advice_free": ("电话咨询免费", "Advice by phone is free"),
    },
    "decision_state": {
        "decided": ("自动判定", "Decided"),
        "overridden": ("人工改判", "Overridden"),
    },
    "decision_action": {"override": ("改判", "Override")},
}
