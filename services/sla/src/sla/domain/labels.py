"""What people read for every code of sla, in zh-CN and en."""

from collections.abc import Mapping
from types import MappingProxyType

Labels = Mapping[str, tuple[str, str]]

LABELS: Mapping[str, Labels] = MappingProxyType(
    {
        "clock_state": {
            "running": ("计时中", "Running"),
            "paused": ("已暂停", "Paused"),
            "breached": ("已超时", "Breached"),
            "met": ("按时完成", "Met"),
            "met_late": ("超时完成", "Met late"),
            "cancelled": ("已取消", "Cancelled"),
        },
        "metric": {
            "response": ("响应", "Response"),
            "onsite": ("到场", "On site"),
            "onsite_major": ("重大故障到场", "On site, major fault"),
            "redispatch": ("再次派人", "Redispatch"),
            "first_reply": ("首次答复", "First reply"),
            "resolution": ("解决", "Resolution"),
            "summary": ("总结", "Summary"),
            "inspection": ("巡检", "Inspection"),
        },
        "subject_type": {
            "ticket": ("工单", "Ticket"),
            "defect": ("交付缺陷", "Defect of a delivery"),
            "inspection": ("巡检", "Inspection"),
            "inspection_obligation": ("合同巡检义务", "Inspection owed under a contract"),
            "claim": ("索赔", "Claim"),
        },
        "crossing_outcome": {
            "announced": ("已通知", "Announced"),
            "superseded": ("由更高阈值代替", "Superseded"),
            "moot": ("已无意义", "Moot"),
        },
        "crossing_kind": {
            "warned": ("预警", "Warning"),
            "breached": ("超时", "Breach"),
            "escalated": ("升级", "Escalation"),
        },
        "recomputation_state": {
            "queued": ("排队中", "Queued"),
            "running": ("进行中", "Running"),
            "done": ("已完成", "Done"),
        },
        "recomputation_scope": {
            "plan": ("方案", "Plan"),
            "calendar": ("日历", "Calendar"),
            "agreement": ("客户协议", "Agreement"),
        },
        "change_reason": {
            "facts_changed": ("事实变更", "The facts changed"),
            "plan_published": ("发布了新方案", "A plan was published"),
            "calendar_published": ("发布了新日历", "A calendar was published"),
            "waited": ("等待", "It waited"),
            "stopped_in_time": ("实际按时完成", "It had been stopped in time"),
            "cancelled": ("已取消", "It was cancelled"),
            "told_late": ("事后告知", "Told late"),
            "no_longer_promised": ("不再适用", "No longer promised"),
        },
        "window_reason": {
            "weekly": ("每周时间", "Weekly hours"),
            "workday": ("调休上班", "Make-up workday"),
            "override": ("特别安排", "Override"),
            "holiday": ("节假日", "Holiday"),
            "always": ("全天候", "Always open"),
        },
        "unconfirmed_reason": {
            "source_silent": ("数据来源失联", "A source is silent"),
            "events_parked": ("有事件待处理", "Events are set aside"),
        },
    }
)
