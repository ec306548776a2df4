"""The edge's parts on their own."""

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanKind
from pydantic import Field, ValidationError

from common import logs
from common.db import TransactionOpen  # noqa: F401
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.idempotency import fingerprint, read_key
from common.messages import MESSAGES, Message
from common.paging import Cursors
from common.secrets_in_text import MASK
from common.telemetry import Trace, new_trace, read_traceparent, span
from common.web.edge_messages import EDGE_MESSAGES
from common.web.etag import IF_MATCH_PATTERN, etag, expected_version, is_unchanged
from common.web.health import Health
from common.web.languages import language
from common.web.problems import Problems
from common.web.quotas import Quota, Quotas
from common.web.refusals import BadRequest
from common.web.shapes import Code, Day, Flag, Instant, Maybe, Occasion, OutInstant, OutShape, Shape
from common.web.validation import entries, pointer

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,zh;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("fr", "zh-CN"),
        ("fr, en;q=0.1", "en"),
        ("zh;q=0.2, EN;q=0.3", "en"),
        ("en;q=0, zh", "zh-CN"),
        ("*", "zh-CN"),
        ("en;q=x", "zh-CN"),
    ],
)
def test_language(accept, chosen):
    assert language(accept) == chosen


class Sample(Shape):
    number: Annotated[int, Field(ge=0)] = 0
    share: float = 0
    is_on: bool = False
    at: Maybe[Instant] = None
    on: Maybe[Day] = None
    id: Maybe[UUID] = None
    numbers: list[int] = []


class Told(OutShape):
    at: OutInstant


class TestShapes:
    @pytest.mark.parametrize(
        "good",
        [
            {"number": 7.0},
            {"share": 1},
            {"numbers": [1, 2.0]},
            {"at": "2026-11-01T12:00:00Z"},
            {"at": "2026-11-01t12:00:00.1234567z"},
            {"at": "2026-11-01T23:59:59-12:00"},
            {"on": "2024-02-29"},
        ],
    )
    def test_taken(self, good):
        assert Sample.model_validate(good).model_fields_set == good.keys()

    @pytest.mark.parametrize(
        "bad",
        [
            {"number": "7"},
            {"number": True},
            {"number": 7.5},
            {"number": None},
            {"share": "1"},
            {"share": True},
            {"is_on": 1},
            {"is_on": "true"},
            {"numbers": ["1"]},
            {"at": None},
            {"at": 0},
            {"at": "2026-11-01T12:00:00"},
            {"at": "2026-11-01 12:00:00Z"},
            {"at": "2026-02-30T12:00:00Z"},
            {"at": "0001-01-01T00:00:00+01:00"},
            {"on": "2026-02-29"},
            {"on": 0},
            {"on": "2026-11-01T00:00:00Z"},
            {"id": 7},
            {"colour": 1},
        ],
    )
    def test_refused(self, bad):
        with pytest.raises(ValidationError):
            Sample.model_validate(bad)

    def test_changes_are_what_was_sent(self):
        assert Sample.model_validate({"number": 0}).changes() == {"number": 0}

    @given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
    def test_instants_come_back_as_they_went(self, moment):
        text = orjson.loads(Told(at=moment.replace(tzinfo=UTC)).as_json())["at"]
        assert Sample.model_validate({"at": text}).at == moment.replace(tzinfo=UTC)
        assert len(text) == 27

    @pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
    def test_nothing_happens_outside_the_years_that_clocks_count_in(self, year):
        class Told(Shape):
            at: Occasion

        with pytest.raises(ValidationError) as refused:
            Told.model_validate({"at": f"{year}-06-01T12:00:00Z"})
        [entry] = entries([{**refused.value.errors()[0], "loc": ("body", "at")}], "en")
        assert entry == {
            "detail": "must lie in the years 1970 to 2199",
            "pointer": "#/at",
            "code": "instant-out-of-range",
        }

    @pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
    def test_flags(self, text, value):
        class Asked(Shape):
            flag: Flag

        assert Asked.model_validate({"flag": text}).flag is value
        for other in ("1", "yes", "True", 1):
            with pytest.raises(ValidationError):
                Asked.model_validate({"flag": other})


