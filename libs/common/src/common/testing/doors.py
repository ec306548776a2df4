"""The HTTP door of a service under test, and who comes in through it."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from common.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


class Doors:
    """Keys of a service under test, and clients that come in through its HTTP door signed in.

    Args:
        folder: where the keys are put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        (folder / "jwks.json").write_text(json.dumps(KeySet([self._key]).as_dict(private=False)))
        (folder / "cursor.secret").write_text(secrets.token_hex(32))
        (folder / "audit.pem").write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))

    def settings(self, kind: type[S]) -> S:
        """Settings of a service that is given its database by hand and has no bus."""
        return kind(
            database_url="postgresql://",
            kafka_bootstrap="127.0.0.1:1",
            port=0,
            worker_port=0,
            home=self._folder,
            jwks=str(self._folder / "jwks.json"),
            cursor_secret=self._folder / "cursor.secret",
            signing_key=self._folder / "audit.pem",
        )

    def token(self, now: datetime, **claims: object) -> str:
        """A token issued now, of an agent unless the claims say otherwise."""
        issued = int(now.timestamp())
        said: dict[str, object] = {
            "iss": "https://aftercare.local",
            "aud": "aftercare",
            "sub": "agent-1",
            "client_id": "tests",
            "jti": str(uuid4()),
            "iat": issued,
            "exp": issued + 3600,
            "roles": ["agent"],
            **claims,
        }
        return str(jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, said, self._key))

    def client(self, app: Any, clock: Callable[[], datetime], **claims: object) -> httpx.AsyncClient:  # noqa: ANN401 - any ASGI application
        """A client of ``app`` that signs in with ``claims`` at each request; its caller closes it."""

        async def sign(request: httpx.Request) -> None:
            request.headers.setdefault("Authorization", f"Bearer {self.token(clock(), **claims)}")

        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://service",
            headers={"Accept-Language": "en"},
            event_hooks={"request": [sign]},
        )
