"""Texts of what maintenance plans, inspections and readings refuse."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "contract-not-in-force": Message(
        "合同当时未生效",
        "The contract was not in force then",
        "合同状态为 {contract_state}，巡检时尚未开始、未生效或已结束。请选择当时有效的合同，或先使合同生效。",
        "It is {contract_state}: when the visit took place it had not begun, was not in force yet, or over. "
        "Name one that was in force, or activate it first.",
    ),
    "schedule-unclear": Message(
        "日程不明确",
        "The schedule is unclear",
        "请填写间隔（interval_unit、interval_count 与 first_on），或填写约定日期 dates，二者只能选一。",
        "Fill in either an interval (interval_unit, interval_count and first_on) or the dates agreed on.",
    ),
    "schedule-empty": Message(
        "日程内没有任何日期",
        "The schedule holds no date",
        "在 ends_on 之前没有任何巡检日期。请更正 ends_on 或日程。",
        "No visit lies before ends_on. Correct ends_on or the schedule.",
    ),
    "date-out-of-range": Message(
        "日期超出范围",
        "The date is out of range",
        "{day} 不在 {first} 至 {last} 之间。请更正日期。",
        "{day} does not lie between {first} and {last}. Correct the date.",
    ),
    "plan-not-agreed": Message(
        "日程尚未与客户约定",
        "The dates are not agreed with the customer",
        "巡检按与客户约定的日期进行。请填写 agreed_by 与 agreed_at。",
        "Inspections take place on dates agreed with the customer. Fill in agreed_by and agreed_at.",
    ),
    "checklist-empty": Message(
        "检查表为空",
        "The checklist is empty",
        "启用前请至少填写一个检查项目。",
        "Put at least one item on the checklist before the plan comes into force.",
    ),
    "item-code-taken": Message(
        "项目代码重复",
        "The item's code is taken",
        "项目 {item} 在检查表中出现两次。请更改其中一个代码。",
        "The checklist has two items {item}. Change the code of one.",
    ),
    "range-unfit": Message(
        "范围不适用",
        "The range does not fit",
        "项目 {item} 的范围无效：下限不得大于上限，检查类项目没有单位和范围。",
        "The range of item {item} cannot stand: its minimum is above its maximum, or it is a check, "
        "which has neither unit nor range.",
    ),
    "item-unknown": Message(
        "没有这个检查项目",
        "No such item",
        "检查表中没有项目 {item}。请从 checklist 中选择，其他发现请填入 anomalies。",
        "The checklist has no item {item}. Choose from it; tell of anything else in anomalies.",
    ),
    "result-unfit": Message(
        "结果与项目不符",
        "The result does not fit its item",
        "项目 {item} 的类型为 {kind}：读数填写 value，检查填写 is_ok，且只填其一。",
        "Item {item} is a {kind}: fill in value for a reading, is_ok for a check, and only that.",
    ),
    "result-repeated": Message(
        "结果重复",
        "The result is repeated",
        "项目 {item} 对同一设备填写了两次。请去掉一个，或注明 asset_id。",
        "Item {item} is answered twice for the same asset. Drop one, or name its asset_id.",
    ),
    "items-missing": Message(
        "必填项目未完成",
        "Required items are missing",
        "以下必填项目没有结果：{items}。请补充。",
        "These required items have no result: {items}. Add them to results.",
    ),
    "day-passed": Message(
        "日期已过",
        "The day is over",
        "巡检日期不得早于 {today}。请选择之后的日期。",
        "A visit takes place on {today} or later. Choose another day.",
    ),
    "day-unchanged": Message(
        "日期没有变化",
        "It is the day agreed already",
        "巡检已约定在 {due_on}。请填写另一个日期。",
        "The inspection is due on {due_on} as it is. Tell the other day that was agreed.",
    ),
    "day-too-far": Message(
        "日期太远",
        "The day is too far ahead",
        "约定的日期最晚为 {latest}，{day} 疑似笔误。请核对年份。",
        "Days are agreed up to {latest}; {day} looks like a slip. Check the year.",
    ),
    "inspection-counted": Message(
        "该巡检已计入合同",
        "The inspection is counted already",
        "该巡检已履行某份合同的年度巡检义务，不能再归入其他合同。请另行安排巡检。",
        "The inspection keeps what a contract promised and cannot move to another. Arrange one more visit.",
    ),
    "report-not-there": Message(
        "尚无状态报告",
        "There is no status report yet",
        "巡检状态为 {state}。状态报告在巡检完成时生成。",
        "The inspection is {state}. Its status report is written when it is completed.",
    ),
    "unit-differs": Message(
        "单位不一致",
        "The unit differs",
        "{item} 的读数以 {unit} 为单位。请换算，或使用另一个项目代码。",
        "Readings of {item} are in {unit}. Convert the figure, or use another item code.",
    ),
    "reading-taken": Message(
        "该时刻已有读数",
        "There is a reading of that moment",
        "{read_at} 已有读数。如该读数有误，请先将其撤回。",
        "There is a reading of {read_at} already. Withdraw it first if it is wrong.",
    ),
    "hour-meter-unfit": Message(
        "计时表项目不适用",
        "The hour meter does not fit",
        "项目 {item} 不能作为计时表：须为读数类、单位为 h，且每份清单最多一项。",
        "Item {item} cannot be the hour meter: it is a reading in h, and the only one of its checklist.",
    ),
    "hours-unfit": Message(
        "运行小时数不适用",
        "Not hours of operation",
        "运行小时数应在 0 至 {most} 之间。请更正该读数。",
        "Hours of operation lie between 0 and {most}. Correct the figure.",
    ),
}