class Hours(Shape):
    zone: str
    week: dict[Annotated[str, Field(pattern="^(mon|tue)$")], list[list[str]]] = {}


class Wait(Shape):
    kind: Literal["wait"]
    at: int


class Move(Shape):
    kind: Literal["hours"]
    at: int
    hours: Code | Hours


class Plan(Shape):
    hours: Code | Hours = "always"
    facts: list[Annotated[Wait | Move, Field(discriminator="kind")]] = []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"hours": []}, {"#/hours"}),
        ({"hours": "Ü"}, {"#/hours"}),
        ({"hours": {}}, {"#/hours", "#/hours/zone"}),
        ({"hours": {"zone": "Z", "week": {"a": []}}}, {"#/hours", "#/hours/week/a"}),
        ({"hours": {"zone": "Z", "week": {"[key]": []}}}, {"#/hours", "#/hours/week/[key]"}),
        ({"hours": {"zone": "Z", "week": {"mon": [["9", 9]]}}}, {"#/hours", "#/hours/week/mon/0/1"}),
        ({"hours": {"zone": "Z", "Hours": 1}}, {"#/hours", "#/hours/Hours"}),
        ({"facts": [{"kind": "wait", "at": "x"}]}, {"#/facts/0/at"}),
        ({"facts": [{"kind": "wait"}]}, {"#/facts/0/at"}),
        ({"facts": [{"kind": "hours", "at": "x", "hours": "always"}]}, {"#/facts/0/at"}),
        ({"facts": [{"kind": "hours", "hours": "always"}]}, {"#/facts/0/at"}),
        ({"facts": [{"kind": "hours", "at": 1, "hours": {}}]}, {"#/facts/0/hours", "#/facts/0/hours/zone"}),
        ({"facts": [{"kind": "hours", "at": 1}]}, {"#/facts/0/hours"}),
        ({"facts": [{"kind": "party"}, 3]}, {"#/facts/0", "#/facts/1"}),
        ({"more": 1}, {"#/more"}),
    ],
)
def test_pointers_lead_to_what_was_sent(body, pointers):
    with pytest.raises(ValidationError) as refused:
        Plan.model_validate(body)
    told = [{**fault, "loc": ("body", *fault["loc"])} for fault in refused.value.errors()]
    assert {entry["pointer"] for entry in entries(told, "en", body)} == pointers


@pytest.mark.parametrize(
    ("expected", "listed"),
    [
        ("'a'", "'a'"),
        ("'a' or 'b or c'", "'a'、'b or c'"),
        ("'a', 'b' or 'c'", "'a'、'b'、'c'"),
        ("1 or 2", "1、2"),
    ],
)
def test_what_is_expected_is_listed_in_the_language_of_the_answer(expected, listed):
    fault = {"loc": ("body", "kind"), "type": "enum", "ctx": {"expected": expected}}
    assert entries([fault], "zh-CN")[0]["detail"] == f"应为以下之一：{listed}"
    assert entries([fault], "en")[0]["detail"] == f"must be one of {expected}"


def test_a_pointer_leads_into_what_was_sent_past_the_tags_of_unions():
    body = {"record": {"kind": "unpacking", "items": [{"item": "Fan"}]}}
    found = entries(
        [
            {"loc": ("body", "record", "unpacking", "items", 0, "expected"), "type": "missing"},
            {"loc": ("body", "record", "unpacking", "notes"), "type": "missing"},
            {"loc": ("body", "record", "kind"), "type": "missing"},
        ],
        "en",
        body,
    )
    assert [one["pointer"] for one in found] == [
        "#/record/items/0/expected",
        "#/record/notes",
        "#/record/kind",
    ]


