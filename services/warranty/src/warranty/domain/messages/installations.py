"""Texts of what installations refuse."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "step-code-taken": Message(
        "步骤代码重复",
        "The step code is taken",
        "步骤 {step} 已存在。请为附加步骤选择另一个代码。",
        "There is a step {step} already. Choose another code for the further step.",
    ),
    "step-unknown": Message(
        "没有这个步骤",
        "No such step",
        "此安装没有步骤 {step}。请从 steps 中选择。",
        "This installation has no step {step}. Choose one of its steps.",
    ),
    "step-done": Message(
        "步骤已完成",
        "The step is done",
        "步骤 {step} 已完成并签认。如有新情况，请记录缺陷。",
        "Step {step} is done and signed off. Record a defect if something has come up since.",
    ),
    "step-out-of-order": Message(
        "步骤顺序不对",
        "Out of order",
        "步骤须按顺序完成，下一步是 {next_step}，不能先完成 {step}。",
        "Steps are completed in order: {next_step} comes next, before {step}.",
    ),
    "goods-not-accepted": Message(
        "到货尚未验收",
        "The goods are not accepted yet",
        "安装须在到货验收之后开始。请先填写 goods_accepted_on 与 goods_reference。",
        "Installation begins after the goods were accepted at their destination. Fill in goods_accepted_on "
        "and goods_reference first.",
    ),
    "trial-run-too-short": Message(
        "试运行时间不足",
        "The trial run was too short",
        "试运行 {hours} 小时，约定为 {required_hours} 小时。请继续试运行后再记录。",
        "It ran for {hours} hours; {required_hours} were agreed. Record it when it has run that long.",
    ),
    "trial-run-too-early": Message(
        "试运行早于前一步骤",
        "The trial run began too early",
        "试运行不能早于开工或前一步骤完成的时间 {not_before}。请更正 started_at。",
        "A trial run begins when work has begun and the step before is done, {not_before}. "
        "Correct started_at.",
    ),
    "trial-run-not-over": Message(
        "试运行尚未结束",
        "The trial run was not over",
        "该步骤记录为 {done_at} 完成，试运行不能晚于此时结束。请更正 ended_at 或 occurred_at。",
        "The step is told as done at {done_at}; the run cannot have ended later. Correct ended_at, or "
        "occurred_at.",
    ),
    "signed-too-early": Message(
        "签字早于工作完成",
        "Signed before the work was done",
        "工作于 {not_before} 完成，客户签字不能更早。请更正 signed_at。",
        "The work was done at {not_before}; the customer signs no earlier. Correct signed_at.",
    ),
    "unpacked-incomplete": Message(
        "数量不足，不能记为完好",
        "Pieces are missing",
        "{item} 应有 {expected} 件，实收 {found} 件。请将 condition 改为 short 或 damaged，或更正数量。",
        "Of {item}, {found} of {expected} were found. Give short or damaged as the condition, or correct the "
        "count.",
    ),
    "figure-not-required": Message(
        "缺少要求值",
        "Nothing is required of the figure",
        "检验项 {item} 没有要求值，无法判定是否合格。请填写 required_min 或 required_max。",
        "Nothing is required of {item}, so it can neither pass nor fail. Fill in required_min or "
        "required_max.",
    ),
    "record-unfit": Message(
        "记录类型与步骤不符",
        "The record is of another kind",
        "该步骤需要 {kind} 类型的记录。请按该类型填写 record。",
        "This step takes a record of the kind {kind}. Fill in record as that kind has it.",
    ),
    "asset-elsewhere": Message(
        "设备不在该现场",
        "The asset is at another site",
        "设备登记在另一个现场。请先迁移设备，或更正 site_id。",
        "The asset stands at another site. Move it first, or correct site_id.",
    ),
    "accepted-before-shipped": Message(
        "验收早于发货",
        "Accepted before it was shipped",
        "该设备于 {shipped_on} 发货。请更正 accepted_at 或发货日期。",
        "The asset was shipped on {shipped_on}. Correct accepted_at, or the day of the shipment.",
    ),
    "day-in-future": Message(
        "日期在未来",
        "The day lies in the future",
        "{field} 不能晚于今天 {today}。请改为已经发生的日期。",
        "{field} may not be later than today, {today}. Give a day that has come.",
    ),
    "days-out-of-order": Message(
        "日期先后不对",
        "The days are out of order",
        "{field}（{day}）早于 {before}（{before_day}）。设备依次发货、到货、安装、验收，请更正其中之一。",
        "{field}, {day}, lies before {before}, {before_day}. An asset is shipped, delivered, installed and "
        "accepted in this order; correct one of the two.",
    ),
    "period-empty": Message(
        "时间段为空",
        "The period is empty",
        "结束时间必须晚于开始时间。请更正其中之一。",
        "It ends before it begins. Correct one of the two times.",
    ),
    "steps-open": Message(
        "仍有步骤未完成",
        "Steps are still open",
        "验收前须完成所有步骤，未完成：{steps}。",
        "Every step is done before acceptance; open: {steps}.",
    ),
    "defects-open": Message(
        "仍有影响验收的缺陷",
        "Blocking defects are open",
        "还有 {count} 个影响验收的缺陷未解决：{items}。请在缺陷清单（/v1/defects）中解决后再验收。",
        "{count} blocking defect(s) are open: {items}. Resolve them (/v1/defects) before acceptance.",
    ),
    "figure-not-measured": Message(
        "缺少复测数值",
        "The figure was not measured again",
        "该缺陷涉及性能指标，请填写复测值 measured。",
        "The defect is about a figure. Measure it again and fill in measured.",
    ),
    "figure-out-of-range": Message(
        "数值不达标",
        "The figure is out of range",
        "数值 {measured} 不符合要求（{required}）。请核对；如属实，请排除原因后重新测量。",
        "{measured} is not what is required ({required}). Correct it if it was mistyped; else put right what "
        "it comes from, and measure again.",
    ),
    "deadline-missing": Message(
        "缺少客户规定的期限",
        "The deadline is missing",
        "质量缺陷须按客户规定的期限处理。请填写 due_at；期限以后可用 :changeDeadline 更改。",
        "A quality defect is settled by the deadline that the customer sets. Fill in due_at; "
        ":changeDeadline moves it later.",
    ),
    "deadline-passed": Message(
        "期限早于记录时间",
        "The deadline has passed",
        "客户规定的期限必须晚于 {recorded_at}。请更正 due_at。",
        "The customer's deadline lies after {recorded_at}. Correct due_at.",
    ),
    "asset-not-in-installation": Message(
        "设备不属于此安装",
        "The asset is not part of this installation",
        "设备 {asset_id} 不在此安装中。请从 assets 中选择。",
        "Asset {asset_id} is not part of this installation. Choose from its assets.",
    ),
    "asset-accepted": Message(
        "设备已验收",
        "The asset is accepted already",
        "设备 {asset_id} 已验收。请去掉后重试。",
        "Asset {asset_id} is accepted already. Leave it out and try again.",
    ),
    "asset-accepted-before": Message(
        "设备已验收",
        "The asset is accepted already",
        "该设备的验收已有记录。如日期有误，请用 :correctAcceptance 更正并说明原因。",
        "Its acceptance is known already. If the time is wrong, use :correctAcceptance and say why.",
    ),
    "asset-not-accepted": Message(
        "设备尚未验收",
        "The asset is not accepted",
        "没有可更正的验收。请先用 :recordAcceptance 记录。",
        "There is no acceptance to correct. Record it with :recordAcceptance.",
    ),
    "acceptance-signed": Message(
        "验收已由签字确定",
        "The acceptance was signed",
        "该验收由此处的安装签字或更换确定，不能更正。可更正的只有补录或导入的验收。",
        "This acceptance was fixed by a signature in an installation here, or by a replacement, and stands. "
        "Only one that was recorded or imported is corrected.",
    ),
    "asset-installed-elsewhere": Message(
        "设备已在另一安装中",
        "The asset is part of another installation",
        "设备 {asset_id} 已属于另一个未完成的安装。请先取消或完成该安装。",
        "Asset {asset_id} is part of another installation under way. Cancel or finish that one first.",
    ),
    "technician-not-assigned": Message(
        "该技术人员未指派",
        "The technician is not assigned",
        "technician_id 不在此安装的技术人员中。请先指派，或更正编号。",
        "technician_id is not among this installation's technicians. Assign them first, or correct the id.",
    ),
    "nothing-to-accept": Message(
        "没有待验收的设备",
        "Nothing is left to accept",
        "此安装没有未验收的设备，无需再操作。",
        "Every asset of this installation is accepted. Nothing is left to do.",
    ),
    "accept-everything": Message(
        "这是全部剩余设备",
        "These are all that is left",
        "所列设备是全部未验收设备。请使用 :accept 完成整体验收。",
        "These assets are all that is left to accept. Use :accept, which completes the installation.",
    ),
}
