"""Bearer tokens: JWTs as RFC 9068 has them, checked here with the issuer's public keys."""

import asyncio
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx
import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet

from common.clock import Clock
from common.context import Caller
from common.scopes import CONFINED_ROLES, OUT_OF_CONFINEMENT, scopes_of

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA", "Ed25519"]
TYPES = frozenset({"at+jwt", "application/at+jwt"})
LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 3600
LONGEST_TOKEN = 8192
LONGEST_NAME = 255
"""Characters of a subject, as OpenID Connect has it; far more would travel in no event."""

CACHED_TOKENS = 10_000
_REFUSED_HEADERS = frozenset({"crit", "jku", "x5u", "jwk", "x5c"})

REFRESH = timedelta(minutes=10)
STALE = timedelta(hours=24)
RETRY = timedelta(seconds=30)
LARGEST_JWKS = 64 * 1024


class InvalidToken(Exception):  # noqa: N818 - the token is at fault
    """The token proves nothing; the reason is for the log, not for the caller."""


class KeysAway(Exception):  # noqa: N818 - said of the issuer
    """Nobody's token can be checked: the issuer's keys cannot be had, or are a day old."""


class Keys(Protocol):
    """Where the issuer's public keys come from."""

    async def current(self) -> KeySet:
        """The keys as known now.

        Raises:
            KeysAway: there are none to go by.
        """

    async def newer(self) -> KeySet | None:
        """The keys after another look for a missing one; ``None`` where it is too early for that."""


class FileKeys:
    """Keys in a JWKS file, read again when it changes.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = -1
        self._keys: KeySet | None = None

    async def current(self) -> KeySet:
        """The keys in the file.

        Raises:
            KeysAway: it cannot be read.
        """
        try:
            changed = self._path.stat().st_mtime_ns
            if self._keys is None or changed != self._changed:
                read = KeySet.import_key_set(orjson.loads(self._path.read_bytes()))
                self._keys, self._changed = read, changed
        except (OSError, ValueError, KeyError, JoseError) as error:
            raise KeysAway(str(error)) from error
        return self._keys

    async def newer(self) -> KeySet | None:
        """Nothing beyond what ``current`` reads."""
        return None


class HttpKeys:
    """Keys at a URL: refreshed as ``Cache-Control`` says, kept for a day where the issuer is down.

    Args:
        url: https address (plain http only on loopback); no redirects are followed.
        clock: present instant.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._life = REFRESH
        self._one_at_a_time = asyncio.Lock()

    async def current(self) -> KeySet:
        """The keys, fetched again when their time is up.

        Raises:
            KeysAway: there are none, or none younger than a day.
        """
        now = self._clock()
        if self._is_older_than(self._life, now):
            await self._refresh(now)
        if self._keys is None or self._is_older_than(STALE, now):
            raise KeysAway(self._url)
        return self._keys

    async def newer(self) -> KeySet | None:
        """The keys after one more look, at most every 30 seconds."""
        before = self._keys
        await self._refresh(self._clock())
        return self._keys if self._keys is not before else None

    def _is_older_than(self, age: timedelta, now: datetime) -> bool:
        return self._fetched_at is None or now - self._fetched_at > age

    async def _refresh(self, now: datetime) -> None:
        async with self._one_at_a_time:
            if self._tried_at is not None and now - self._tried_at < RETRY:
                return
            self._tried_at = now
            try:
                self._keys, self._life = await self._fetch()
                self._fetched_at = now
            except (httpx.HTTPError, ValueError, KeyError, JoseError):
                return

    async def _fetch(self) -> tuple[KeySet, timedelta]:
        async with (
            httpx.AsyncClient(timeout=5, follow_redirects=False) as client,
            client.stream("GET", self._url) as response,
        ):
            response.raise_for_status()
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_JWKS:
                    raise ValueError("JWKS too large")
        return KeySet.import_key_set(orjson.loads(body)), _life(response.headers.get("cache-control", ""))


def _life(cache_control: str) -> timedelta:
    """How long keys are good: ``max-age`` between one and sixty minutes, ten where nothing is said."""
    for part in cache_control.split(","):
        name, _, seconds = part.strip().partition("=")
        if name.lower() == "max-age" and seconds.isdigit():
            return timedelta(seconds=min(3600, max(60, int(seconds))))
    return REFRESH


