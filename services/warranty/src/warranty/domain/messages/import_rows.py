"""Texts of what an import refuses of a row beside what is known."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "import-row-twice": Message(
        "行重复",
        "The row is a double",
        "与第 {other_row} 行是同一对象。请只保留一行。",
        "Row {other_row} is about the same thing. Keep one of the two.",
    ),
    "import-row-erased": Message(
        "此人已要求删除",
        "The person was erased",
        "文件上传之后，此人的资料已按要求删除，不能再导入。请从文件及其来源中删除该行。",
        "What was known of the person was erased on request after the file was sent. Take the row out of the "
        "file, and out of where it came from.",
    ),
    "import-customer-unknown": Message(
        "客户不存在",
        "No such customer",
        "没有此编码的客户。请先导入客户，或更正编码。",
        "No customer has this code. Import the customers first, or correct the code.",
    ),
    "import-site-unknown": Message(
        "现场不存在",
        "No such site",
        "该客户没有此编码的现场。请先导入现场，或更正编码。",
        "The customer has no site with this code. Import the sites first, or correct the code.",
    ),
    "import-product-unknown": Message(
        "产品不存在",
        "No such product",
        "产品目录中没有此编码。请先建立产品，或更正编码。",
        "No product has this code. Add it to the catalogue first, or correct the code.",
    ),
    "import-part-unknown": Message(
        "部件不存在",
        "No such part",
        "部件目录中没有此编号。请先建立部件，或更正编号。",
        "No part has this number. Add it to the catalogue first, or correct the number.",
    ),
    "import-successor-unknown": Message(
        "替代部件不存在",
        "No such successor",
        "部件目录中没有此编号，文件中该行以上也没有。请将替代部件的行移到该行之上，或更正编号。",
        "Neither the catalogue nor a row above has this part. Move its row above this one, or correct it.",
    ),
    "import-part-told-apart": Message(
        "管理方式不能更改",
        "How pieces are told apart is settled",
        "该部件是否按序列号或批次管理已经确定，导入不能更改。请更正或留空。",
        "Whether its pieces have serial numbers or lots was settled when the part was made known; an import "
        "does not change that. Correct the cell or leave it blank.",
    ),
    "import-terms-unsaid": Message(
        "缺少原厂服务条款",
        "Terms that say nothing",
        "填写了条款编号而没有条款内容。请填写原厂服务条款，或将编号留空。",
        "There is a reference and no summary of the manufacturer's terms. Fill it in, or leave out both.",
    ),
    "import-asset-unknown": Message(
        "设备不存在",
        "No such asset",
        "该产品没有此序列号的设备。请先导入设备，或更正序列号。",
        "The product has no asset with this serial number. Import the assets first, or correct the number.",
    ),
    "import-parent-unknown": Message(
        "上级部件不存在",
        "No such parent",
        "该设备中没有此上级部件，文件中该行以上也没有。请将上级部件的行移到该行之上，或更正此列。",
        "Neither the asset nor a row above has this component inside. Move the parent's row above this one, "
        "or correct the cell.",
    ),
    "import-parent-ambiguous": Message(
        "上级部件不唯一",
        "More than one parent fits",
        "该设备中有多个部件符合。请填写上级部件序列号（parent_serial_number）。",
        "Several components of the asset fit. Name the parent by its serial number (parent_serial_number).",
    ),
    "import-component-removed": Message(
        "部件已被拆除",
        "The component was removed",
        "该部件已于 {removed_on} 从此位置拆除。如已重新装入，请填写安装日期；否则请删除该行。",
        "It was taken out of this position on {removed_on}. If it was put back, say when in installed_on; "
        "else take the row out of the file.",
    ),
    "import-installed-otherwise": Message(
        "安装日期与已登记的不同",
        "Installed on another day",
        "该部件登记的安装日期为 {installed_on}，导入不能更改。请更正或留空。",
        "It is known to have been installed on {installed_on}; an import does not change that. Correct the "
        "day or leave it out.",
    ),
    "import-contact-unreachable": Message(
        "缺少联系方式",
        "Nothing to know the contact by",
        "联系人以电子邮箱识别，没有邮箱的以姓名和手机或座机识别。请至少填写其中一项。",
        "It is known by its e-mail address, or by its name and mobile or landline. Fill in one of them.",
    ),
    "import-contact-ambiguous": Message(
        "联系人不唯一",
        "More than one contact fits",
        "该客户有多个联系人符合。请在 /v1/contacts 中核对并更正，或填写能区分的电子邮箱。",
        "Several contacts of the customer fit. Correct them at /v1/contacts, or fill in the e-mail address "
        "that tells them apart.",
    ),
    "import-authorization-undated": Message(
        "授权没有日期",
        "An authorisation without days",
        "填写了授权依据而没有授权日期。请填写授权开始或结束日期，或将授权依据留空。",
        "There is a note on an authorisation and no day. Fill in the first or the last day, or leave out "
        "the note.",
    ),
    "import-authorization-withdrawn": Message(
        "授权已被撤销",
        "The authorisation was withdrawn",
        "此授权已于 {withdrawn_on} 撤销，导入不会恢复。请将授权各列留空；"
        "如需再次授权，请在联系人上用 :authorize。",
        "It was withdrawn on {withdrawn_on}; an import does not bring it back. Leave its cells blank, or use "
        ":authorize on the contact.",
    ),
    "import-contract-unknown": Message(
        "合同不存在",
        "No such contract",
        "没有此编号的合同。请先建立合同，或更正编号。",
        "No contract has this number. Create it first, or correct the number.",
    ),
    "import-contract-of-another": Message(
        "合同属于其他客户",
        "Another customer's contract",
        "此合同不属于该行的客户。请更正合同编号或客户编码。",
        "The contract is not of this row's customer. Correct the number or the customer's code.",
    ),
    "import-asset-of-another": Message(
        "设备属于其他客户",
        "Another customer's asset",
        "此序列号的设备已登记在其他客户名下。请更正序列号或客户编码。",
        "This asset belongs to another customer. Correct the serial number or the customer's code.",
    ),
    "import-asset-retired": Message(
        "设备已退役",
        "The asset is retired",
        "此设备已退役，不能再更改。请从文件中删除该行。",
        "The asset is out of use for good and is not changed any more. Take the row out of the file.",
    ),
    "import-days-disordered": Message(
        "日期先后不对",
        "The days are out of order",
        "{field}（{day}）早于 {before}（{before_day}）。设备依次发货、到货、安装、验收，请更正其中之一。",
        "{field}, {day}, lies before {before}, {before_day}. An asset is shipped, delivered, installed and "
        "accepted in this order; correct one of the two.",
    ),
    "import-accepted-early": Message(
        "验收早于发货",
        "Accepted before it was shipped",
        "验收日期不能早于发货日期 {shipped_on}。请更正其中之一。",
        "The day of acceptance lies before the day of shipment, {shipped_on}. Correct one of the two.",
    ),
    "import-accepted-late": Message(
        "验收日期在未来",
        "Accepted in the future",
        "验收日期不能晚于今天 {today}。请更正。",
        "Nothing was accepted yet after today, {today}. Correct the day.",
    ),
    "import-day-ahead": Message(
        "日期在未来",
        "The day lies in the future",
        "此处只填写已经发生的日期，不能晚于今天 {today}。请更正或留空。",
        "What is told here has happened; no day lies after today, {today}. Correct it or leave it out.",
    ),
    "import-accepted-otherwise": Message(
        "已按其他信息验收",
        "Accepted otherwise",
        "此设备已于 {accepted_on} 按 {reference} 验收，导入不能更改。请更正该行，或将两列留空；"
        "如原验收有误，请在设备上用 :correctAcceptance 更正。",
        "The asset was accepted on {accepted_on} by {reference}; an import does not change that. "
        "Correct the row, or leave both cells blank; if what is known is wrong, use :correctAcceptance on "
        "the asset.",
    ),
    "import-acceptance-open": Message(
        "设备正在安装或维修",
        "The asset is being installed or repaired",
        "安装或维修中的设备不能由导入验收。请在其安装记录中验收，或将两列留空。",
        "What is being installed is accepted with its installation, what is being repaired once it is back. "
        "Leave both cells blank.",
    ),
}
