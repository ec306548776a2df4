"""Labels of maintenance plans, inspections and trends."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "maintenance_plan_state": {
        "draft": ("草稿", "Draft"),
        "active": ("执行中", "Active"),
        "suspended": ("已暂停", "Suspended"),
        "ended": ("已结束", "Ended"),
    },
    "maintenance_plan_action": {
        "activate": ("启用", "Activate"),
        "changeSchedule": ("变更日程", "Change schedule"),
        "suspend": ("暂停", "Suspend"),
        "resume": ("恢复", "Resume"),
        "end": ("结束", "End"),
    },
    "maintenance_interval": {"weeks": ("周", "Weeks"), "months": ("月", "Months")},
    "maintenance_end_reason": {
        "last_day_passed": ("已过最后一天", "Its last day passed"),
        "asset_retired": ("设备已退役", "The asset is retired"),
        "contract_ended": ("合同已终止", "The contract ended"),
    },
    "inspection_state": {
        "due": ("待巡检", "Due"),
        "in_progress": ("巡检中", "In progress"),
        "completed": ("已完成", "Completed"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "inspection_action": {
        "dispatch": ("派工", "Dispatch"),
        "assignTechnicians": ("指派技术人员", "Assign technicians"),
        "assignContract": ("归入合同", "Assign to a contract"),
        "reschedule": ("改期", "Reschedule"),
        "start": ("开始", "Start"),
        "complete": ("完成", "Complete"),
        "cancel": ("取消", "Cancel"),
    },
    "inspection_condition": {
        "normal": ("正常", "Normal"),
        "attention": ("需关注", "Needs attention"),
        "abnormal": ("异常", "Abnormal"),
    },
    "inspection_obligation_state": {
        "open": ("待履行", "Owed"),
        "kept": ("已履行", "Kept"),
        "withdrawn": ("不再适用", "No longer owed"),
    },
    "inspection_obligation_action": {
        "keep": ("履行", "Keep"),
        "changePeriod": ("变更期限", "Change the period"),
        "withdraw": ("撤销", "Withdraw"),
    },
    "inspection_withdrawal_reason": {
        "contract_changed": ("合同已变更", "The contract was changed"),
        "contract_ended": ("合同已终止", "The contract ended"),
    },
    "checklist_item_kind": {"reading": ("读数", "Reading"), "check": ("检查", "Check")},
    "trend_outlook": {
        "not_enough_data": ("数据不足", "Not enough data"),
        "out_of_range": ("已超出范围", "Out of range already"),
        "no_limit": ("变化方向上没有限值", "No limit in its direction"),
        "no_trend": ("没有明显趋势", "No trend"),
        "too_far": ("超出可推算范围", "Too far ahead to say"),
        "crossing": ("将达到限值", "Will reach a limit"),
    },
}
