"""What is taken for a secret and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.secrets_in_text import MASK, mask

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----"

FOUND = [
    ("密码：Abc@12345", "password", "Abc@12345"),
    ("登录密码是 Hw!2024xyz，请尽快处理", "password", "Hw!2024xyz"),
    ("数据库口令: root123", "password", "root123"),
    ("密 码 = qwe123!", "password", "qwe123!"),
    ("初始密码为admin@2023。", "password", "admin@2023"),
    ("密码已改为P@ssw0rd1", "password", "P@ssw0rd1"),
    ("验证码：839201", "password", "839201"),
    ("password: hunter22", "password", "hunter22"),
    ("Password is S3cret!", "password", "S3cret!"),
    ('{"password": "correct horse"}', "password", '"correct horse"'),
    ("passwd=letmein1 and more", "password", "letmein1"),
    ("password: abc-123, then log in", "password", "abc-123"),
    ("pwd=abc123", "password", "abc123"),
    ("mysql -u root -pSecret123 db", "password", "Secret123"),
    ("curl -u admin:Adm1n2024 http://10.0.0.1/", "password", "Adm1n2024"),
    ("sshpass -p 'Root@123' ssh x", "password", "'Root@123'"),
    ("api_key=9f8e7d6c5b4a", "password", "9f8e7d6c5b4a"),
    ("access token: 0a1b2c3d4e", "password", "0a1b2c3d4e"),
    ("令牌：tk-998877", "password", "tk-998877"),
    (f"see {JWT} here", "token", JWT),
    ("Authorization: Bearer abcdef0123456789abcdef", "token", "abcdef0123456789abcdef"),
    (f"the key:\n{PEM}\nend", "private_key", PEM),
    ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", "private_key", "-----BEGIN PRIVATE KEY-----\nMIIE cut off"),
    ("AKIAIOSFODNN7EXAMPLE", "api_key", "AKIAIOSFODNN7EXAMPLE"),
    ("ghp_" + "a1" * 18, "api_key", "ghp_" + "a1" * 18),
    ("postgres://app:s3cr3t@db.example/app", "url_credentials", "s3cr3t"),
    ("redis://:topsecret@10.0.0.5:6379", "url_credentials", "topsecret"),
    ("身份证11010519491231002X", "id_card", "11010519491231002X"),
    ("身份证号 440524188001010014。", "id_card", "440524188001010014"),
    ("卡号4111 1111 1111 1111", "bank_card", "4111 1111 1111 1111"),
    ("card 5500-0000-0000-0004", "bank_card", "5500-0000-0000-0004"),
    ("6212345678901232", "bank_card", "6212345678901232"),
]

CLEAN = [
    "用户忘记密码,请重置",
    "密码错误三次后锁定",
    "The password is expired and must be changed",
    "password: required",
    "Password reset requested by the user",
    "工单号 INC-2026-000123,电话 010-12345678",
    "序列号 210235A1ABC123456789",
    "110105194912310021 has a wrong check digit",
    "4111 1111 1111 1112",
    "2026-11-01 12:00:00 到 2026-11-02 12:00:00",
    "0192f0c1-0000-7000-8000-000000000001",
    "http://10.0.0.1:8080/path@2x.png",
    "磁盘 4096 4096 4096 4096 字节",
    "token ring network is down",
    "key part replaced: fan module",
    "monkey=banana1",
    "pass: 100%",
    "0000000000000000",
    "",
]


@pytest.mark.parametrize(("text", "kind", "secret"), FOUND)
def test_found(text, kind, secret):
    masked, findings = mask(text)
    assert [finding.kind for finding in findings] == [kind]
    found = findings[0]
    assert text[found.start : found.start + found.length] == secret
    assert masked == text[: found.start] + MASK + text[found.start + found.length :]


@pytest.mark.parametrize("text", CLEAN)
def test_clean(text):
    assert mask(text) == (text, ())


def test_several_in_order():
    masked, findings = mask(f"密码：Abc@12345 卡号4111111111111111 token {JWT}")
    assert [finding.kind for finding in findings] == ["password", "bank_card", "token"]
    assert masked == f"密码：{MASK} 卡号{MASK} token {MASK}"


@given(st.text())
def test_masked_text_is_clean(text):
    masked, findings = mask(text)
    assert bool(findings) == (masked != text)
    assert mask(masked)[0] == masked


@pytest.mark.parametrize(
    "text",
    ["密" * 20_000, "1234 " * 5_000, "password " * 3_000, "a://" * 5_000, "-p" * 10_000, "eyJ" * 9_000],
)
def test_long_text_takes_no_time(text):
    import time  # noqa: PLC0415

    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 0.5
