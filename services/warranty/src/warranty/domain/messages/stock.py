"""Texts of what stock, planning and loaners refuse."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "warehouse-code-taken": Message(
        "仓库代码已使用",
        "The warehouse code is taken",
        "已有仓库使用该代码。请按 code 查询后继续，或换一个代码。",
        "Another warehouse has this code. Look it up by code, or choose another one.",
    ),
    "warehouse-unknown": Message(
        "仓库不存在",
        "No such warehouse",
        "该编号不对应任何仓库。请先建立仓库，或更正编号。",
        "The id names no warehouse. Create the warehouse first, or correct the id.",
    ),
    "car-needs-engineer": Message(
        "车载库存须有工程师",
        "A car belongs to an engineer",
        "kind 为 car 时必须填写 engineer_id，其他仓库不得填写。",
        "Give engineer_id where kind is car, and leave it out everywhere else.",
    ),
    "quantity-sign": Message(
        "数量的正负不符",
        "The quantity has the wrong sign",
        "{kind} 的数量须大于 0；只有 adjust 可以为负，且不能为 0。请更正 quantity。",
        "The quantity of {kind} is above 0; only adjust may be below 0, and never 0. Correct quantity.",
    ),
    "movement-needs-reason": Message(
        "缺少原因",
        "The reason is missing",
        "{kind} 必须说明原因。请填写 reason。",
        "{kind} needs its reason. Fill in reason.",
    ),
    "not-tracked": Message(
        "该备件不区分序列号或批次",
        "This part's pieces are not told apart that way",
        "该备件不按所填的序列号或批次管理。请去掉后重试。",
        "Pieces of this part have no such serial numbers or lots. Leave them out and try again.",
    ),
    "serials-needed": Message(
        "序列号数量不符",
        "A serial number is needed for each piece",
        "数量为 {quantity}，所填序列号为 {told} 个。请为每件填写一个序列号。",
        "The quantity is {quantity}, serial numbers told: {told}. Give one for each piece.",
    ),
    "serial-repeated": Message(
        "序列号或批次重复",
        "A serial number or lot is repeated",
        "同一序列号或批次只能填写一次。请去掉重复项。",
        "Name each serial number or lot once.",
    ),
    "lot-needed": Message(
        "缺少批次或批次数量不符",
        "The lots do not make up the quantity",
        "该备件按批次管理。请填写批次，且各批次数量之和须等于总数。",
        "Pieces of this part belong to lots. Name the lots; their quantities add up to the whole.",
    ),
    "serial-in-stock": Message(
        "序列号已在库存中",
        "The serial number is in stock already",
        "该备件的同一序列号已在某仓库中。请用 /v1/stock-lots 按 serial_number 查询后更正。",
        "A piece with this serial number is in stock. Look it up in /v1/stock-lots by serial_number.",
    ),
    "stock-short": Message(
        "库存不足",
        "Not enough in stock",
        "需要由一个仓库提供 {requested} 件，可用共 {available} 件；各仓库可用：{warehouses}。"
        "请调整数量或仓库、分仓库预留，或改用有库存的替代备件：{successor_number}。补货建议与在途：{reorders}。"
        "如均无，请在 /v1/stock-levels 设置最低库存（即产生补货建议），或采购后按 receipt 入库。",
        "{requested} asked for from one warehouse, {available} available in all; by warehouse: {warehouses}. "
        "Change the quantity or the warehouse, ask several warehouses for fewer each, or take the successor "
        "in stock: {successor_number}. Proposed or on order (/v1/reorder-proposals): {reorders}. Where there "
        "is nothing, set a minimum in /v1/stock-levels, by which it is proposed, or buy it and book its "
        "receipt.",
    ),
    "stock-not-issuable": Message(
        "保质期内的库存不足",
        "Too few pieces within their shelf life",
        "需要 {quantity} 件，在保质期内可出库的有 {issuable} 件。请报废过期件并补货。",
        "{quantity} asked for, {issuable} within their shelf life. Scrap what has expired and receive more.",
    ),
    "piece-not-here": Message(
        "所指的件不在该仓库",
        "The piece is not in this warehouse",
        "该仓库没有 {pieces}，或数量不够。请用 /v1/stock-lots 查询后更正。",
        "This warehouse does not have {pieces}, or not so many. Look it up in /v1/stock-lots.",
    ),
    "return-not-issued": Message(
        "退库数量超过已出库数量",
        "More comes back than had left",
        "退库 {quantity} 件，已出库且尚未退回的为 {returnable} 件（{pieces}）。请更正数量、仓库或序列号；"
        "从未出库的件请按 receipt 或 adjust 入库，借用件请在 /v1/loaners 归还。",
        "{quantity} told to come back, {returnable} issued and not back yet ({pieces}). Correct quantity, "
        "warehouse or serial numbers; book what never left as a receipt or with adjust, and give loaners "
        "back in /v1/loaners.",
    ),
    "piece-in-stock": Message(
        "该件仍在库存中",
        "The piece is still in stock",
        "序列号 {serial_number} 的件在仓库 {warehouse} 的库存中。"
        "请先预留并出库（/v1/reservations 的 issue），或更正序列号，再安装。",
        "The piece with serial number {serial_number} is in stock in {warehouse}. Reserve and issue it first "
        "(/v1/reservations, :issue), or correct the serial number, and install it then.",
    ),
    "piece-installed": Message(
        "该件装在设备中",
        "The piece is inside an asset",
        "序列号 {pieces} 的件仍装在设备 {asset_ids} 中。请先在该设备拆除该部件，或更正序列号，再入库。",
        "Inside an asset: {pieces} ({asset_ids}). Remove the component there first, or correct the serial "
        "number, and book it then.",
    ),
    "expiry-passed": Message(
        "到期时间已过",
        "The expiry has passed",
        "到期时间须晚于 {now}。请更正。",
        "It has to end later than {now}. Correct it.",
    ),
    "not-a-car": Message(
        "不是工程师车载库存",
        "Not an engineer's car",
        "to_warehouse_id 须为另一个 kind 为 car 的仓库。在仓库之间移动请用 /v1/stock-transfers。",
        "to_warehouse_id names another warehouse of kind car. Between warehouses use /v1/stock-transfers.",
    ),
    "transfer-to-itself": Message(
        "调入与调出仓库相同",
        "From and to are the same warehouse",
        "请为 to_warehouse_id 选择另一个仓库。",
        "Choose another warehouse for to_warehouse_id.",
    ),
    "part-repeated": Message(
        "备件重复",
        "A part is repeated",
        "每个备件（或批次）只能出现一行。请合并。",
        "Each part, or lot, has one line. Put them together.",
    ),
    "counter-may-not-approve": Message(
        "盘点人不能批准",
        "Who counted does not approve",
        "盘点差异须由另一人批准。",
        "Another person than the one who counted approves the differences.",
    ),
    "count-superseded": Message(
        "同一库存的较晚盘点已入账",
        "A later count of the same stock is booked",
        "盘点 {count_id}（{counted_at}）包含同一库存，时间更晚且已入账。"
        "请作废本次盘点；如仍有疑问，请重新盘点。",
        "The count {count_id} of {counted_at} is of the same stock, later, and booked. Discard this one, and "
        "count again where doubt remains.",
    ),
    "count-overtaken": Message(
        "盘点时缺少的件现已出库或正在办理",
        "What the count missed has left since",
        "盘点缺 {missing} 件；现账面 {on_hand} 件，其中 {held} 件已预留。请稍后重试，或作废后重新盘点。",
        "The count misses {missing}; {on_hand} are on hand now, {held} of them reserved. "
        "Try again shortly, or discard this count and count again.",
    ),
    "due-not-later": Message(
        "归还日期过早",
        "The due date is too early",
        "归还日期须晚于 {after}。请更正 due_on。",
        "The due date lies after {after}. Correct due_on.",
    ),
    "damage-needs-inspection": Message(
        "损坏件须有检验结果",
        "A damaged piece needs its inspection",
        "损坏的借用件将被报废，须说明检验发现。请填写 inspection。",
        "A damaged loaner is scrapped; say what the inspection found. Fill in inspection.",
    ),
    "target-below-min": Message(
        "目标库存低于最低库存",
        "The target is below the minimum",
        "目标库存 {target} 低于最低库存 {min}。请提高 target_override 或降低 min_override。",
        "The target, {target}, is below the minimum, {min}. Raise target_override or lower min_override.",
    ),
    "stock-level-exists": Message(
        "该仓库的此备件已有库存水平",
        "The warehouse has a level for this part",
        "请按 warehouse_id 和 part_id 查询后，用 PATCH 修改。",
        "Look it up by warehouse_id and part_id, and correct it with PATCH.",
    ),
    "reorder-unknown": Message(
        "没有这笔在途采购",
        "No such purchase is on order",
        "reorder_proposal_id 不对应该仓库该备件的已下单采购。请更正，或不填。",
        "reorder_proposal_id names no purchase of this part on order for this warehouse. "
        "Correct it or leave it out.",
    ),
    "transfer-under-way": Message(
        "请取消相应的调拨",
        "A transfer stands for this order",
        "该补货由调拨 {transfer_id} 完成。请在 /v1/stock-transfers 中取消该调拨（发出之前）。",
        "The transfer {transfer_id} carries this order out. Cancel it there before it is shipped.",
    ),
}
