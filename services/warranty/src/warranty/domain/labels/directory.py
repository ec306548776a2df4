"""Labels of the directory."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "customer_tier": {
        "standard": ("标准", "Standard"),
        "key": ("重点", "Key"),
        "strategic": ("战略", "Strategic"),
    },
    "contact_state": {"active": ("有效", "Active"), "erased": ("已删除", "Erased")},
    "contact_action": {
        "authorize": ("授权报修", "Authorise to report"),
        "withdrawAuthorization": ("撤销授权", "Withdraw the authorisation"),
        "erase": ("删除个人数据", "Erase personal data"),
    },
    "contact_role": {
        "operations": ("运行值班", "Operations"),
        "technical": ("技术", "Technical"),
        "management": ("管理", "Management"),
        "project_manager": ("项目经理", "Project manager"),
        "quality": ("质量", "Quality"),
        "purchasing": ("采购", "Purchasing"),
        "finance": ("财务", "Finance"),
        "training": ("培训", "Training"),
        "security": ("安全", "Security"),
    },
    "phone_kind": {
        "mobile": ("手机", "Mobile"),
        "landline": ("座机", "Landline"),
        "fax": ("传真", "Fax"),
    },
    "erasure_ground": {
        "requested": ("本人要求", "Asked for by the person"),
        "left_organisation": ("已离职", "Left the organisation"),
        "no_longer_needed": ("不再需要", "No longer needed"),
        "recorded_by_mistake": ("误录", "Recorded by mistake"),
    },
    "locality": {"local": ("本地", "Local"), "out_of_town": ("外地", "Out of town")},
}