def test_a_tag_of_what_shows_others_changes_with_them_and_names_the_version():
    tags = [etag(7, shown) for shown in (b"a", b"b")]
    assert tags[0] != tags[1]
    assert {expected_version(tag) for tag in (*tags, etag(7))} == {7}
    assert all(re.fullmatch(IF_MATCH_PATTERN, tag) for tag in tags)
    assert is_unchanged(f'W/{tags[0]}, "8"', tags[0])
    assert not is_unchanged(etag(7), tags[0])


def test_pointers():
    assert pointer(["a/b", 0, "c~d"]) == "#/a~1b/0/c~0d"
    assert pointer([]) == "#"


class TestCursors:
    cursors = Cursors(b"k" * 32)
    filters = b"f" * 32

    @given(st.lists(st.integers().filter(lambda n: abs(n) < 2**53) | st.text(), min_size=1, max_size=3))
    def test_round_trip(self, values):
        cursor = self.cursors.seal(values, self.filters, NOW)
        assert self.cursors.open(cursor, self.filters, NOW + timedelta(hours=72)) == values

    @given(st.text(max_size=100))
    def test_made_up(self, cursor):
        with pytest.raises(BadRequest):
            self.cursors.open(cursor, self.filters, NOW)

    @given(st.integers(min_value=0))
    def test_altered_anywhere(self, place):
        cursor = self.cursors.seal([1, "x"], self.filters, NOW)
        place %= len(cursor) - 1
        other = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(BadRequest):
            self.cursors.open(other, self.filters, NOW)

    def test_expired_foreign_and_of_other_filters(self):
        cursor = self.cursors.seal([1], self.filters, NOW)
        for cursors, filters, now in (
            (self.cursors, self.filters, NOW + timedelta(hours=72, seconds=1)),
            (self.cursors, b"g" * 32, NOW),
            (Cursors(b"l" * 32), self.filters, NOW),
        ):
            with pytest.raises(BadRequest):
                cursors.open(cursor, filters, now)


class TestIdempotencyKeys:
    @pytest.mark.parametrize(("header", "key"), [('"a-1"', "a-1"), ("a-1", "a-1"), ("x" * 255, "x" * 255)])
    def test_read(self, header, key):
        assert read_key(header) == key

    @pytest.mark.parametrize("header", ["", '""', "a b", "x" * 256, '"a', 'a"b', "é", "a\tb"])
    def test_malformed(self, header):
        with pytest.raises(BadRequest):
            read_key(header)

    def test_what_makes_requests_the_same(self):
        same = fingerprint("POST", "/v1/x", "a=1&b=2", b"{}")
        assert fingerprint("POST", "/v1/x", "b=2&a=1", b"{}") == same
        for other in (("PUT", "/v1/x", "a=1&b=2", b"{}"), ("POST", "/v1/y", "a=1&b=2", b"{}")):
            assert fingerprint(*other) != same
        assert fingerprint("POST", "/v1/x", "a=1&b=2", b"{} ") != same


class TestQuotas:
    def test_a_sliding_window(self):
        quotas = Quotas({"user": Quota("user", 10, 60)})
        first = [quotas.take("user", "a", 60.0) for _ in range(11)]
        assert [standing.is_spent for standing in first] == [False] * 10 + [True]
        assert [standing.remaining for standing in first[:3]] == [9, 8, 7]
        assert quotas.take("user", "b", 60.0).remaining == 9
        half = [quotas.take("user", "a", 150.0).is_spent for _ in range(6)]
        assert half == [False] * 5 + [True]
        assert quotas.take("user", "a", 300.0).remaining == 9
        assert quotas.take("other", "a", 300.0) is None

    @given(st.lists(st.floats(min_value=0, max_value=20), max_size=200))
    def test_never_twice_the_quota_in_a_window(self, gaps):
        quotas, now, granted = Quotas({"user": Quota("user", 5, 10)}), 1000.0, []
        for gap in gaps:
            now += gap
            if not quotas.take("user", "a", now).is_spent:
                granted.append(now)
        for moment in granted:
            assert sum(moment <= other < moment + 10 for other in granted) <= 10


