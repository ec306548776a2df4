"""What people read for every code of ticketing, in zh-CN and en."""

from collections.abc import Mapping
from types import MappingProxyType

Labels = Mapping[str, tuple[str, str]]

LABELS: Mapping[str, Labels] = MappingProxyType(
    {
        "ticket_kind": {
            "incident": ("事件/故障", "Incident"),
            "service_request": ("服务请求", "Service request"),
        },
        "ticket_state": {
            "new": ("新建", "New"),
            "acknowledged": ("已响应", "Acknowledged"),
            "in_progress": ("处理中", "In progress"),
            "waiting": ("等待中", "Waiting"),
            "resolved": ("已解决", "Resolved"),
            "closed": ("已关闭", "Closed"),
            "cancelled": ("已取消", "Cancelled"),
        },
        "ticket_action": {
            "acknowledge": ("响应", "Acknowledge"),
            "start": ("开始处理", "Start"),
            "wait": ("等待", "Wait"),
            "resume": ("继续", "Resume"),
            "changeSeverity": ("变更故障级别", "Change fault level"),
            "changeRoute": ("变更支持途径", "Change route"),
            "requireOnsite": ("要求上门", "Require on site"),
            "assign": ("指派", "Assign"),
            "restore": ("恢复业务", "Restore service"),
            "escalate": ("升级上报", "Escalate"),
            "verifyReporter": ("核实报告人", "Verify reporter"),
            "flagMajor": ("标记重大故障", "Flag as major"),
            "setResponseCase": ("设定响应情形", "Set response case"),
            "resolve": ("解决", "Resolve"),
            "close": ("关闭", "Close"),
            "reopen": ("重新打开", "Reopen"),
            "cancel": ("取消", "Cancel"),
            "merge": ("合并", "Merge"),
        },
        "channel": {
            "hotline": ("热线电话", "Hotline"),
            "email": ("电子邮件", "E-mail"),
            "fax": ("传真", "Fax"),
            "portal": ("客户门户", "Portal"),
            "monitoring": ("监控告警", "Monitoring"),
            "inspection": ("巡检", "Inspection"),
            "visit": ("上门服务", "Visit"),
        },
        "response_case": {"normal": ("正常情况", "Normal"), "special": ("特殊情况", "Special")},
        "route": {
            "hotline": ("热线支持", "Hotline"),
            "remote": ("远程支持", "Remote"),
            "onsite": ("现场支持", "On site"),
        },
        "locality": {"local": ("本地", "Local"), "out_of_town": ("外地", "Out of town")},
        "wait_reason": {
            "customer": ("等待客户", "Customer"),
            "site_access": ("等待进场", "Site access"),
            "parts": ("等待备件", "Parts"),
            "third_party": ("等待第三方", "Third party"),
        },
        "cause_code": {
            "hardware": ("硬件", "Hardware"),
            "software": ("软件", "Software"),
            "configuration": ("配置", "Configuration"),
            "network": ("网络", "Network"),
            "power": ("供电", "Power"),
            "environment": ("环境", "Environment"),
            "operation": ("操作", "Operation"),
            "third_party": ("第三方", "Third party"),
            "information": ("咨询", "Information"),
            "no_fault_found": ("未发现故障", "No fault found"),
        },
        "visit_state": {
            "requested": ("待派工", "Requested"),
            "offered": ("已派工", "Offered"),
            "accepted": ("已接受", "Accepted"),
            "en_route": ("在途", "En route"),
            "arrived": ("已到场", "Arrived"),
            "working": ("现场处理中", "Working"),
            "completed": ("已完成", "Completed"),
            "unresolved": ("未解决离场", "Left unresolved"),
            "cancelled": ("已取消", "Cancelled"),
        },
        "visit_action": {
            "offer": ("派工", "Offer"),
            "accept": ("接受", "Accept"),
            "decline": ("拒绝", "Decline"),
            "depart": ("出发", "Depart"),
            "arrive": ("到场", "Arrive"),
            "begin": ("开始现场工作", "Begin"),
            "complete": ("完成", "Complete"),
            "leaveUnresolved": ("未解决离场", "Leave unresolved"),
            "replaceEngineer": ("更换工程师", "Replace engineer"),
            "recordSatisfaction": ("记录客户意见", "Record satisfaction"),
            "cancel": ("取消", "Cancel"),
        },
        "visit_check": {
            "customer_rules_read": ("已阅读客户规章", "Customer's rules read"),
            "procedure_known": ("已知晓工作流程", "Procedure known"),
            "data_and_systems_safe": ("数据与系统安全已确认", "Data and systems safe"),
        },
        "support_session_kind": {"hotline": ("热线", "Hotline"), "remote": ("远程", "Remote")},
        "support_session_state": {"running": ("进行中", "Running"), "ended": ("已结束", "Ended")},
        "support_outcome": {
            "solved": ("已解决", "Solved"),
            "to_be_continued": ("待继续", "To be continued"),
            "failed": ("未能解决", "Failed"),
        },
        "consent_scope": {"diagnosis": ("诊断", "Diagnosis"), "repair": ("修复", "Repair")},
        "escalation_step": {
            "engineer": ("工程师", "Engineer"),
            "team_lead": ("组长", "Team lead"),
            "service_manager": ("服务经理", "Service manager"),
            "steering_group": ("项目领导小组", "Steering group"),
            "executives": ("双方决策层", "Executives of both parties"),
        },
        "escalation_cause": {
            "manual": ("人工上报", "By hand"),
            "visit_unresolved": ("上门未解决", "Visit left unresolved"),
            "sla_warning": ("时限预警", "Deadline near"),
            "sla_breach": ("时限超期", "Deadline missed"),
        },
    }
)
"""Vocabulary to code to its two labels."""
