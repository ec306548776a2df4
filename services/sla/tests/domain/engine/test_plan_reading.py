"""Plans are read from text with line numbers, from documents with pointers, and written back without loss."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.domain.messages import ISSUES, issue_text
from sla.domain.plans import Condition, Operator, Target, Unit, document_of
from sla.plan_files import read_document, read_text, reference_text, write_text

from .story import commitment, plan_of, reference

HEAD = "id: mine\ntitle: {zh-CN: 方案, en: Plan}\ncommitments:\n"
BODY = """- id: first
  clause: "§1.2.4"
  title: {zh-CN: 响应, en: Response}
  subject: ticket
  metric: response
  start: {event: ticketing.ticket.opened}
  stop: {event: ticketing.ticket.acknowledged}
  target: {hours: 1}
  calendar: always
"""


def issues(text):
    return [(issue.code, issue.line, issue.pointer) for issue in read_text(text).issues]


def test_the_reference_plan_survives_writing_and_reading():
    assert read_text(write_text(reference())).plan == reference()
    assert read_document(document_of(reference())).plan == reference()


def test_writing_what_was_read_changes_nothing():
    once = write_text(reference())
    assert write_text(read_text(once).plan) == once


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("clause:", "claws:", "plan-unknown-key", 5),
        ("  metric: response\n", "", "plan-missing", 4),
        ("metric: response", "metric: [response]", "plan-not-text", 8),
        ("metric: response", "metric: Response!", "plan-not-slug", 8),
        ("en: Response", 'en: ""', "plan-not-text", 6),
        (", en: Response", "", "plan-missing", 6),
        ("{hours: 1}", "{hours: 0}", "plan-zero-target", 11),
        ("{hours: 1}", "{minutes: -5}", "plan-zero-target", 11),
        ("{hours: 1}", "{hours: 90000}", "plan-target-too-long", 11),
        ("{hours: 1}", "{hours: 1.5}", "plan-not-number", 11),
        ("{hours: 1}", "{hours: true}", "plan-not-number", 11),
        ("{hours: 1}", "{hours: 1, minutes: 5}", "plan-bad-target", 11),
        ("{hours: 1}", "{}", "plan-bad-target", 11),
        ("{hours: 1}", "soon", "plan-bad-target", 11),
        ("{hours: 1}", "{hours: 1, day_end: same_time}", "plan-unknown-key", 11),
        ("{hours: 1}", "{working_days: 1, day_end: noon}", "plan-not-one-of", 11),
        ("  calendar", "  warn_at: [80]\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  warn_at: [0%]\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  warn_at: [100%]\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  warn_at: [80%, 50%]\n  calendar", "plan-percentages-unordered", 12),
        ("  calendar", "  warn_at: [50%, 50%]\n  calendar", "plan-percentages-unordered", 12),
        ("  calendar", "  escalate: {at: 1001%, to: lead}\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  escalate: {at: 100%}\n  calendar", "plan-missing", 12),
        ("  calendar", "  escalate: lead\n  calendar", "plan-not-mapping", 12),
        ("  calendar", "  priority: high\n  calendar", "plan-not-number", 12),
        ("opened}", "opened, policy: restart}", "plan-unknown-key", 9),
        ("opened}", "opened, when: {}}", "plan-bad-condition", 9),
        ("opened}", "opened, when: {severity: []}}", "plan-bad-condition", 9),
        ("opened}", "opened, when: {severity: [1, 1]}}", "plan-bad-condition", 9),
        ("opened}", "opened, when: {severity: null}}", "plan-bad-condition", 9),
        ("opened}", "opened, when: {severity: {near: 1}}}", "plan-unknown-operator", 9),
        ("opened}", "opened, when: {severity: {lt: high}}}", "plan-bad-condition", 9),
        ("opened}", "opened, when: {severity: {exists: 1}}}", "plan-bad-condition", 9),
        ("  calendar", "  priority: 18446744073709551616\n  calendar", "plan-number-unfit", 12),
        ("{hours: 1}", "{hours: 0x" + "f" * 6000 + "}", "plan-number-unfit", 11),
        ("{hours: 1}", "{working_days: 1, day_end: 0x" + "f" * 6000 + "}", "plan-not-one-of", 11),
        ("  calendar", "  warn_at: [0x" + "f" * 6000 + "]\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  warn_at: [{a: b}]\n  calendar", "plan-bad-percentage", 12),
        ("  calendar", "  reopen: {event: x, policy: maybe}\n  calendar", "plan-not-one-of", 12),
        ("  start: {event: ticketing.ticket.opened}\n", "  start: []\n", "plan-missing", 4),
        ("  calendar: always", "  calendar: always\n  calendar: other", "plan-repeated-key", 4),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old, new, code, line):
    assert old in BODY
    found = issues(HEAD + BODY.replace(old, new, 1))
    assert (code, line) in [(one[0], one[1]) for one in found]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "plan-empty", 1),
        ("# nothing\n", "plan-empty", 1),
        ("id: [\n", "plan-not-yaml", 2),
        ("a: *nobody", "plan-not-yaml", 1),
        ("just words", "plan-not-mapping", 1),
        ("? [a]\n: b", "plan-not-mapping", 1),
        ("id: mine\ntitle: {zh-CN: a, en: b}\ncommitments: []\n", "plan-without-commitments", 3),
        ("id: mine\ntitle: {zh-CN: a, en: b}\ncommitments: {}\n", "plan-without-commitments", 3),
        ("a: &a [*a]\n", "plan-too-large", 1),
        ("[" * 600 + "]" * 600, "plan-too-large", 1),
        ("[" * 500_000, "plan-too-large", 1),
        ('id: "a\\0b"\n', "plan-hidden-character", 1),
        ("id: !!python/object:os.system x\n", "plan-not-yaml", 1),
        ("--- a\n--- b\n", "plan-not-yaml", 2),
        ("id: !!bool maybe\n", "plan-not-yaml", 1),
        ("id:\n  !!int ''\n", "plan-not-yaml", 2),
        ("id: !!timestamp soon\n", "plan-not-yaml", 1),
    ],
)
def test_what_is_no_plan_at_all_is_refused(text, code, line):
    assert (code, line) in [(one[0], one[1]) for one in issues(text)]


def test_references_cannot_blow_a_small_text_up():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 10)}]" for n in range(1, 12)]
    assert issues("\n".join(lines))[0][0] == "plan-too-large"


def test_references_cannot_nest_without_end():
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2000))]
    assert issues("\n".join(lines))[0][0] == "plan-too-large"


@pytest.mark.parametrize(
    "number", [".inf", "-.inf", ".nan", "1.0e+300", str(2**53 + 1), str(2**64), "1" + "0" * 400]
)
@pytest.mark.parametrize(
    "place",
    [
        "when: {distance_km: {gte: NUMBER}}",
        "when: {distance_km: NUMBER}",
        "when: {distance_km: [1, NUMBER]}",
    ],
)
def test_numbers_that_could_not_be_read_again_are_refused(place, number):
    text = f"commitments:\n- start:\n    event: ticketing.ticket.opened\n    {place}\n"
    assert ("plan-number-unfit", 4) in [(one[0], one[1]) for one in issues(text.replace("NUMBER", number))]


@given(st.floats() | st.integers())
def test_a_number_that_is_read_is_stored_as_it_is(number):
    when = {"event": "ticketing.ticket.opened", "when": {"distance_km": {"gte": number}}}
    document = {"id": "mine", "title": {"zh-CN": "a", "en": "b"}, "commitments": [commitment(start=when)]}
    plan = read_document(document).plan
    assert (plan is not None) == (abs(number) <= 2**53)
    if plan is not None:
        assert read_document(orjson.loads(orjson.dumps(document_of(plan)))).plan == plan


def test_a_document_is_told_by_pointers():
    document = {
        "id": "mine",
        "title": {"zh-CN": "a", "en": "b"},
        "commitments": [commitment(target={"hours": 0})],
    }
    (issue,) = read_document(document).issues
    assert (issue.code, issue.line, issue.pointer) == (
        "plan-zero-target",
        None,
        "/commitments/0/target/hours",
    )


def test_one_trigger_or_a_list_and_every_operator_are_read():
    start = [
        {
            "event": "a",
            "when": {"kind": "incident", "severity": [1, 2], "distance_km": {"gte": 10, "lt": 20.5}},
        },
        {"event": "b", "when": {"locality": {"exists": False}, "is_major": False}},
    ]
    (one,) = plan_of(commitment(start=start)).commitments
    assert [trigger.when for trigger in one.start] == [
        (
            Condition("kind", Operator.IS, "incident"),
            Condition("severity", Operator.IN, (1, 2)),
            Condition("distance_km", Operator.GTE, 10),
            Condition("distance_km", Operator.LT, 20.5),
        ),
        (Condition("locality", Operator.EXISTS, False), Condition("is_major", Operator.IS, False)),
    ]
    assert one.stop[0].event == "ticketing.ticket.acknowledged"


@pytest.mark.parametrize(
    ("written", "target", "seconds"),
    [
        ({"seconds": 90}, Target(Unit.SECONDS, 90), 90),
        ({"minutes": 30}, Target(Unit.MINUTES, 30), 1800),
        ({"hours": 2}, Target(Unit.HOURS, 2), 7200),
        ({"working_days": 5}, Target(Unit.WORKING_DAYS, 5), None),
        ({"working_days": 5, "day_end": "same_time"}, Target(Unit.WORKING_DAYS, 5, "same_time"), None),
        ({"at": "failed_at"}, Target(Unit.AT, at_field="failed_at"), None),
    ],
)
def test_targets_keep_the_unit_they_are_written_in(written, target, seconds):
    plan = plan_of(commitment(target=written))
    assert plan.commitments[0].target == target
    assert target.seconds == seconds
    assert document_of(plan)["commitments"][0]["target"] == written


def test_policies_have_a_default():
    plan = plan_of(commitment(retarget={"event": "a"}, reopen={"event": "b"}))
    assert plan.commitments[0].retarget[0].policy == "from_start"
    assert plan.commitments[0].reopen[0].policy == "continue"


def test_a_bare_date_is_a_text():
    text = HEAD + BODY.replace("id: first", "id: 2026-03-02")
    assert read_text(text).plan.commitments[0].id == "2026-03-02"


scalars = st.one_of(st.text("abc_", min_size=1, max_size=5), st.integers(-9, 9), st.booleans())
conditions = st.dictionaries(
    st.sampled_from(["kind", "severity", "distance_km", "locality"]),
    st.one_of(
        scalars,
        st.lists(st.integers(0, 9), min_size=1, unique=True),
        st.fixed_dictionaries({"exists": st.booleans()}),
        st.dictionaries(st.sampled_from(["lt", "lte", "gt", "gte"]), st.integers(-5, 5), min_size=1),
    ),
    min_size=1,
)
triggers = st.lists(
    st.fixed_dictionaries({"event": st.sampled_from(["a.b", "c.d"])}, optional={"when": conditions}),
    min_size=1,
    max_size=3,
)
documents = st.fixed_dictionaries(
    {"start": triggers, "stop": triggers},
    optional={
        "pause": triggers,
        "resume": triggers,
        "warn_at": st.lists(st.integers(1, 99), unique=True).map(
            lambda found: [f"{n}%" for n in sorted(found)]
        ),
        "priority": st.integers(-3, 3),
        "assumes": st.lists(st.sampled_from(["locality", "distance_km"]), unique=True),
        "target": st.one_of(
            st.fixed_dictionaries({"minutes": st.integers(1, 99)}),
            st.fixed_dictionaries({"working_days": st.integers(1, 9), "day_end": st.just("same_time")}),
        ),
    },
)


@given(documents)
def test_any_plan_survives_writing_and_reading(document):
    plan = plan_of(commitment(**document))
    assert read_text(write_text(plan)).plan == plan
    assert read_document(document_of(plan)).plan == plan


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text):
    reading = read_text(text)
    assert (reading.plan is None) == bool(reading.issues)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_issue_has_a_text(language):
    for old, new in [("clause:", "claws:"), ("{hours: 1}", "{hours: 0}"), ("{hours: 1}", "{hours: 90000}")]:
        for issue in read_text(HEAD + BODY.replace(old, new, 1)).issues:
            assert "{" not in issue_text(issue, language)
    assert all(all(texts) for texts in ISSUES.values())


def test_the_text_of_the_reference_plan_is_the_one_that_ships():
    assert reference_text().startswith("#")
    assert len({one.id for one in reference().commitments}) == len(reference().commitments)
