"""The phrases of an explanation in zh-CN and en, with slots for the facts."""

from collections.abc import Mapping

Phrases = Mapping[str, str]

ZH: Phrases = {
    "promise": (
        "承诺依据：方案 {plan} 第 {revision} 版 {clause}“{title}”。时限：{target}，按日历 {calendar}（第 "
        "{calendar_revision} 版，{zone}）计算。"
    ),
    "agreement": "客户按协议 {id} 适用方案 {plan}：自 {starts} 起，{ends}；记录于 {recorded}。",
    "later_agreement": (
        "协议 {id}（方案 {plan}，自 {starts} 起，{ends}）涵盖该计时的起点，但记录于 {recorded}，"
        "当时该计时已经结束，故不改变其判定。"
    ),
    "until": "至 {at} 止",
    "open_end": "无截止",
    "agreed_in": "该时限以合同 {contract} 的约定为准，替代方案中的时限。",
    "start": "计时自 {at} 起，事件 {event}。",
    "attached": "该承诺自 {at} 起适用（此时才得知有关事实），但时间仍从起点算起。",
    "won": "{at} 的选择：{id} 适用，其条件全部成立（{conditions}），优先级 {priority}。",
    "nobody": "{at} 的选择：没有适用的承诺。",
    "not_matched": "未采用 {id}（{clause}）：条件“{condition}”不成立，实际为 {found}。",
    "less_specific": "未采用 {id}（{clause}）：同样符合，但条件较少（{count} 项）。",
    "lower_priority": "未采用 {id}（{clause}）：同样符合，但优先级较低（{priority}）。",
    "no_due_time": "未采用 {id}（{clause}）：事件没有带来到期时间。",
    "assumed": "{fields} 尚未得知，按较严格的情形计算。",
    "retarget": "{at} 由 {before} 改为 {after}（{why}）；{policy}。",
    "retarget_kept": "{at} 改为 {after} 会使到期更晚（{why}），对客户不利，故保留 {before}。",
    "why_fact": "事实变化：{changed}",
    "why_publication": "新的方案或协议生效",
    "why_reopening": "重新打开",
    "from_start": "起点不变，已用时间照算",
    "from_change": "自变更时起重新计算",
    "better_for_customer": "取对客户更有利者",
    "window": "{span} = {counted}",
    "window_workday": "（调休上班）",
    "window_override": "（特别安排）",
    "window_given_back": "（暂停顺延）",
    "day": "第 {number} 天：{date}",
    "closed_holiday": "{date} 节假日，不计。",
    "closed_weekly": "{date} 非工作日，不计。",
    "closed_override": "{date} 特别安排不开放，不计。",
    "closed_workday": "{date} 不开放，不计。",
    "closed_always": "{date} 不计。",
    "wait": "{start} 至 {end} 暂停（{reason}，由 {actor}，事件 {event}），顺延 {back}。",
    "wait_open": "自 {start} 起暂停中（{reason}，由 {actor}，事件 {event}）。",
    "wait_void": "{start} 至 {end} 的暂停（{reason}，由 {actor}，事件 {event}）不改变到期时间。",
    "wait_stopped": "{start} 结束后于 {end} 重新打开，其间不计，顺延 {back}。",
    "restarted": "{at} 重新打开并重新起算。",
    "sum": "以上窗口合计 {counted}，等于{of}。",
    "sum_days": "以上共 {count} 个工作日，末日结束即到期。",
    "sum_days_back": "以上共 {count} 个工作日，另因暂停顺延 {back}，至此到期。",
    "of_elapsed": "已用时间",
    "of_target": "时限（已用 {elapsed}，剩余 {remaining}）",
    "of_target_late": "时限（已用 {elapsed}，超出 {over}）",
    "state_running": "到期时间为 {due}。",
    "state_paused": "暂停期间没有到期时间，剩余 {remaining}。",
    "state_breached": "到期时间为 {due}，自 {breached} 起逾期，尚未完成。",
    "state_met": "于 {stopped} 完成，不晚于到期时间 {due}：达成。",
    "state_met_paused": "于 {stopped} 在暂停中完成，没有逾期：达成。",
    "state_met_late": "于 {stopped} 完成，晚于到期时间 {due}（自 {breached} 起逾期）：逾期完成。",
    "state_cancelled": "于 {stopped} 取消，该承诺不再计时。",
    "state_withdrawn": "于 {stopped} 取消：方案中已没有适用的承诺。",
    "late_cancelled": "取消前已于 {breached} 逾期。",
    "provisional": "到期时间晚于日历已公布的日期，为暂定时间，公布后重新计算。",
    "event": "事件 {type}（{event}）：发生于 {at}，记录于 {recorded}{late}，由 {actor}。",
    "told_late": "（事后补记）",
    "absorbed": "计时中又有 {count} 个同类起始事件，不另行计时。",
    "unknown": "未知",
    "nobody_named": "未具名",
    "no_reason": "未说明原因",
    "exists": "{field} 已知",
    "missing": "{field} 未知",
    "one_of": "{field} 为 {values} 之一",
    "is": "{field} 为 {values}",
    "lt": "{field} 小于 {values}",
    "lte": "{field} 不大于 {values}",
    "gt": "{field} 大于 {values}",
    "gte": "{field} 不小于 {values}",
    "target_seconds": "{amount} 秒",
    "target_minutes": "{amount} 分钟",
    "target_hours": "{amount} 小时",
    "target_working_days": "{amount} 个工作日",
    "target_at": "事件所带的时间（{amount}）",
    "h": "{n} 小时",
    "min": "{n} 分",
    "s": "{n} 秒",
    "date": "{year} 年 {month} 月 {day} 日 {weekday}",
    "list": "、",
    "and": "；",
    "always": "无条件",
}

