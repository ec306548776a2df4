"""The catalogue of texts that every service shares: title, detail and what to do next, in zh-CN and en."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A refusal's texts; ``{fact}`` slots are filled with the problem's facts.

    Args:
        title_zh: short name of the problem in Chinese.
        title_en: the same in English.
        detail_zh: what happened and what to do next, in Chinese.
        detail_en: the same in English.
    """

    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str


Catalogue = Mapping[str, Message]

MESSAGES: Catalogue = {
    "invalid-state-transition": Message(
        "当前状态不允许此操作",
        "Not possible in the present state",
        "当前状态为 {current_state}，不能执行 {action}。现在还可执行的操作：{allowed_actions}。",
        "The state is {current_state}, which does not allow {action}. Still possible: {allowed_actions}.",
    ),
    "action-needs-role": Message(
        "当前角色不能执行此操作",
        "Your role does not include this",
        "{action} 需要以下角色之一：{roles}。请联系有权限的同事。",
        "{action} needs one of the roles {roles}. Ask a colleague who has one.",
    ),
    "not-found": Message(
        "未找到",
        "Not found",
        "没有这个对象，或您无权查看。请检查编号。",
        "There is no such thing, or you may not see it. Check the id.",
    ),
    "customer-confined": Message(
        "超出所属机构范围",
        "Outside your organisation",
        "您的令牌只能用于所属机构。请使用本机构的 customer_id，或不填写。",
        "Your token is confined to its own organisation. Use that customer_id or leave it out.",
    ),
    "occurred-in-future": Message(
        "发生时间在未来",
        "The time lies in the future",
        "{field} 不能晚于当前时间 {now}。请改为已经发生的时间。",
        "{field} may not be later than now, {now}. Give a time that has passed.",
    ),
    "occurred-too-early": Message(
        "发生时间早于上一步",
        "Earlier than the step before",
        "发生时间不能早于上一步的时间 {not_before}。请改为该时间或之后。",
        "It may not have happened before the step it builds on, {not_before}. Give that time or a later one.",
    ),
}
