"""Texts of the engine's refusals, in zh-CN and en, with what to do next."""

from collections.abc import Mapping

from common.messages import Catalogue, Message
from sla.domain.plans.issues import Issue

MESSAGES: Catalogue = {
    "plan-refused": Message(
        "方案未被接受",
        "The plan is refused",
        "方案有 {issue_count} 处问题，见 errors。请逐一更正后重新提交。",
        "The plan has {issue_count} issues, listed under errors. Correct each of them and send it again.",
    ),
    "not-known-then": Message(
        "当时尚不知道",
        "It was not known then",
        "该计时直到 {known_from} 才为人所知。请填写不早于该时刻的 as_of。",
        "The clock was made known at {known_from}. Ask for that moment or a later one in as_of.",
    ),
}
"""Refusals, by code."""

ISSUES: Mapping[str, tuple[str, str]] = {
    "plan-empty": ("文档为空。请提供方案内容。", "The document is empty. Give a plan."),
    "plan-not-yaml": ("不是有效的 YAML：{reason}。", "Not valid YAML: {reason}."),
    "plan-too-large": (
        "文档过大、嵌套过深或自我引用（最多 {most} 个节点、{depth} 层）。请拆分或去掉引用。",
        (
            "The document is too large or too deep, or refers to itself (at most {most} nodes and {depth} "
            "levels). Split it or drop the references."
        ),
    ),
    "plan-number-unfit": (
        "数字 {value} 无法准确保存。请写有限且不超过 {most} 的数字。",
        "The number {value} cannot be stored exactly. Write a finite one of at most {most}.",
    ),
    "plan-hidden-character": (
        "文本含有控制字符或不可见字符。请重新键入。",
        "The text holds a control character or another that cannot be seen. Type it anew.",
    ),
    "plan-not-mapping": ("此处应为键值对。", "A mapping is expected here."),
    "plan-without-commitments": (
        "commitments 应为至少一项的列表。",
        "commitments must be a list of at least one.",
    ),
    "plan-too-many-commitments": ("承诺过多，最多 {most} 项。", "Too many commitments; at most {most}."),
    "plan-repeated-key": ("键 {field} 重复。请只保留一个。", "The key {field} is written twice. Keep one."),
    "plan-unknown-key": ("未知的键 {field}。请检查拼写。", "Unknown key {field}. Check the spelling."),
    "plan-missing": ("缺少 {field}。", "{field} is missing."),
    "plan-not-text": ("{field} 应为非空文字。", "{field} must be a text that is not empty."),
    "plan-not-slug": (
        "{field} 的值 {value} 只能由小写字母、数字和 - _ . 组成。",
        "{field} is {value}; only lower-case letters, digits and - _ . are allowed.",
    ),
    "plan-not-number": ("{field} 应为整数。", "{field} must be a whole number."),
    "plan-not-one-of": ("{value} 无效，可用：{allowed}。", "{value} is not possible; use one of {allowed}."),
    "plan-bad-percentage": (
        "百分比 {value} 无效，应写作 80% 这样的整数，从 1% 到 {most}%。",
        "{value} is no percentage; write a whole one like 80%, from 1% to {most}%.",
    ),
    "plan-percentages-unordered": (
        "百分比应各不相同并由小到大排列。",
        "Percentages must be different and ascending.",
    ),
    "plan-bad-target": (
        "target 应为 seconds、minutes、hours、working_days、at 之一。",
        "target must be one of seconds, minutes, hours, working_days, at.",
    ),
    "plan-zero-target": ("时限 {value} 应大于零。", "The target is {value}; it must be more than zero."),
    "plan-target-too-long": (
        "时限 {value} 超过上限 {most}（十年）。",
        "The target {value} is over {most} (ten years).",
    ),
    "plan-bad-condition": (
        "字段 {field} 的条件无效：应为值、值的列表，或 lt、lte、gt、gte（数字）、exists（true 或 false）。",
        (
            "The condition on {field} is none: give a value, a list of values, or lt, lte, gt, gte with "
            "a number, or exists with true or false."
        ),
    ),
    "plan-unknown-operator": (
        "字段 {field} 的运算 {operator} 不存在，可用 lt、lte、gt、gte、exists。",
        "{operator} on {field} is no operator; there are lt, lte, gt, gte and exists.",
    ),
    "plan-not-kept": (
        "方案中有无法原样保存的值。请改用普通的文字和数字。",
        "The plan holds a value that cannot be stored as it is. Use plain texts and numbers.",
    ),
    "plan-duplicate-id": ("承诺 {id} 重复。请改名。", "There is another commitment {id}. Rename one."),
    "plan-unknown-calendar": (
        "承诺 {commitment} 的日历 {calendar} 不存在。请先发布该日历或改用已有的。",
        (
            "The calendar {calendar} of commitment {commitment} does not exist. Publish it first or name "
            "another."
        ),
    ),
    "plan-unknown-subject": (
        "承诺 {commitment} 的对象 {subject} 不存在。",
        "The subject {subject} of commitment {commitment} does not exist.",
    ),
    "plan-unknown-event": ("事件 {event} 不存在。请检查名称。", "There is no event {event}. Check its name."),
    "plan-other-subject": (
        "事件 {event} 关于 {other}，不是 {subject}。",
        "The event {event} is about {other}, not {subject}.",
    ),
    "plan-unknown-field": (
        "事件 {event} 没有字段 {field}，对象的事实中也没有。",
        "The event {event} has no field {field}, nor is it a fact of the subject.",
    ),
    "plan-impossible-value": (
        "字段 {field}（{kind}）不可能为 {value}。",
        "{field} ({kind}) can never be {value}.",
    ),
    "plan-not-an-instant": (
        "事件 {event} 的字段 {field} 不是时间，不能作为到期时间。",
        "{field} of the event {event} is no instant and cannot be a due time.",
    ),
    "plan-pause-without-resume": (
        "承诺 {commitment} 有 pause 而没有 resume，暂停后不会恢复。",
        "Commitment {commitment} has pause but no resume: it would never go on.",
    ),
    "plan-assumes-known": (
        "承诺 {commitment} 假定 {field}，其 start 应要求 {field} 未知（exists: false）。",
        (
            "Commitment {commitment} assumes {field}; its start must ask that {field} is missing "
            "(exists: false)."
        ),
    ),
    "plan-tie": (
        "{first} 与 {second} 在 {facts} 时条件数与优先级相同。请给其中之一更高的 priority。",
        (
            "{first} and {second} are equally specific and of equal priority for {facts}. Give one a "
            "higher priority."
        ),
    ),
    "plan-gap": (
        "事件 {event} 在 {facts} 时没有 {metric} 承诺。请补充。",
        "For {event} with {facts} there is no commitment of metric {metric}. Add one.",
    ),
    "plan-unreachable": (
        "承诺 {commitment} 永远不会被选中。请放宽条件、提高优先级或删除。",
        "Commitment {commitment} can never win. Widen its conditions, raise its priority or remove it.",
    ),
    "plan-too-many-combinations": (
        "指标 {metric} 在事件 {event} 上的条件组合过多，无法检查。请减少条件。",
        "Metric {metric} on {event} has too many combinations of conditions to check. Use fewer.",
    ),
}
"""What can be wrong with a plan, by code: zh-CN and en."""


def issue_text(issue: Issue, language: str) -> str:
    """``issue`` as a sentence in ``zh-CN`` or ``en``."""
    zh, en = ISSUES[issue.code]
    return (zh if language == "zh-CN" else en).format(**issue.facts)
