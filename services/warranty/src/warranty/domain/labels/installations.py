"""Labels of installations and defects."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "installation_state": {
        "planned": ("已计划", "Planned"),
        "in_progress": ("安装中", "In progress"),
        "partly_accepted": ("部分验收", "Partly accepted"),
        "accepted": ("已验收", "Accepted"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "installation_action": {
        "start": ("开始", "Start"),
        "assignTechnicians": ("指派技术人员", "Assign technicians"),
        "replaceTechnician": ("更换技术人员", "Replace technician"),
        "completeStep": ("完成步骤", "Complete step"),
        "acceptPartly": ("部分验收", "Accept partly"),
        "accept": ("验收", "Accept"),
        "cancel": ("取消", "Cancel"),
    },
    "defect_state": {"open": ("未解决", "Open"), "resolved": ("已解决", "Resolved")},
    "defect_action": {
        "changeDeadline": ("变更期限", "Change deadline"),
        "resolve": ("解决", "Resolve"),
    },
    "defect_kind": {
        "shortage": ("短缺", "Shortage"),
        "damage": ("损坏", "Damage"),
        "quality": ("质量缺陷", "Quality defect"),
        "performance": ("性能不达标", "Performance missed"),
    },
    "liable_party": {
        "carrier": ("承运方", "Carrier"),
        "maker": ("制造商", "Maker"),
        "vendor": ("供应商", "Vendor"),
    },
    "unpacking_condition": {
        "complete": ("完好", "Complete"),
        "short": ("短缺", "Short"),
        "damaged": ("损坏", "Damaged"),
    },
    "step_kind": {
        "notes": ("记录", "Notes"),
        "unpacking": ("开箱检验", "Unpacking inspection"),
        "trial_run": ("试运行", "Trial run"),
        "performance": ("性能验收", "Performance test"),
    },
}
