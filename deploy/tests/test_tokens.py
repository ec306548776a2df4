import json
import stat
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from joserfc import jws
from typer.testing import CliRunner

from aftercare.cli import app
from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue
from common.auth import FileKeys, Tokens
from common.scopes import ROLES

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path):
    kept = Keys(tmp_path / "钥匙 keys")
    kept.create_missing()
    return kept


def test_private_keys_are_ours_alone_and_stay(keys):
    before = {path.name: path.read_bytes() for path in keys.folder.iterdir()}
    keys.create_missing()
    assert {path.name: path.read_bytes() for path in keys.folder.iterdir()} == before
    for path in (keys.issuer, keys.audit, keys.cursors, keys.databases):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (public,) = json.loads(keys.jwks.read_text())["keys"]
    assert "d" not in public


async def test_services_accept_a_token_with_its_roles_and_customer(keys):
    customer = uuid4()
    token = issue(Bearer("wang", ["customer"], customer), keys.issuer_key(), now=NOW)
    verifier = Tokens(FileKeys(keys.jwks), "https://aftercare.local", "aftercare", lambda: NOW)
    caller = await verifier.caller(token)
    assert (caller.subject, caller.customer_id) == ("wang", customer)
    assert caller.scopes == ROLES["customer"]


def test_it_has_the_claims_of_an_access_token(keys):
    token = issue(Bearer("li", ["agent"]), keys.issuer_key(), now=NOW, lifetime=timedelta(hours=9))
    parsed = jws.extract_compact(token.encode())
    claims = json.loads(parsed.payload)
    assert parsed.headers()["typ"] == "at+jwt"
    assert claims["exp"] - claims["iat"] == 3600
    assert {"iss", "aud", "sub", "client_id", "jti", "scope"} <= claims.keys()
    assert "customer_id" not in claims


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--role", "king"], "There is no role king"),
        (["--role", "customer"], "add --customer"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, arguments, reason):
    Keys(tmp_path / "keys").create_missing()
    result = CliRunner().invoke(app, ["token", "--home", str(tmp_path), *arguments])
    assert result.exit_code == 1
    assert reason in result.output


def test_nothing_is_signed_for_a_folder_on_which_nothing_has_run(tmp_path):
    result = CliRunner().invoke(app, ["token", "--home", str(tmp_path), "--role", "agent"])
    assert result.exit_code == 1
    assert "make up" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_nothing_but_the_token(tmp_path):
    Keys(tmp_path / "keys").create_missing()
    result = CliRunner().invoke(app, ["token", "--home", str(tmp_path), "--role", "agent", "--minutes", "5"])
    assert result.exit_code == 0
    assert result.output.count(".") == 2
    assert len(result.output.split()) == 1
