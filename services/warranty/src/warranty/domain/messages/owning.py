"""Texts of what catalogue, contracts, assets, terms and decisions refuse."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "product-code-taken": Message(
        "产品代码已使用",
        "The product code is taken",
        "已有产品使用该代码。请按 code 查询后继续，或换一个代码。",
        "Another product has this code. Look it up by code, or choose another one.",
    ),
    "part-number-taken": Message(
        "部件编号已使用",
        "The part number is taken",
        "已有部件使用该编号。请按 number 查询后继续，或换一个编号。",
        "Another part has this number. Look it up by number, or choose another one.",
    ),
    "product-unknown": Message(
        "产品不存在",
        "No such product",
        "所填编号不对应任何产品。请先建立产品，或更正编号。",
        "The id names no product. Create the product first, or correct the id.",
    ),
    "part-unknown": Message(
        "部件不存在",
        "No such part",
        "所填编号不对应任何部件。请先建立部件，或更正编号。",
        "The id names no part. Create the part first, or correct the id.",
    ),
    "part-incompatible": Message(
        "部件不适用于该产品",
        "The part does not fit the product",
        "部件 {part_number} 的 compatible_product_ids 不含该设备的产品。"
        "请用 /v1/parts?product_id={product_id} 选择适用的部件，或先更正该部件。",
        "Part {part_number} is not made for the asset's product. Choose one of "
        "/v1/parts?product_id={product_id}, or correct compatible_product_ids of the part first.",
    ),
    "supersession-cycle": Message(
        "替代关系成环",
        "The supersession is a circle",
        "该部件不能被自身或其后继的前身替代。请选择另一个替代部件。",
        "A part cannot be superseded by itself, directly or through others. Choose another successor.",
    ),
    "contract-number-taken": Message(
        "合同编号已使用",
        "The contract number is taken",
        "已有合同使用该编号。请按 number 查询后继续，或换一个编号。",
        "Another contract has this number. Look it up by number, or choose another one.",
    ),
    "contract-unknown": Message(
        "合同不存在",
        "No such contract",
        "contract_id 不对应任何合同。请先建立合同，或更正编号。",
        "contract_id names no contract. Create the contract first, or correct the id.",
    ),
    "contract-of-another": Message(
        "合同属于另一客户",
        "The contract is another customer's",
        "合同与设备不属于同一客户。请选择该客户的合同。",
        "The contract belongs to another customer than the asset. Choose one of the same customer.",
    ),
    "contract-period-empty": Message(
        "合同期限为空",
        "The contract's period is empty",
        "结束日期不能早于开始日期 {starts_on}。请更正其中之一。",
        "It may not end before it begins on {starts_on}. Correct one of the two dates.",
    ),
    "contract-ended": Message(
        "合同已结束",
        "The contract has ended",
        "已结束的合同不能更改。请建立新合同。",
        "A contract that has ended stays as it is. Draft a new one.",
    ),
    "contract-in-force": Message(
        "合同已生效",
        "The contract is in force",
        "生效后不能更改：{fields}。请终止后建立新合同，或去掉这些字段。",
        "In force, these were signed and stay: {fields}. Leave them out, or end it and draft a new one.",
    ),
    "requirement-unknown": Message(
        "没有这项要求",
        "No such requirement",
        "合同没有要求 {requirement_id}。请从 requirements 中选择。",
        "The contract has no requirement {requirement_id}. Choose from its requirements.",
    ),
    "evidence-missing": Message(
        "缺少证据",
        "Evidence is missing",
        "标为已满足或已豁免时须填写 evidence。",
        "A requirement is met or waived with something that shows it. Fill in evidence.",
    ),
    "requirement-repeated": Message(
        "要求编号重复",
        "The requirement stands there twice",
        "编号 {requirement_id} 出现两次。请为每项要求使用不同的 id。",
        "The id {requirement_id} stands there twice. Give every requirement an id of its own.",
    ),
    "part-number-repeated": Message(
        "部件编号重复",
        "The part number stands there twice",
        "部件 {part_number} 有两条规则（编号不分大小写）。请每个部件只写一条。",
        "Part {part_number} has two rules; case does not count in its number. Give each part one.",
    ),
    "figure-range-empty": Message(
        "投标指标无法满足",
        "Nothing can meet the figure",
        "{item} 的 required_min 大于 required_max。请更正其中之一。",
        "required_min of {item} is more than its required_max. Correct one of the two.",
    ),
    "term-rule-unreadable": Message(
        "质保期规则无法解读",
        "The term's rule cannot be read",
        "第 {position} 个字符处应为 {expected}。"
        "示例：earlier_of(installed + 12 months, shipped + 18 months)。",
        "At character {position}, expected {expected}. An example: "
        "earlier_of(installed + 12 months, shipped + 18 months).",
    ),
    "asset-unknown": Message(
        "设备不存在",
        "No such asset",
        "asset_id 不对应任何设备。请先登记设备，或更正编号。",
        "asset_id names no asset. Register the asset first, or correct the id.",
    ),
    "asset-serial-taken": Message(
        "序列号已登记",
        "The serial number is taken",
        "该产品已有此序列号的设备。请按 serial_number 查询后继续。",
        "There is an asset of this product with this serial number. Look it up by serial_number.",
    ),
    "site-of-another": Message(
        "现场属于另一客户",
        "The site is another customer's",
        "该现场不属于同一客户。请选择该客户自己的现场。",
        "The site is not of the same customer. Choose one of that customer's own.",
    ),
    "serial-missing": Message(
        "缺少序列号",
        "The serial number is missing",
        "该部件按序列号管理，请填写 serial_number。",
        "This part is tracked piece by piece. Fill in serial_number.",
    ),
    "lot-missing": Message(
        "缺少批号",
        "The lot is missing",
        "该部件按批次管理，请填写 lot。",
        "This part is tracked by lot. Fill in lot.",
    ),
    "parent-unknown": Message(
        "上级部件不存在",
        "No such parent",
        "parent_id 不是该设备中现有的部件。请更正编号，或留空。",
        "parent_id names nothing that is inside this asset now. Correct it, or leave it out.",
    ),
    "component-unknown": Message(
        "部件不在该设备中",
        "No such component",
        "component_id 不对应该设备的任何部件。请更正编号。",
        "component_id names no component of this asset. Correct the id.",
    ),
    "component-removed": Message(
        "部件已拆除",
        "The component was removed",
        "该部件已于 {removed_at} 拆除。",
        "It was removed at {removed_at}. Act on what is inside now.",
    ),
    "position-taken": Message(
        "位置已占用",
        "The position is taken",
        "该位置已有部件。请先拆除，或使用 :replace。",
        "There is a component in this position. Remove it first, or use :replace.",
    ),
    "component-serial-taken": Message(
        "部件序列号已在使用",
        "The component is installed already",
        "该序列号的部件已装在某台设备中。请先在那里拆除。",
        "A component with this serial number is inside an asset. Remove it there first.",
    ),
    "term-superseded": Message(
        "质保期已被替代",
        "The term was superseded",
        "该质保期已不再有效。请对当前质保期操作。",
        "Another term stands in its place, or it is another asset's. Act on the one that is current.",
    ),
    "term-open-ended": Message(
        "质保期尚无截止日",
        "The term has no last day yet",
        "截止日尚未确定，不能延长。请先补全所等待的事件。",
        "Its last day is not known yet. Record what it waits for first.",
    ),
    "known-in-future": Message(
        "已知时间在未来",
        "The time of knowledge lies in the future",
        "known_at 不能晚于当前时间 {now}。请更正或留空。",
        "known_at may not be later than now, {now}. Correct it or leave it out.",
    ),
    "not-known-then": Message(
        "当时尚不知道",
        "It was not known then",
        "该设备或部件直到 {known_from} 才登记。请填写不早于该时刻的 known_at。",
        "The asset or component was made known at {known_from}. Ask for that moment or a later one.",
    ),
    "meter-runs-backwards": Message(
        "读数倒退",
        "The meter would run backwards",
        "按前后读数，该时刻应不小于 {at_least} 小时且不大于 {at_most}。请核对读数，或先撤回有误的读数。",
        "By the readings around it, it shows at least {at_least} hours and at most {at_most} at that "
        "instant. Check it, or withdraw the reading that is mistaken.",
    ),
    "meter-runs-ahead": Message(
        "读数增长过快",
        "The meter would run faster than a clock",
        "两次读数之间经过 {passed} 小时，读数却增加 {counted} 小时。请核对读数和时间，或先撤回有误的读数。",
        "It would count {counted} hours where {passed} have passed between two readings. Check the figure "
        "and its time, or withdraw the reading that is mistaken.",
    ),
    "meter-read-already": Message(
        "该时刻已有读数",
        "It was read at that instant already",
        "该计时器在这一时刻已有读数。若有误，请先撤回。",
        "There is a reading of this meter at that instant. Withdraw it first if it is mistaken.",
    ),
    "limits-crossed": Message(
        "上下限颠倒",
        "The limits are crossed",
        "limit_min（{limit_min}）大于 limit_max（{limit_max}）。请更正其中之一。",
        "limit_min, {limit_min}, is more than limit_max, {limit_max}. Correct one of the two.",
    ),
    "reading-withdrawn": Message(
        "读数已撤回",
        "The reading was withdrawn",
        "该读数已撤回，不再计算。",
        "It counts no longer. List the readings of the asset for those that do.",
    ),
    "known-at-decides-nothing": Message(
        "按过去所知只作查询",
        "Past knowledge only answers questions",
        "known_at 用于查询当时会如何判定，不能用于工单或索赔。"
        "请去掉 known_at，或去掉 ticket_id 和 claim_id。",
        "known_at asks what would have been decided then; tickets and claims are decided by what is known "
        "now. Leave out known_at, or ticket_id and claim_id.",
    ),
    "decision-superseded": Message(
        "该判定已被替代",
        "The decision was superseded",
        "该工单已有更新的判定。请按 ticket_id 查询并对最新的判定操作。",
        "The ticket has a newer decision. List its decisions by ticket_id and act on the latest one.",
    ),
}
