"""Labels of spare parts, planning and loaners."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "warehouse_kind": {
        "central": ("中心仓库", "Central"),
        "regional": ("区域仓库", "Regional"),
        "car": ("工程师车载库存", "Engineer's car"),
    },
    "movement_kind": {
        "receipt": ("入库", "Receipt"),
        "reserve": ("预留", "Reserve"),
        "release": ("释放预留", "Release"),
        "issue": ("出库", "Issue"),
        "return": ("退库", "Return"),
        "transfer_out": ("调出", "Transfer out"),
        "transfer_in": ("调入", "Transfer in"),
        "adjust": ("调整", "Adjust"),
        "scrap": ("报废", "Scrap"),
    },
    "movement_reference": {
        "reservation": ("预留", "Reservation"),
        "claim": ("索赔", "Claim"),
        "count": ("盘点", "Stock count"),
        "transfer": ("调拨", "Transfer"),
        "loaner": ("备用机", "Loaner"),
        "reorder": ("补货", "Reorder"),
    },
    "reservation_state": {
        "reserved": ("已预留", "Reserved"),
        "issued": ("已出库", "Issued"),
        "released": ("已释放", "Released"),
        "expired": ("已过期", "Expired"),
    },
    "reservation_action": {
        "issue": ("出库", "Issue"),
        "release": ("释放", "Release"),
        "expire": ("过期", "Expire"),
    },
    "stock_transfer_state": {
        "draft": ("草稿", "Draft"),
        "shipped": ("在途", "Shipped"),
        "received": ("已接收", "Received"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "stock_transfer_action": {
        "ship": ("发出", "Ship"),
        "receive": ("接收", "Receive"),
        "cancel": ("取消", "Cancel"),
    },
    "stock_count_state": {
        "counted": ("已盘点", "Counted"),
        "approved": ("已批准", "Approved"),
        "discarded": ("已作废", "Discarded"),
    },
    "stock_count_action": {"approve": ("批准", "Approve"), "discard": ("作废", "Discard")},
    "stock_standing": {
        "enough": ("充足", "Enough"),
        "low": ("不足", "Low"),
        "out": ("缺货", "Out"),
    },
    "reorder_kind": {"purchase": ("采购", "Purchase"), "transfer": ("调拨", "Transfer")},
    "reorder_proposal_state": {
        "proposed": ("已建议", "Proposed"),
        "ordered": ("已下单", "Ordered"),
        "received": ("已到货", "Received"),
        "cancelled": ("已取消", "Cancelled"),
        "dismissed": ("已驳回", "Dismissed"),
        "lapsed": ("已失效", "Lapsed"),
    },
    "reorder_proposal_action": {
        "order": ("下单", "Order"),
        "dismiss": ("驳回", "Dismiss"),
        "cancel": ("取消", "Cancel"),
        "lapse": ("失效", "Lapse"),
        "receive": ("到货", "Receive"),
    },
    "loaner_state": {
        "lent": ("已借出", "Lent"),
        "returned": ("已归还", "Returned"),
        "lost": ("已丢失", "Lost"),
    },
    "loaner_action": {
        "return": ("归还", "Return"),
        "extend": ("延期", "Extend"),
        "declareLost": ("报失", "Declare lost"),
    },
    "loan_ground": {
        "claim": ("保修索赔", "Warranty claim"),
        "paid_repair": ("保修期外维修", "Repair out of warranty"),
    },
    "loaner_condition": {
        "good": ("完好", "Good"),
        "worn": ("有磨损", "Worn"),
        "damaged": ("损坏", "Damaged"),
    },
}