def keys_at(place: str, clock: Clock) -> Keys:
    """The keys at an URL or in a file.

    Raises:
        ValueError: an http URL that does not stay on this machine.
    """
    if place.startswith("https://"):
        return HttpKeys(place, clock)
    if place.startswith("http://"):
        if httpx.URL(place).host not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("JWKS over plain http is read from loopback only; use https")
        return HttpKeys(place, clock)
    return FileKeys(Path(place))


@dataclass(frozen=True, slots=True)
class Verified:
    """A token found good.

    Args:
        caller: whom it proves.
        until: Unix time in seconds at which it stops.
    """

    caller: Caller
    until: int


class Tokens:
    """Checks bearer tokens and remembers the good ones until they expire.

    Args:
        keys: the issuer's keys.
        issuer: the ``iss`` that a token must name exactly.
        audience: what its ``aud`` must contain.
        clock: present instant.
    """

    def __init__(self, keys: Keys, issuer: str, audience: str, clock: Clock) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._good: dict[str, Verified] = {}

    async def check(self) -> None:
        """Whether tokens can be checked at all; where the issuer cannot be reached, requests try again.

        Raises:
            KeysAway: they cannot.
        """
        await self._keys.current()

    async def caller(self, token: str) -> Caller:
        """Whom ``token`` proves.

        Raises:
            InvalidToken: it proves nobody.
            KeysAway: nobody's can be checked.
        """
        now = int(self._clock().timestamp())
        known = self._good.get(token)
        if known is not None and now < known.until:
            return known.caller
        verified = await self._verify(token, now)
        if len(self._good) >= CACHED_TOKENS:
            self._good.pop(next(iter(self._good)))
        self._good[token] = verified
        return verified.caller

    async def _verify(self, token: str, now: int) -> Verified:
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken("too long")
        try:
            _check_header(jws.extract_compact(token.encode()).headers())
            claims = await self._claims(token)
            self._check(claims, now)
            return Verified(caller_of(claims), int(claims["exp"]) + LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidToken(type(error).__name__) from error

    async def _claims(self, token: str) -> dict[str, Any]:
        keys = await self._keys.current()
        try:
            return _decoded(token, keys)
        except (JoseError, ValueError):
            newer = await self._keys.newer()
            if newer is None:
                raise
            return _decoded(token, newer)

    def _check(self, claims: Mapping[str, Any], now: int) -> None:
        audience = claims["aud"]
        issued, expires = _seconds(claims["iat"]), _seconds(claims["exp"])
        starts = _seconds(claims.get("nbf", issued))
        facts = {
            "iss": claims["iss"] == self._issuer,
            "aud": self._audience in (audience if isinstance(audience, list) else [audience]),
            "exp": now < expires + LEEWAY_SECONDS,
            "iat": issued <= now + LEEWAY_SECONDS,
            "nbf": starts <= now + LEEWAY_SECONDS,
            "life": 0 < expires - issued <= LONGEST_LIFE_SECONDS,
            "named": all(_is_name(claims[name]) for name in ("sub", "client_id", "jti")),
        }
        wrong = [name for name, holds in facts.items() if not holds]
        if wrong:
            raise InvalidToken(", ".join(wrong))


def _is_name(value: object) -> bool:
    """Whether it can name somebody wherever names go: into the audit, and into the headers of events."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def _decoded(token: str, keys: KeySet) -> dict[str, Any]:
    with warnings.catch_warnings():  # issuers still write EdDSA where RFC 9864 wants Ed25519
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.decode(token, keys, algorithms=ALGORITHMS).claims


def _check_header(header: Mapping[str, Any]) -> None:
    if str(header.get("typ", "")).lower() not in TYPES:
        raise InvalidToken("typ")
    if _REFUSED_HEADERS & header.keys():
        raise InvalidToken("header")


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken("not a time")
    return int(value)


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The caller that checked claims describe.

    Raises:
        InvalidToken: a role that is confined to an organisation names none.
    """
    roles = frozenset(str(role) for role in claims.get("roles", ()))
    customer = claims.get("customer_id")
    if customer is None and roles & CONFINED_ROLES:
        raise InvalidToken("customer_id")
    scopes = scopes_of(roles, str(claims.get("scope", "")))
    is_program = claims["sub"] == claims["client_id"]
    return Caller(
        subject=claims["sub"],
        kind="service_account" if is_program else "app_user",
        client_id=claims["client_id"],
        roles=roles,
        scopes=scopes if customer is None else scopes - OUT_OF_CONFINEMENT,
        customer_id=UUID(customer) if customer is not None else None,
    )
