"""Texts of what is refused because a claimed item is made good once."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "claim-made-good": Message(
        "该项已由其他索赔处理完毕",
        "Another claim was made good for it",
        "索赔 {claim_number} 已对同一项以 {remedy} 处理完毕。本索赔尚未批准时，可驳回，或在鉴定时填写 "
        "component_id；已批准时只能取消。如为一并更换的部件，请从 replacements 中去除。",
        "Claim {claim_number} was made good for the same item by {remedy}. While this one is not approved, "
        "reject it, or name another component in component_id when assessing it; once it is approved, it can "
        "only be cancelled. A component replaced in passing is left out of replacements.",
    ),
    "claim-promised": Message(
        "该项已由其他索赔批准处理",
        "Another claim is approved for it",
        "索赔 {claim_number}（状态 {claim_state}）已批准对同一项以 {remedy} 处理，尚未完成。"
        "请先完成或取消该索赔；本索赔尚未批准且涉及其他部件时，可在鉴定时填写 component_id。",
        "Claim {claim_number} ({claim_state}) stands approved for the same item by {remedy}. Fulfil or "
        "cancel that one first; if this is about another component and not approved yet, name it as "
        "component_id when assessing.",
    ),
    "claimed-item-gone": Message(
        "索赔的部件或设备已不在用",
        "What is claimed for is no longer there",
        "该部件或设备已被拆除、更换或退役，不能再以此方式处理。请取消本索赔；尚未批准时，也可重新鉴定现有的部件。",
        "The component or asset was removed, replaced or retired: this remedy is no longer possible. Cancel "
        "the claim; while it is not approved, it may instead be assessed again for what is there now.",
    ),
    "addition-needs-role": Message(
        "追加备件须由批准人决定",
        "Parts are added by whoever may approve them",
        "批准的备件在维修开始前只能由以下角色追加：{roles}。请交由其处理，或先开始维修。",
        "Before the repair begins, parts beyond those approved are added by: {roles}. Hand it to one of "
        "them, or start the repair first.",
    ),
    "parts-beyond-approval": Message(
        "超出批准的备件",
        "More parts than were approved",
        "备件 {part_id} 批准及追加共 {approved} 件，已预留或出库 {kept} 件。确需更多时请使用 :addParts。",
        "{approved} piece(s) of part {part_id} were approved or added, {kept} are kept or issued. If more "
        "are needed, use :addParts.",
    ),
}
