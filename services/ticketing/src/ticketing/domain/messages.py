"""Texts of ticketing's refusals, in zh-CN and en, with what to do next."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "failed-after-report": Message(
        "故障时间晚于报告时间",
        "The failure lies after its report",
        "failed_at 不能晚于报告时间 {reported_at}。请更正其中之一。",
        "failed_at may not be later than the report, {reported_at}. Correct one of the two.",
    ),
    "prevention-required": Message(
        "缺少预防措施",
        "Prevention is missing",
        "{severity} 级故障解决时必须说明预防措施。请填写 prevention。",
        "A fault of level {severity} is resolved with a note on prevention. Fill in prevention.",
    ),
    "external-reference-taken": Message(
        "外部编号已使用",
        "The external reference is taken",
        "该外部编号已对应工单 {existing_id}。请使用该工单,或换一个编号。",
        "Ticket {existing_id} was opened under this reference. Go on with it, or use another reference.",
    ),
    "external-reference-raced": Message(
        "外部编号刚被使用",
        "The external reference was just taken",
        "同一外部编号的工单刚刚建立。请按 external_reference 查询后继续。",
        "A ticket was opened under this reference a moment ago. Look it up by external_reference.",
    ),
    "reopen-too-late": Message(
        "已超过重新打开期限",
        "Too late to reopen",
        "工单于 {resolved_at} 解决,只能在 {within_days} 天内重新打开。请新建工单。",
        "It was resolved at {resolved_at}; the limit is {within_days} days. Open a new ticket.",
    ),
    "merge-into-itself": Message(
        "不能与自身合并",
        "A ticket cannot be merged into itself",
        "into_id 必须是另一张工单。",
        "Name another ticket in into_id.",
    ),
    "merge-across-customers": Message(
        "不能跨客户合并",
        "Tickets of two customers cannot be merged",
        "两张工单属于不同客户。请选择同一客户的工单。",
        "The two tickets belong to different customers. Choose one of the same customer.",
    ),
    "merge-target-settled": Message(
        "目标工单已结束",
        "The other ticket is settled",
        "目标工单状态为 {current_state}。请选择未结束的工单,或先重新打开。",
        "The other ticket is {current_state}. Choose one that is open, or reopen it first.",
    ),
    "ticket-settled": Message(
        "工单已结束",
        "The ticket is settled",
        "工单状态为 {current_state},不能再修改。需要时请先重新打开。",
        "The ticket is {current_state} and can no longer be edited. Reopen it first if need be.",
    ),
    "ticket-not-found": Message(
        "工单不存在",
        "No such ticket",
        "没有这张工单,或您无权查看。请检查 ticket_id。",
        "There is no such ticket, or you may not see it. Check ticket_id.",
    ),
    "consent-not-found": Message(
        "授权不存在",
        "No such consent",
        "该工单没有这份远程授权。请检查 consent_id,或先登记授权。",
        "The ticket has no such consent. Check consent_id or record the consent first.",
    ),
    "consent-period": Message(
        "授权期限无效",
        "The consent ends before it begins",
        "expires_at 必须晚于授权时间 {granted_at}。",
        "expires_at must be later than the consent itself, {granted_at}.",
    ),
    "consent-required": Message(
        "缺少有效的远程授权",
        "No consent in force",
        "{started_at} 没有客户的有效授权,不能开始远程会话。请先登记授权并填写 consent_id。",
        "No consent of the customer is in force at {started_at}. Record one and name it in consent_id.",
    ),
    "reporter-unverified": Message(
        "报告人尚未核实",
        "The reporter is not verified",
        "报告人核实之前不能远程操作。请先执行 verifyReporter。",
        "Remote work waits until the reporter is verified. Use verifyReporter first.",
    ),
    "checklist-incomplete": Message(
        "现场检查单未确认",
        "The checklist is not confirmed",
        "开始现场工作前还需确认:{missing}。",
        "Before work on site begins, confirm also: {missing}.",
    ),
    "explanation-missing": Message(
        "缺少向客户的说明",
        "The explanation is missing",
        "请填写 explained_to,或将 is_explanation_needed 设为 false。",
        "Fill in explained_to, or set is_explanation_needed to false.",
    ),
    "visit-has-no-engineer": Message(
        "上门服务尚无工程师",
        "The visit has no engineer",
        "没有可以更换的工程师。请先用 offer 指派。",
        "There is no engineer to replace. Offer the visit to one first.",
    ),
    "unknown-escalation-step": Message(
        "没有这一升级级别",
        "No such step of the ladder",
        "升级对象必须是以下之一:{steps}。",
        "Escalate to one of: {steps}.",
    ),
    "escalation-taken": Message(
        "升级已有人受理",
        "The step is taken on already",
        "{taken_by} 已受理此升级,无需重复操作。",
        "{taken_by} has taken this step on. Nothing is left to do here.",
    ),
    "internal-comments-are-the-vendors": Message(
        "内部备注仅限供应商人员",
        "Internal comments are the vendor's own",
        "请将 visibility 设为 public。",
        "Set visibility to public.",
    ),
}
