"""Tokens: what is let in, what is not, and where the keys come from."""

import asyncio
import hmac
import json
import warnings
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from common.auth import FileKeys, HttpKeys, InvalidToken, KeysAway, Tokens, keys_at
from common.scopes import ALL_SCOPES, OUT_OF_CONFINEMENT, ROLES, scopes_of

from . import sample
from .conftest import KEY, claims, token

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
CUSTOMER = "0192f0c1-0000-7000-8000-000000000001"


@pytest.fixture
def tokens(keys_folder, watch) -> Tokens:
    return Tokens(FileKeys(keys_folder / "jwks.json"), "https://aftercare.local", "aftercare", watch)


BAD = {
    "expired": {"iat": SECOND - 1900, "exp": SECOND - 30},
    "from the future": {"iat": SECOND + 31, "exp": SECOND + 100},
    "not yet": {"nbf": SECOND + 31},
    "too long a life": {"exp": SECOND + 3601},
    "ends before it begins": {"exp": SECOND - 1, "iat": SECOND},
    "other issuer": {"iss": "https://aftercare.local/"},
    "other audience": {"aud": "elsewhere"},
    "other audiences": {"aud": ["elsewhere", "aftercare2"]},
    "nobody": {"sub": ...},
    "empty subject": {"sub": ""},
    "subject without end": {"sub": "x" * 256},
    "subject in two lines": {"sub": "agent\n1"},
    "client that cannot be seen": {"client_id": "desk\u200b"},
    "no client": {"client_id": ...},
    "no id": {"jti": ...},
    "no expiry": {"exp": ...},
    "no issue": {"iat": ...},
    "expiry in words": {"exp": "tomorrow"},
    "expiry as a flag": {"exp": True},
    "customer without organisation": {"roles": ["customer"]},
    "organisation that is none": {"roles": ["customer"], "customer_id": "x"},
    "roles that are no list": {"roles": 7},
    "id token": {"header": {"typ": "JWT"}},
    "no type": {"header": {"typ": ...}},
    "unknown key": {"header": {"kid": "k2"}},
    "keys of its own": {"header": {"jku": "https://evil.example/jwks.json"}},
    "certificate of its own": {"header": {"x5u": "https://evil.example/cert"}},
    "critical extension": {"header": {"crit": ["typ"]}},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
async def test_refused(tokens, changes):
    with pytest.raises(InvalidToken):
        await tokens.caller(token(NOW, **changes))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é.é.é", "eyJhbGciOiJub25lIn0.e30.", "a" * 9000])
async def test_no_token_at_all(tokens, text):
    with pytest.raises(InvalidToken):
        await tokens.caller(text)


async def test_foreign_signature(tokens):
    stranger = ECKey.generate_key("P-256", {"kid": "k1"})
    with pytest.raises(InvalidToken):
        await tokens.caller(token(NOW, key=stranger))


async def test_altered_claims(tokens):
    head, body, signature = token(NOW).split(".")
    other = token(NOW, sub="somebody").split(".")[1]
    assert body != other
    with pytest.raises(InvalidToken):
        await tokens.caller(f"{head}.{other}.{signature}")


async def test_public_key_as_hmac_secret(tokens):
    head, body = (part(json.dumps(value).encode()) for value in ({**HEADER, "alg": "HS256"}, claims(NOW)))
    seal = hmac.digest(KEY.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    with pytest.raises(InvalidToken):
        await tokens.caller(f"{head}.{body}.{part(seal)}")


def part(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = {"typ": "at+jwt", "kid": "k1"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["other", "aftercare"]},
        {"exp": SECOND - 29, "iat": SECOND - 100},
        {"iat": SECOND + 29, "exp": SECOND + 60},
        {"header": {"typ": "application/at+jwt"}},
    ],
)
async def test_let_in(tokens, changes):
    caller = await tokens.caller(token(NOW, **changes))
    assert (caller.subject, caller.client_id, caller.kind) == ("u1", "tests", "app_user")
    assert caller.scopes == ALL_SCOPES


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (RSAKey.generate_key(2048, {"kid": "k9"}), "RS256"),
        (RSAKey.generate_key(2048, {"kid": "k9"}), "PS256"),
        (OKPKey.generate_key("Ed25519", {"kid": "k9"}), "Ed25519"),
        (OKPKey.generate_key("Ed25519", {"kid": "k9"}), "EdDSA"),
    ],
    ids=["RS256", "PS256", "Ed25519", "EdDSA"],
)
async def test_other_algorithms(tmp_path, watch, key, alg):
    (tmp_path / "jwks.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    tokens = Tokens(FileKeys(tmp_path / "jwks.json"), "https://aftercare.local", "aftercare", watch)
    header = {"alg": alg, "typ": "at+jwt", "kid": "k9"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bearer = jwt.encode(header, claims(NOW), key, algorithms=[alg])
    assert await tokens.caller(bearer)


async def test_a_program_and_a_customer(tokens):
    program = await tokens.caller(token(NOW, sub="erp", client_id="erp", roles=["partner"]))
    assert program.kind == "service_account"
    customer = await tokens.caller(token(NOW, roles=["customer"], customer_id=CUSTOMER))
    assert customer.customer_id == UUID(CUSTOMER)
    assert customer.may("tickets.read")
    assert not customer.may("audit.read")


async def test_no_role_lifts_a_confined_token_to_what_is_the_vendors(tokens):
    for roles in (["manager"], ["admin"], ["auditor"], ["stock"]):
        found = await tokens.caller(token(NOW, roles=roles, customer_id=CUSTOMER))
        assert not found.scopes & OUT_OF_CONFINEMENT
        assert found.scopes == (await tokens.caller(token(NOW, roles=roles))).scopes - OUT_OF_CONFINEMENT
    alone = await tokens.caller(token(NOW, roles=[], scope="audit.read charges.write", customer_id=CUSTOMER))
    assert alone.scopes == {"charges.write"}


async def test_a_known_token_ends_with_its_time(tokens, watch):
    bearer = token(NOW)
    assert await tokens.caller(bearer) is await tokens.caller(bearer)
    watch.now = NOW + timedelta(seconds=1829)
    assert await tokens.caller(bearer)
    watch.now = NOW + timedelta(seconds=1830)
    with pytest.raises(InvalidToken):
        await tokens.caller(bearer)


async def test_a_changed_file_is_read_again(tmp_path, watch):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    tokens = Tokens(FileKeys(file), "https://aftercare.local", "aftercare", watch)
    new = ECKey.generate_key("P-256", {"kid": "k2"})
    bearer = token(NOW, key=new, header={"kid": "k2"})
    with pytest.raises(InvalidToken):
        await tokens.caller(bearer)
    draft = tmp_path / "draft"
    draft.write_text(json.dumps(KeySet([KEY, new]).as_dict(private=False)))
    draft.replace(file)
    assert await tokens.caller(bearer)


class Issuer:
    """An issuer's key endpoint on loopback; it may be told to fail, and counts its visits."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.visits = 0
        self.is_down = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/jwks.json"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.visits += 1
        body = json.dumps(KeySet(self.keys).as_dict(private=False)).encode()
        status = b"503 Away" if self.is_down else b"200 OK"
        writer.write(b"HTTP/1.1 %s\r\nConnection: close\r\nCache-Control: max-age=120\r\n" % status)
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()


async def test_keys_from_an_issuer(watch):
    async with Issuer(KEY) as issuer:
        tokens = Tokens(HttpKeys(issuer.url, watch), "https://aftercare.local", "aftercare", watch)
        await tokens.check()
        await asyncio.gather(*(tokens.caller(token(NOW)) for _ in range(5)))
        assert issuer.visits == 1
        watch.on(seconds=119)
        await tokens.caller(token(NOW))
        assert issuer.visits == 1
        watch.on(seconds=2)
        await tokens.caller(token(NOW))
        assert issuer.visits == 2


async def test_an_unknown_key_is_looked_for_at_most_every_half_minute(watch):
    new = ECKey.generate_key("P-256", {"kid": "k2"})
    bearer = token(NOW, key=new, header={"kid": "k2"})
    async with Issuer(KEY) as issuer:
        tokens = Tokens(HttpKeys(issuer.url, watch), "https://aftercare.local", "aftercare", watch)
        await tokens.check()
        issuer.keys.append(new)
        with pytest.raises(InvalidToken):
            await tokens.caller(bearer)
        assert issuer.visits == 1
        watch.on(seconds=31)
        assert await tokens.caller(bearer)
        assert issuer.visits == 2


async def test_stale_keys_serve_for_a_day(watch):
    async with Issuer(KEY) as issuer:
        tokens = Tokens(HttpKeys(issuer.url, watch), "https://aftercare.local", "aftercare", watch)
        await tokens.check()
        issuer.is_down = True
        watch.on(hours=23)
        assert await tokens.caller(token(watch.now))
        watch.on(hours=2)
        with pytest.raises(KeysAway):
            await tokens.caller(token(watch.now))


async def test_without_keys_nobody_is_told_that_the_token_is_bad(database, settings, watch):
    async with Issuer(KEY) as issuer:
        issuer.is_down = True
        app = sample.sample_app(database, settings, watch, keys=HttpKeys(issuer.url, watch))
        headers = {"Authorization": f"Bearer {token(watch.now)}", "Accept-Language": "en"}
        transport = httpx.ASGITransport(app)
        app.health.started()
        async with httpx.AsyncClient(transport=transport, base_url="http://depot", headers=headers) as client:
            refused = await client.get("/v1/parcels")
            assert (refused.status_code, refused.json()["code"]) == (503, "keys-away")
            assert refused.headers["retry-after"] == "30"
            assert (await client.get("/readyz?verbose")).text.endswith("[-]keys KeysAway\n")
            issuer.is_down = False
            watch.on(seconds=31)
            assert (await client.get("/v1/parcels")).status_code == 200
            assert (await client.get("/readyz")).status_code == 200


def test_plain_http_stays_on_this_machine(watch):
    with pytest.raises(ValueError, match="https"):
        keys_at("http://issuer.example/jwks.json", watch)


def test_every_role_stays_within_the_scopes():
    assert set(ROLES) == set(
        "agent engineer lead manager quality trainer stock customer partner auditor admin".split()  # noqa: SIM905
    )
    for scopes in ROLES.values():
        assert scopes <= ALL_SCOPES
    assert {scope.rpartition(".")[2] for scope in ROLES["auditor"]} == {"read"}
    for role in set(ROLES) - {"admin", "auditor", "quality"}:
        assert "audit.read" not in ROLES[role]


def test_scope_narrows_roles_and_stands_alone():
    assert scopes_of(["agent"], "openid profile") == ROLES["agent"]
    assert scopes_of(["agent"], "tickets.read audit.read") == {"tickets.read"}
    assert scopes_of([], "tickets.read nothing.read") == {"tickets.read"}
    assert scopes_of(["unheard-of"], "") == frozenset()
