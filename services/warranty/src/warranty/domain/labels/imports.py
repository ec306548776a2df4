"""Labels of imports."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "import_state": {
        "queued": ("排队中", "Queued"),
        "checking": ("检查中", "Checking"),
        "checked": ("已检查", "Checked"),
        "running": ("导入中", "Importing"),
        "succeeded": ("已完成", "Done"),
        "failed": ("未导入", "Failed"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "import_action": {
        "check": ("检查", "Check"),
        "report": ("报告", "Report"),
        "run": ("导入", "Import"),
        "succeed": ("完成", "Finish"),
        "fail": ("放弃", "Give up"),
        "cancel": ("取消", "Cancel"),
    },
    "import_kind": {
        "customers": ("客户", "Customers"),
        "sites": ("现场", "Sites"),
        "contacts": ("联系人", "Contacts"),
        "assets": ("设备", "Assets"),
        "components": ("部件", "Components"),
    },
    "import_row_outcome": {
        "new": ("新增", "New"),
        "changed": ("变更", "Changed"),
        "unchanged": ("不变", "Unchanged"),
        "wrong": ("有误", "Wrong"),
    },
}
