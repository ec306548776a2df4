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
    life = min(lifetime, LONGEST)
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": bearer.subject,
        "client_id": CLIENT,
        "jti": str(uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
        "roles": list(bearer.roles),
        "scope": " ".join(sorted(frozenset().union(*(ROLES[role] for role in bearer.roles)))),
    }
    if bearer.customer_id is not None:
        claims["customer_id"] = str(bearer.customer_id)
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.thumbprint()}
    return jwt.encode(header, claims, key, algorithms=["ES256"])
