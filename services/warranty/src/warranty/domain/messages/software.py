"""Texts of what software releases and their installation refuse."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "release-version-taken": Message(
        "该版本已登记",
        "The version is known already",
        "该产品已有此版本。请按 product_id 查询后继续。",
        "The product has a release of this version. List its releases by product_id.",
    ),
    "release-order-taken": Message(
        "版本顺序重复",
        "The place in the order is taken",
        "该产品已有同一次序的版本。请更正版本号或 rank。",
        "The product has a release in the same place of the order. Correct the version or its rank.",
    ),
    "version-scheme-differs": Message(
        "版本规则不一致",
        "The scheme differs",
        "该产品的版本按 {scheme} 排列，所有版本须一致。",
        "The product's versions are ordered by {scheme}; use the same for all of them.",
    ),
    "version-unreadable": Message(
        "版本号无法排序",
        "The version cannot be ordered",
        "{version} 不符合 {scheme}。请更正版本号，或使用 scheme ranked 并填写 rank。",
        "{version} is not a version by {scheme}. Correct it, or use the scheme ranked with a rank.",
    ),
    "rank-missing": Message(
        "缺少序号",
        "The rank is missing",
        "scheme 为 ranked 时须填写 rank。",
        "Under the scheme ranked, fill in rank: the place in the order of versions.",
    ),
    "rank-not-used": Message(
        "不应填写序号",
        "The rank is not used",
        "scheme 为 {scheme} 时由版本号排序，请去掉 rank。",
        "By {scheme} the version itself gives the order. Leave out rank.",
    ),
    "minimum-not-below": Message(
        "最低版本不低于本版本",
        "The minimum is not below",
        "minimum_version {minimum_version} 须低于本版本。请更正。",
        "minimum_version {minimum_version} must be below the release itself. Correct it.",
    ),
    "release-unknown": Message(
        "软件版本不存在",
        "No such release",
        "所填编号或版本不对应该产品的任何软件版本。请更正。",
        "It names no release of this product. Correct the id or the version.",
    ),
    "release-is-out": Message(
        "版本已发布",
        "The release is out",
        "发布后不能更改：{fields}。请发布新版本。",
        "It was tested and released as it is; these stay: {fields}. Make a new release.",
    ),
    "release-not-tested": Message(
        "尚未测试",
        "It was not tested",
        "发布前须填写 tested_on。",
        "Fill in tested_on: what is released was tested before.",
    ),
    "tested-after-release": Message(
        "测试晚于发布",
        "Tested after the release",
        "tested_on 不能晚于发布日 {released_on}。",
        "tested_on may not be later than the day of the release, {released_on}.",
    ),
    "change-missing": Message(
        "缺少变更",
        "The change is missing",
        "软件安装须对应变更。请填写 change_id 或 change_reference。",
        "Software is installed by a change. Fill in change_id or change_reference.",
    ),
    "release-not-newest": Message(
        "不是最新版本",
        "It is not the newest",
        "随设备交付的软件须为 {day} 时的最新发布版本：{newest}。",
        "What is shipped with an asset is the newest release as of {day}: {newest}.",
    ),
    "release-not-offered": Message(
        "该版本不可提供",
        "It is not offered",
        "状态为 {release_state} 的版本不能安装。请查询 upgrade-path。",
        "A release that is {release_state} is not installed at customers. Ask for the upgrade path.",
    ),
    "release-not-newer": Message(
        "不是更新的版本",
        "It is not newer",
        "设备已运行 {current}。回退请将 is_rollback 设为 true。",
        "The asset runs {current}. To go back to what ran before, set is_rollback.",
    ),
    "release-incompatible": Message(
        "与设备不兼容",
        "It does not fit",
        "该版本因以下部件不适用：{parts}。请先更换部件，或选择其他版本。",
        "These parts keep it off the asset: {parts}. Replace them first, or choose another release.",
    ),
    "release-not-entitled": Message(
        "不在升级权益期内",
        "Not entitled",
        "升级权益至 {entitled_until} 止，该版本发布于其后。请选择该日及以前发布的版本。",
        "The entitlement ended on {entitled_until}. Choose a release that came out by then.",
    ),
    "release-needs-hop": Message(
        "须先安装中间版本",
        "Another release comes first",
        "该版本须从 {minimum_version} 或更高版本升级。请按 upgrade-path 逐步安装。",
        "It upgrades from {minimum_version} or later. Follow the hops of the upgrade path.",
    ),
    "rollback-unknown": Message(
        "没有可回退的版本",
        "It never ran there",
        "只能回退到该设备曾运行的版本。请查询安装记录。",
        "A rollback goes to what ran on the asset before. List its software installations.",
    ),
}
