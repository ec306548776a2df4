"""Access tokens for development: RFC 9068 JWTs signed with this copy's own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from common.scopes import CONFINED_ROLES, ROLES

ISSUER = "https://aftercare.local"
AUDIENCE = "aftercare"
CLIENT = "aftercare-cli"
LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token is for: a subject with roles, confined to one customer where `customer_id` is given.

    Raises:
        ValueError: no such role, or a role that is confined to a customer names none.
    """

    subject: str
    roles: Sequence[str]
    customer_id: UUID | None = None

    def __post_init__(self) -> None:
        if unknown := [role for role in self.roles if role not in ROLES]:
            raise ValueError(f"There is no role {', '.join(unknown)}; roles are {', '.join(sorted(ROLES))}.")
        if self.customer_id is None and CONFINED_ROLES & set(self.roles):
            raise ValueError(
                f"The role {' '.join(self.roles)} is confined to one customer: add --customer ID."
            )


def issue(bearer: Bearer, key: ECKey, *, now: datetime, lifetime: timedelta = LONGEST) -> str:
    """A signed token, valid from `now` for `lifetime`, of at most one hour."""
    scope = " ".join(sorted(frozenset().union(*(ROLES[role] for role in bearer.roles))))
    claims: dict[str, object] = {
        "sub": bearer.subject,
        "client_id": CLIENT,
        "roles": list(bearer.roles),
        "scope": scope,
    }
    if bearer.customer_id is not None:
        claims["customer_id"] = str(bearer.customer_id)
    return _signed(claims, key, now, lifetime)


def issue_to_service(service: str, scopes: Sequence[str], key: ECKey, *, now: datetime) -> str:
    """A token by which ``service`` itself asks, on nobody's behalf, for no more than ``scopes``."""
    claims: dict[str, object] = {"sub": service, "client_id": service, "scope": " ".join(scopes)}
    return _signed(claims, key, now, LONGEST)


def _signed(claims: dict[str, object], key: ECKey, now: datetime, lifetime: timedelta) -> str:
    life = min(lifetime, LONGEST)
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": str(uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
        **claims,
    }
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.thumbprint()}
    return jwt.encode(header, whole, key, algorithms=["ES256"])
