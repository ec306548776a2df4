"""Labels of software releases and what runs where."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "release_state": {
        "development": ("开发中", "In development"),
        "beta": ("试用", "On trial"),
        "released": ("已发布", "Released"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    "release_action": {
        "promote": ("转为试用", "Promote"),
        "release": ("发布", "Release"),
        "withdraw": ("撤回", "Withdraw"),
    },
    "release_channel": {
        "development": ("开发", "Development"),
        "beta": ("试用", "Trial"),
        "released": ("正式", "Released"),
    },
    "version_scheme": {
        "semver": ("语义化版本", "Semantic versioning"),
        "dotted": ("点分数字", "Numbers between dots"),
        "ranked": ("按序号排列", "By declared rank"),
    },
    "upgrade_effect": {
        "none": ("无影响", "None"),
        "restart": ("重启", "Restart"),
        "interruption": ("业务中断", "Interruption"),
    },
    "software_standing": {
        "current": ("最新", "Current"),
        "behind": ("落后", "Behind"),
        "ahead": ("高于正式版本", "Ahead of the newest release"),
        "withdrawn": ("版本已撤回", "Runs a withdrawn release"),
        "unknown": ("未知", "Unknown"),
    },
    "upgrade_advice": {
        "stay": ("保持现有版本", "Stay"),
        "upgrade": ("按步骤升级", "Upgrade by the hops"),
        "go_back": ("现版本已撤回，退回此前版本", "Withdrawn: go back to what ran before"),
        "ask_vendor": ("现版本已撤回，请联系厂商", "Withdrawn: ask the vendor for a safe release"),
        "unknown": ("现版本未知，请先查明", "Unknown: find out what runs"),
    },
    "upgrade_blocked": {
        "not_entitled": ("不在升级权益期内", "Not entitled"),
        "incompatible": ("与设备部件不兼容", "Does not fit what is inside"),
        "unreachable": ("无可行升级路径", "No way leads there"),
    },
}
