"""Labels of the directory."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "customer_tier": {
        "standard": ("标准", "Standard"),
        "key": ("重点", "Key"),
        "strategic": ("战略", "Strategic"),
    },
    "locality": {"local": ("本地", "Local"), "out_of_town": ("外地", "Out of town")},
}
