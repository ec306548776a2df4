"""The page of roles and what each may do."""

from common.scopes import ACTS, CONFINED_ROLES, RESOURCES, ROLES

ABOUT = """\
# Roles and scopes

A token's claim `roles` names what its bearer is; each role stands for scopes `<resource>.<read|write|admin>`,
and every operation asks for one of them. A `scope` claim narrows what the roles allow. Tokens of the role
`customer` carry a `customer_id` and see nothing but that organisation's.

This page is generated from `common.scopes` by `make docs`. `r` reads, `w` writes, `a` administers.

"""


def page() -> str:
    """The page as Markdown."""
    head = "| Resource | " + " | ".join(ROLES) + " |\n"
    line = "|---|" + "---|" * len(ROLES) + "\n"
    rows = "".join(f"| `{resource}` | {_cells(resource)} |\n" for resource in RESOURCES)
    confined = ", ".join(f"`{role}`" for role in sorted(CONFINED_ROLES))
    return f"{ABOUT}{head}{line}{rows}\nConfined to one customer organisation: {confined}.\n"


def _cells(resource: str) -> str:
    return " | ".join(
        "".join(act[0] for act in ACTS if f"{resource}.{act}" in scopes) or "·" for scopes in ROLES.values()
    )
