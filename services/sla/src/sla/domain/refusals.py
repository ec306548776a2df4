"""Texts of the service's own refusals, in zh-CN and en, with what to do next."""

from collections.abc import Mapping

from common.messages import Catalogue, Message
from sla.domain import messages


def _issue(zh: str, en: str) -> Message:
    """What is wrong at one place of a document."""
    return Message(zh, en, zh, en)


_REFUSALS: Catalogue = {
    "calendar-exists": Message(
        "日历已存在",
        "The calendar is there already",
        "已有同名日历。请发布它的新版本，或换一个 id。",
        "There is a calendar of this id. Publish a new version of it, or choose another id.",
    ),
    "invalid-calendar": Message(
        "日历未被接受",
        "The calendar is refused",
        "日历有 {issue_count} 处问题，见 errors。请逐一更正后重新提交。",
        "The calendar has {issue_count} issues, listed under errors. Correct each of them and send it again.",
    ),
    "unknown-calendar": Message(
        "没有这个日历",
        "No such calendar",
        "日历 {calendar} 不存在。请使用已发布的日历，或直接给出定义。",
        "There is no calendar {calendar}. Use a published one, or give the definition itself.",
    ),
    "plan-exists": Message(
        "方案已存在",
        "The plan is there already",
        "已有同名方案。请用 PUT …/draft 更新草稿，或换一个 id。",
        "There is a plan of this id. Replace its draft with PUT …/draft, or choose another id.",
    ),
    "plan-without-draft": Message(
        "没有可发布的草稿",
        "There is no draft to publish",
        "方案 {plan_id} 没有草稿。请先提交草稿。",
        "The plan {plan_id} has no draft. Send one first.",
    ),
    "plan-id-differs": Message(
        "方案 id 不一致",
        "The plan's id is another one",
        "文档中的 id 为 {found}，应为 {plan_id}。请更正。",
        "The document is about {found}, not about {plan_id}. Correct one of the two.",
    ),
    "plan-not-published": Message(
        "方案尚未发布",
        "The plan is not published",
        "方案 {plan_id} 不存在或尚未发布。请先发布。",
        "The plan {plan_id} does not exist or is not published yet. Publish it first.",
    ),
    "period-empty": Message(
        "结束早于开始",
        "It would end before it begins",
        "结束时间必须晚于开始时间 {starts_at}。",
        "It has to end after it begins, at {starts_at}.",
    ),
    "agreement-overlaps": Message(
        "客户已适用该方案",
        "The customer is on that plan already",
        "协议 {agreement_id} 已让客户自 {starts_at} 起适用方案 {plan_id}。请选择不重叠的时段，或先结束它。",
        "Agreement {agreement_id} has the customer on plan {plan_id} from {starts_at} on. "
        "Choose a period that does not overlap it, or end that one first.",
    ),
    "agreement-ended": Message(
        "协议已结束",
        "The agreement has ended",
        "协议已于 {ends_at} 结束。需要时请新建协议。",
        "It ended at {ends_at}. Make a new agreement where one is needed.",
    ),
    "target-ambiguous": Message(
        "时限写法有误",
        "The target is not one target",
        "请只填写 seconds、minutes、hours、working_days 之一；day_end 只用于 working_days。",
        "Give exactly one of seconds, minutes, hours and working_days; day_end goes with working_days only.",
    ),
    "target-not-whole": Message(
        "时限不是整秒",
        "The target is no whole number of seconds",
        "时限必须是整秒数。",
        "A target has to come to whole seconds.",
    ),
    "target-out-of-range": Message(
        "时限超出范围",
        "The target is out of range",
        "时限应在 {least} 到 {most}（{unit}）之间。",
        "A target lies between {least} and {most} {unit}.",
    ),
    "calculation-too-long": Message(
        "时间跨度过大",
        "The calculation spans too long a time",
        "各时间之间最多相差 {most_years} 年。",
        "All instants of a calculation lie within {most_years} years.",
    ),
    "before-start": Message(
        "早于开始时间",
        "Before the start",
        "at 不能早于开始时间 {start}。",
        "at may not be earlier than the start, {start}.",
    ),
    "facts-out-of-order": Message(
        "事实顺序有误",
        "The facts are out of order",
        "facts 必须按时间先后排列。",
        "List the facts in the order of their times.",
    ),
    "no-open-time-within-ten-years": Message(
        "十年内没有服务时间",
        "No open time within ten years",
        "按此日历，十年内无法完成该时限。请检查日历或时限。",
        "The target does not end within ten years in this calendar. Check the calendar or the target.",
    ),
    "instant-out-of-range": Message(
        "时间超出范围",
        "The time is out of range",
        "年份应在 {first_year} 到 {last_year} 之间。",
        "Years from {first_year} to {last_year} can be counted.",
    ),
}

_CALENDAR_ISSUES: Catalogue = {
    "wrong-type": _issue("类型应为 {expected}。", "Must be a {expected}."),
    "too-many": _issue("最多 {most} 项，现有 {count} 项。", "At most {most} are taken; these are {count}."),
    "unknown-field": _issue("没有这个字段，请删除。", "There is no such field; remove it."),
    "malformed-date": _issue("{value} 不是有效日期。", "{value} is no date; write 2026-10-01."),
    "malformed-time": _issue(
        "{value} 不是有效时间。", "{value} is no time; write 09:00, up to 24:00 as a closing."
    ),
    "unknown-time-zone": _issue("时区 {value} 不存在。", "There is no time zone {value}."),
    "overlapping-hours": _issue(
        "时间段重叠，请合并或分开。", "These hours overlap others; join or part them."
    ),
    "holiday-and-workday": _issue(
        "{date} 既是假日又是调休上班日，请只保留一处。",
        "{date} is listed as a holiday and as a workday; keep one.",
    ),
    "workdays-without-hours": _issue(
        "有调休上班日但没有 workday_hours。",
        "There are make-up workdays but no workday_hours; give their hours.",
    ),
    "skipped-hour": _issue(
        "{local_time} 因夏令时不存在，请换一个时间。",
        "{local_time} is skipped by a clock change; choose another time.",
    ),
    "repeated-hour": _issue(
        "{local_time} 因夏令时出现两次，请换一个时间。",
        "{local_time} occurs twice at a clock change; choose another time.",
    ),
    "never-open": _issue(
        "自 {from_date} 起 {years} 年内没有任何服务时间。",
        "It never opens within {years} years from {from_date}.",
    ),
}

MESSAGES: Mapping[str, Message] = {
    **messages.MESSAGES,
    **_REFUSALS,
    **_CALENDAR_ISSUES,
    **{code: _issue(*both) for code, both in messages.ISSUES.items()},
}
"""Refusals and the issues they list, by code."""
