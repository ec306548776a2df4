"""Roles and what each may do: the one table of scopes, ``<resource>.<read|write|admin>``."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

RESOURCES: tuple[str, ...] = (
    "tickets",
    "comments",
    "consents",
    "sessions",
    "engineers",
    "visits",
    "charges",
    "problems",
    "changes",
    "catalogue",
    "continuity",
    "intake",
    "reports",
    "calendars",
    "plans",
    "agreements",
    "clocks",
    "board",
    "deadlines",
    "attainment",
    "customers",
    "contracts",
    "assets",
    "installations",
    "coverage",
    "claims",
    "stock",
    "releases",
    "maintenance",
    "surveys",
    "callbacks",
    "actions",
    "training",
    "quality",
    "scorecards",
    "webhooks",
    "notices",
    "exports",
    "imports",
    "audit",
    "parked",
    "vocabularies",
)
ACTS = ("read", "write", "admin")
ALL_SCOPES: frozenset[str] = frozenset(f"{resource}.{act}" for resource in RESOURCES for act in ACTS)

_OFFICE = "audit parked webhooks"
_EVERY = " ".join(RESOURCES)


def _scopes(**acts: str) -> frozenset[str]:
    """``read="tickets visits"`` as scopes; ``*`` stands for all resources but the office's."""
    found: set[str] = set()
    for act, resources in acts.items():
        names = resources.replace("*", _all_but(_OFFICE)).split()
        found.update(f"{name}.{act}" for name in names)
    return frozenset(found)


def _all_but(left_out: str) -> str:
    return " ".join(name for name in RESOURCES if name not in left_out.split())


_DESK = "tickets comments consents sessions visits charges deadlines exports"
_OWNING = "customers assets installations claims stock maintenance"
_LEADING = "problems changes engineers callbacks actions catalogue continuity clocks coverage"

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "agent": _scopes(
            read="*", write=f"{_DESK} problems changes callbacks intake claims coverage customers"
        ),
        "engineer": _scopes(
            read="*",
            write="tickets comments consents sessions visits charges deadlines problems changes "
            "installations maintenance assets claims stock",
        ),
        "lead": _scopes(
            read="*",
            write=f"{_DESK} {_LEADING} {_OWNING}",
        ),
        "manager": _scopes(
            read="*",
            write=f"{_DESK} {_LEADING} {_OWNING} contracts releases imports "
            "calendars plans agreements notices reports",
            admin="tickets clocks plans",
        ),
        "quality": _scopes(
            read="* audit", write="quality actions surveys callbacks scorecards deadlines exports"
        ),
        "trainer": _scopes(
            read="training customers vocabularies surveys deadlines", write="training surveys deadlines"
        ),
        "stock": _scopes(
            read="stock assets catalogue claims customers tickets visits vocabularies",
            write="stock claims catalogue",
        ),
        "customer": _scopes(
            read="tickets comments consents sessions visits charges clocks board attainment surveys training "
            "vocabularies deadlines customers contracts assets installations coverage claims "
            "maintenance releases catalogue",
            write="tickets comments consents visits claims deadlines",
        ),
        "partner": _scopes(
            read="tickets comments visits clocks assets claims vocabularies deadlines webhooks calendars",
            write="tickets comments intake claims deadlines webhooks",
        ),
        "auditor": _scopes(read=_EVERY),
        "admin": ALL_SCOPES,
    }
)

CONFINED_ROLES: frozenset[str] = frozenset({"customer"})
"""Roles whose tokens must name the customer organisation that they are confined to."""

_VENDORS = "stock imports plans audit parked"
_SHARED = "catalogue releases calendars agreements continuity"

OUT_OF_CONFINEMENT: frozenset[str] = _scopes(
    read=_VENDORS, write=f"{_VENDORS} {_SHARED}", admin=f"{_VENDORS} {_SHARED}"
)
"""What a token that is confined to an organisation never allows, whatever its roles: the vendor's own things,
whose rows belong to no customer, and changes of what all customers share or are promised."""


def scopes_of(roles: Iterable[str], granted: str) -> frozenset[str]:
    """What a token allows.

    Args:
        roles: its role names; unknown ones allow nothing.
        granted: its ``scope`` claim, separated by blanks; it narrows what the roles allow where both speak of
            our resources, and stands alone where there are no roles.
    """
    by_role: frozenset[str] = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
    named = frozenset(granted.split()) & ALL_SCOPES
    if by_role and named:
        return by_role & named
    return by_role or named