EN: Phrases = {
    "promise": (
        "Promised by {clause} of plan {plan}, revision {revision}: “{title}”. Time allowed: {target}, "
        "counted in calendar {calendar} (revision {calendar_revision}, {zone})."
    ),
    "agreement": (
        "Agreement {id} puts the customer on plan {plan} from {starts}, {ends}; recorded at {recorded}."
    ),
    "later_agreement": (
        "Agreement {id} (plan {plan}, from {starts}, {ends}) covers the start of the clock, but was recorded "
        "at {recorded}, when the clock had ended: it does not judge it anew."
    ),
    "until": "until {at}",
    "open_end": "without an end",
    "agreed_in": "That time is promised by contract {contract} instead of the plan's.",
    "start": "The clock began at {at} with event {event}.",
    "attached": "The promise became known to apply at {at}; the time counts from the start nevertheless.",
    "won": "Chosen at {at}: {id}; all its conditions hold ({conditions}); priority {priority}.",
    "nobody": "At {at} no commitment applied.",
    "not_matched": "Not {id} ({clause}): asked that {condition}, but found {found}.",
    "less_specific": "Not {id} ({clause}): applied too, but with fewer conditions ({count}).",
    "lower_priority": "Not {id} ({clause}): applied too, but with a lower priority ({priority}).",
    "no_due_time": "Not {id} ({clause}): the event brought no due time.",
    "assumed": "Not known: {fields}. The stricter case is assumed.",
    "retarget": "At {at} {before} gave way to {after} ({why}): {policy}.",
    "retarget_kept": (
        "At {at} {after} would have fallen due later ({why}); {before} is better for the customer and stays."
    ),
    "why_fact": "facts changed: {changed}",
    "why_publication": "a plan or agreement came in force",
    "why_reopening": "it was reopened",
    "from_start": "same start, time used counts",
    "from_change": "counted anew from the change",
    "better_for_customer": "the better one for the customer applies",
    "window": "{span} = {counted}",
    "window_workday": " (make-up workday)",
    "window_override": " (special hours)",
    "window_given_back": " (given back)",
    "day": "Day {number}: {date}",
    "closed_holiday": "{date}: holiday, nothing counts.",
    "closed_weekly": "{date}: not a working day, nothing counts.",
    "closed_override": "{date}: closed by special arrangement, nothing counts.",
    "closed_workday": "{date}: closed, nothing counts.",
    "closed_always": "{date}: nothing counts.",
    "wait": "It waited from {start} to {end} ({reason}; by {actor}, event {event}); {back} given back.",
    "wait_open": "It has been waiting since {start} ({reason}; by {actor}, event {event}).",
    "wait_void": (
        "The wait from {start} to {end} ({reason}; by {actor}, event {event}) does not move the due time."
    ),
    "wait_stopped": (
        "It had ended at {start} and was reopened at {end}; the time between does not count, {back} "
        "given back."
    ),
    "restarted": "It was reopened at {at} and counts anew from there.",
    "sum": "These windows add up to {counted}, which is {of}.",
    "sum_days": "These are {count} working days; the end of the last one is the due time.",
    "sum_days_back": (
        "These are {count} working days, and {back} given back for waits; the end of that is the due time."
    ),
    "of_elapsed": "the time used",
    "of_target": "the time allowed ({elapsed} used, {remaining} left)",
    "of_target_late": "the time allowed ({elapsed} used, {over} over)",
    "state_running": "It is due at {due}.",
    "state_paused": "While it waits it has no due time; {remaining} are left.",
    "state_breached": "It was due at {due}, is late since {breached} and still open.",
    "state_met": "Done at {stopped}, not after the due time {due}: met.",
    "state_met_paused": "Done at {stopped} while it waited, before any due time passed: met.",
    "state_met_late": "Done at {stopped}, after the due time {due} (late since {breached}): met late.",
    "state_cancelled": "Cancelled at {stopped}: the promise is no longer measured.",
    "state_withdrawn": "Cancelled at {stopped}: no commitment of the plan applies any more.",
    "late_cancelled": "Before that it was late since {breached}.",
    "provisional": (
        "The due time lies beyond what the calendar has published; it is provisional and will be counted "
        "again."
    ),
    "event": "Event {type} ({event}): happened at {at}, recorded at {recorded}{late}, by {actor}.",
    "told_late": " (told afterwards)",
    "absorbed": "{count} further start events found it running and began no clock of their own.",
    "unknown": "nothing known",
    "nobody_named": "somebody not named",
    "no_reason": "no reason given",
    "exists": "{field} is known",
    "missing": "{field} is not known",
    "one_of": "{field} is one of {values}",
    "is": "{field} is {values}",
    "lt": "{field} is less than {values}",
    "lte": "{field} is at most {values}",
    "gt": "{field} is more than {values}",
    "gte": "{field} is at least {values}",
    "target_seconds": "{amount} seconds",
    "target_minutes": "{amount} minutes",
    "target_hours": "{amount} hours",
    "target_working_days": "{amount} working days",
    "target_at": "the time that the event carries ({amount})",
    "h": "{n} h",
    "min": "{n} min",
    "s": "{n} s",
    "date": "{weekday} {year}-{month:02}-{day:02}",
    "list": ", ",
    "and": "; ",
    "always": "it has none",
}

WEEKDAYS = {
    "zh-CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
PHRASES: Mapping[str, Phrases] = {"zh-CN": ZH, "en": EN}
