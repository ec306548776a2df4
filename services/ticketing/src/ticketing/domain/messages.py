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
        "该外部编号已对应工单 {existing_id}。请使用该工单，或换一个编号。",
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
        "工单于 {resolved_at} 解决，只能在 {within_days} 天内重新打开。请新建工单。",
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
        "目标工单状态为 {current_state}。请选择未结束的工单，或先重新打开。",
        "The other ticket is {current_state}. Choose one that is open, or reopen it first.",
    ),
    "merge-of-inspection": Message(
        "巡检工单不能合并",
        "A request for an inspection is not merged",
        "其中一张是供应商为定期巡检开立的工单，随巡检结束，不能与其他工单合并。请分别处理。",
        "One of the two is the vendor's own request for a routine inspection and is settled with it. "
        "Handle the two tickets by themselves.",
    ),
    "inspection-settles-it": Message(
        "工单随巡检结束",
        "The inspection settles this request",
        "本工单为巡检 {inspection_id} 开立。请完成或取消该巡检，工单随之结束；仍需再次派人的，"
        "先完成或取消该次上门。",
        "This request is for inspection {inspection_id}. Complete or cancel the inspection, and the request "
        "is settled with it; where a second dispatch is still to come, complete or cancel that visit.",
    ),
    "inspection-is-agreed": Message(
        "巡检工单不能由客户撤回",
        "The request is for an inspection agreed with you",
        "本工单为与您约定的定期巡检开立。如需改期或取消巡检，请联系服务台。",
        "This request is for a routine inspection that was agreed with you. Ask the service desk for "
        "another day, or to call the inspection off.",
    ),
    "ticket-settled": Message(
        "工单已结束",
        "The ticket is settled",
        "工单状态为 {current_state}，不能再修改。需要时请先重新打开。",
        "The ticket is {current_state} and can no longer be edited. Reopen it first if need be.",
    ),
    "engineer-on-site": Message(
        "工程师正在现场",
        "An engineer is on site",
        "上门服务 {visit_id} 的工程师正在现场。请先以签署的现场记录完成（complete），"
        "或登记未解决离场（leaveUnresolved）。",
        "The engineer of visit {visit_id} is on site. Complete it with the signed record, or leave it "
        "unresolved, first.",
    ),
    "session-running": Message(
        "支持会话仍在进行",
        "A support session is running",
        "支持会话 {session_id} 仍在进行。请先结束会话（end），并登记所做操作和结果。",
        "Support session {session_id} is running. End it first, with what was done and its outcome.",
    ),
    "work-under-way": Message(
        "正在处理中，暂不能撤回",
        "Somebody is at work on it",
        "工程师正在现场或远程支持正在进行，现在不能撤回工单。请联系服务台，由其结束后再撤回。",
        "An engineer is on site, or remote support is running. Ask the service desk to end it; then the "
        "ticket can be withdrawn.",
    ),
    "dissatisfaction-too-late": Message(
        "该工单不能再派人上门",
        "Nobody can be sent on this ticket any more",
        "工单状态为 {current_state}；只有解决后 {within_days} 天内的工单可以重新打开并再次派人。"
        "请新建工单，说明未解决的问题。",
        "The ticket is {current_state}; it is taken up again only within {within_days} days of being "
        "resolved. Open a new ticket and say what was not mended.",
    ),
    "field-is-the-vendors": Message(
        "该字段由供应商填写",
        "The field is the vendor's to state",
        "{field} 由供应商人员确定。请不填此字段，并在 description 中说明情况。",
        "{field} is stated by the vendor's people. Leave it out, and tell in the description what they "
        "should know.",
    ),
    "merge-target-not-found": Message(
        "目标工单不存在",
        "No such ticket to merge into",
        "没有这张目标工单，或您无权查看。请检查 into_id。",
        "There is no such ticket to merge into, or you may not see it. Check into_id.",
    ),
    "ticket-not-found": Message(
        "工单不存在",
        "No such ticket",
        "没有这张工单，或您无权查看。请检查 ticket_id。",
        "There is no such ticket, or you may not see it. Check ticket_id.",
    ),
    "consent-not-found": Message(
        "授权不存在",
        "No such consent",
        "该工单没有这份远程授权。请检查 consent_id，或先登记授权。",
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
        "{started_at} 没有客户的有效授权，不能开始远程会话。请先登记授权并填写 consent_id。",
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
        "开始现场工作前还需确认：{missing}。",
        "Before work on site begins, confirm also: {missing}.",
    ),
    "quote-not-accepted": Message(
        "客户尚未接受报价",
        "The customer has not accepted a quote",
        "本次服务由客户付费，须先接受报价再开始工作。请在 warranty 出具写明该工单的报价"
        "（POST /v1/quotes，ticket_id）并由客户接受；若由我方承担，请经理用 override 改判费用归属。"
        "刚刚接受的报价片刻后即可见。",
        "The customer pays for this work, so it begins once a quote is accepted: make one that names the "
        "ticket (POST /v1/quotes of warranty, ticket_id) and have the customer accept it; where we bear the "
        "cost, a manager overrides the decision on coverage. One accepted just now counts in a moment.",
    ),
    "explanation-missing": Message(
        "缺少向客户的说明",
        "The explanation is missing",
        "请填写 explained_to，或将 is_explanation_needed 设为 false。",
        "Fill in explained_to, or set is_explanation_needed to false.",
    ),
    "signature-without-proof": Message(
        "签字缺少凭据",
        "The signature has nothing to show for it",
        "请填写客户签字的验证码（code）或签字图片的编号（image_reference）。",
        "Fill in the code that the customer gave, or image_reference, the picture of the signature.",
    ),
    "visit-open": Message(
        "已有上门服务在进行",
        "A visit is open already",
        "该工单已有未结束的上门服务 {visit_id}。请继续处理该服务，或先将其取消（cancel）。",
        "Visit {visit_id} of this ticket is open. Go on with it, or cancel it first.",
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
        "升级对象必须是以下之一：{steps}。",
        "Escalate to one of: {steps}.",
    ),
    "escalation-taken": Message(
        "升级已有人受理",
        "The step is taken on already",
        "{taken_by} 已受理此升级，无需重复操作。",
        "{taken_by} has taken this step on. Nothing is left to do here.",
    ),
    "internal-comments-are-the-vendors": Message(
        "内部备注仅限供应商人员",
        "Internal comments are the vendor's own",
        "请将 visibility 设为 public。",
        "Set visibility to public.",
    ),
    "channel-needed": Message(
        "缺少报修渠道",
        "The channel is missing",
        "请在 channel 中填写该报修经由何种渠道到达，例如 hotline。",
        "Tell in channel how the matter reached you, hotline for instance.",
    ),
    "customer-needed": Message(
        "缺少客户",
        "The customer is missing",
        "目录中查不到所填设备或现场的客户。请填写 customer_id。",
        "The directory does not tell whose asset or site it is. Name the customer in customer_id.",
    ),
    "customer-unknown": Message(
        "客户不存在",
        "No such customer",
        "目录中没有该客户。请检查 customer_id，或先在目录中建立客户。",
        "The directory has no such customer. Check customer_id, or make the customer known there first.",
    ),
    "site-unknown": Message(
        "现场不存在",
        "No such site",
        "目录中没有该现场，或您无权查看。请检查 site_id，或留空。",
        "The directory has no such site, or you may not see it. Check site_id, or leave it out.",
    ),
    "asset-unknown": Message(
        "设备不存在",
        "No such asset",
        "目录中没有该设备，或您无权查看。请检查 asset_id，或留空。",
        "The directory has no such asset, or you may not see it. Check asset_id, or leave it out.",
    ),
    "contact-unknown": Message(
        "联系人不存在",
        "No such contact",
        "目录中没有该联系人，或您无权查看。请检查 reporter_contact_id，或留空。",
        "The directory has no such contact, or you may not see it. Check or leave out reporter_contact_id.",
    ),
    "site-of-another-customer": Message(
        "现场属于其他客户",
        "The site is another customer's",
        "该现场不属于此客户。请更正 site_id 或 customer_id。",
        "The site does not belong to this customer. Correct site_id or customer_id.",
    ),
    "asset-of-another-customer": Message(
        "设备属于其他客户",
        "The asset is another customer's",
        "该设备不属于此客户。请更正 asset_id 或 customer_id。",
        "The asset does not belong to this customer. Correct asset_id or customer_id.",
    ),
    "contact-of-another-customer": Message(
        "联系人属于其他客户",
        "The contact is another customer's",
        "该联系人不属于此客户。请更正 reporter_contact_id 或 customer_id。",
        "The contact does not belong to this customer. Correct reporter_contact_id or customer_id.",
    ),
    "asset-at-another-site": Message(
        "设备位于其他现场",
        "The asset stands at another site",
        "该设备不在所填现场。请更正 site_id，或留空以取设备所在现场。",
        "The asset does not stand at this site. Correct site_id, or leave it out to take the asset's.",
    ),
    "visit-not-found": Message(
        "上门服务不存在",
        "No such visit",
        "该工单没有这次上门服务。请检查 visit_id。",
        "The ticket has no such visit. Check visit_id.",
    ),
    "charge-part": Message(
        "只有备件行可以注明备件",
        "Only a line for parts names a part",
        "请将 kind 设为 parts，或不填 part_id。",
        "Set kind to parts, or leave part_id out.",
    ),
    "charge-currency": Message(
        "币种与合同不符",
        "Not the contract's currency",
        "该设备的合同以 {currency} 计价。请换算后填写，并注明凭证。",
        "The asset's contract is in {currency}. Convert the amount and name the receipt.",
    ),
    "charge-settled": Message(
        "费用行已结束",
        "The charge line is settled",
        "费用行状态为 {current_state}，不能再修改。需要时请另建一行。",
        "The line is {current_state} and can no longer be corrected. Enter another line if need be.",
    ),
    "payer-undetermined": Message(
        "付费方尚未确定",
        "It is not known yet who pays",
        "请等待质保判定，或由负责人执行 statePayer。",
        "Wait for the decision on coverage, or have a lead use statePayer.",
    ),
    "receipt-missing": Message(
        "缺少实际费用凭证",
        "The receipt is missing",
        "再次派工按实际成本收费。请先填写 receipt_reference。",
        "A second dispatch is charged at actual cost. Fill in receipt_reference first.",
    ),
}