class TestTraces:
    good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    def test_read_and_hand_on(self):
        found = read_traceparent(self.good)
        assert found.traceparent == self.good
        child = new_trace(found)
        assert (child.trace_id, child.flags) == (found.trace_id, "01")
        assert child.span_id != found.span_id
        assert read_traceparent(new_trace().traceparent) is not None

    @pytest.mark.parametrize(
        "bad",
        [
            None,
            "",
            "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ],
    )
    def test_malformed(self, bad):
        assert read_traceparent(bad) is None

    def test_spans_cost_nothing_without_a_provider(self):
        parent = Trace("a" * 32, "b" * 16)
        told = {"messaging.system": "kafka"}
        with span("send x", SpanKind.CLIENT, parent=parent, links=(parent,), attributes=told) as (_, here):
            assert here.trace_id == parent.trace_id


class TestProblems:
    problems = Problems(
        {
            **MESSAGES,
            **EDGE_MESSAGES,
            "full": Message("已满", "Full", "还剩 {left} 个", "{left} left: {names}"),
        }
    )

    def told(self, error: Exception, accept: str = "en") -> tuple[int, dict[str, object]]:
        response = self.problems.answer(error, path="/v1/x", accept_language=accept, trace_id="t")
        return response.status_code, orjson.loads(response.body)

    def test_what_is_unknown_is_a_dash_and_an_empty_list_holds_nothing(self):
        _, document = self.told(Conflict("full", left=None, names=[]))
        assert document["detail"] == "– left: nothing"

    def test_where_nothing_is_possible_any_more_it_is_said_in_both_languages(self):
        ended = Conflict("invalid-state-transition", action="a", current_state="b", allowed_actions=[])
        assert self.told(ended)[1]["detail"].endswith("Still possible: nothing.")
        assert self.told(ended, "zh")[1]["detail"].endswith("现在还可执行的操作：无。")
        ended.facts["allowed_actions"] = ["close", "reopen"]
        assert self.told(ended, "zh")[1]["detail"].endswith("现在还可执行的操作：close、reopen。")

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (NotFound("full"), 404),
            (Conflict("full"), 409),
            (Conflict("precondition-failed", current_version=3), 412),
            (Forbidden("full"), 403),
            (Invalid("full"), 422),
            (BadRequest("full"), 400),
            (ConnectionRefusedError(), 503),
            (TimeoutError(), 503),
            (RuntimeError("secret"), 500),
        ],
    )
    def test_statuses(self, error, status):
        found, document = self.told(error)
        assert found == status == document["status"]
        assert "secret" not in str(document)

    def test_facts_in_texts_and_as_members(self):
        _, english = self.told(Conflict("full", left=3, names=["a", "b"]))
        assert english["detail"] == "3 left: a, b"
        assert (english["left"], english["names"], english["type"]) == (3, ["a", "b"], "/problems/full")
        _, chinese = self.told(Conflict("full", left=3), "zh")
        assert (chinese["title"], chinese["detail"]) == ("已满", "还剩 3 个")

    def test_a_slot_without_a_fact_does_not_fail(self):
        assert self.told(Conflict("full"))[1]["detail"] == "{left} left: {names}"

    @pytest.mark.parametrize("message", [*MESSAGES.values(), *EDGE_MESSAGES.values()])
    def test_every_text_is_there_in_both_languages(self, message):
        assert all((message.title_zh, message.title_en, message.detail_zh, message.detail_en))
        assert message.title_en.isascii()
        assert not message.title_zh.isascii()


def fail() -> None:
    raise ValueError("password=hunter22")


class TestLogs:
    @pytest.fixture(autouse=True)
    def _as_before(self):
        handlers, before = list(logging.getLogger().handlers), structlog.get_config()
        yield
        logging.getLogger().handlers[:] = handlers
        structlog.configure(**before)

    def test_one_json_line(self, capfdbinary):
        logs.configure("json", "depot")
        log = structlog.get_logger("x")
        log.info(
            "request",
            method="GET",
            password="hunter22",  # noqa: S106
            phone="13800138000",
            note="密码：Abc@12345 电话13900139000",
        )
        log.info("nested", body={"token": "abc", "list": ["13800138000"]}, count=3)
        try:
            fail()
        except ValueError:
            log.exception("failed")
        lines = [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        assert lines[0]["note"] == f"密码：{MASK} 电话{MASK}"
        assert (lines[0]["password"], lines[0]["phone"]) == (MASK, MASK)
        assert (lines[0]["service"], lines[0]["level"], lines[0]["event"]) == ("depot", "info", "request")
        assert lines[1]["body"] == {"token": MASK, "list": [MASK]}
        assert lines[1]["count"] == 3
        assert "ValueError" in lines[2]["exception"]
        assert "hunter22" not in str(lines)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("call +86 21 5888 8888 now", f"call {MASK} now"),
            ("call 021-58888888, or 0512 6888 8888", f"call {MASK}, or {MASK}"),
            ("(021) 5888 8888", MASK),
            ("write to li.wei@bank.example.com", f"write to {MASK}"),
            ("refused\nDETAIL:  Failing row contains (Li Wei).\nend", f"refused\nDETAIL:  {MASK}\nend"),
            ("at 2026-03-02T01:00:00+08:00 in 0123 ms", "at 2026-03-02T01:00:00+08:00 in 0123 ms"),
            ("0197d2c4-5b1e-7d5b-9a53-0f6f3f1c2a10", "0197d2c4-5b1e-7d5b-9a53-0f6f3f1c2a10"),
        ],
    )
    def test_what_names_a_person_is_masked(self, text, shown):
        assert logs.masked_text(text) == shown

    def test_console(self, capsys):
        logs.configure("console", "depot")
        try:
            fail()
        except ValueError:
            structlog.get_logger("x").exception("failed")
        told = capsys.readouterr().out
        assert "failed" in told
        assert "hunter22" not in told

    def test_the_standard_library_speaks_the_same(self, capsys):
        logs.configure("json", "depot")
        logging.getLogger("elsewhere").warning("password: %s", "hunter22")
        line = orjson.loads(capsys.readouterr().out)
        assert line["event"] == f"password: {MASK}"


class TestHealth:
    async def probe(self, health: Health, path: str) -> tuple[int, str]:
        sent: list[dict[str, object]] = []
        scope = {
            "type": "http",
            "path": path.partition("?")[0],
            "method": "GET",
            "headers": [],
            "scheme": "http",
            "query_string": path.partition("?")[2].encode(),
            "server": ("x", 1),
        }

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await health(scope, None, send)
        return sent[0]["status"], sent[1]["body"].decode()

    async def test_what_is_wrong_is_named(self):
        async def fail() -> None:
            raise ConnectionError("with a password")

        async def hang() -> None:
            await asyncio.Event().wait()

        async def fine() -> None:
            pass

        health = Health({"database": fail, "bus": hang, "keys": fine})
        assert await self.probe(health, "/startupz") == (503, "not ok\n")
        health.started()
        assert await self.probe(health, "/startupz") == (200, "ok\n")
        status, told = await self.probe(health, "/readyz?verbose")
        assert status == 503
        assert told.splitlines() == [
            "[+]started ok",
            "[-]database ConnectionError",
            "[-]bus TimeoutError",
            "[+]keys ok",
        ]
        assert await self.probe(health, "/livez") == (200, "ok\n")
        assert (await self.probe(health, "/other"))[0] == 404
