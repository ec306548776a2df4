"""Texts of what the directory refuses."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "customer-code-taken": Message(
        "客户代码已使用",
        "The customer code is taken",
        "已有客户使用该代码。请按 code 查询后继续，或换一个代码。",
        "Another customer has this code. Look it up by code, or choose another one.",
    ),
    "site-code-taken": Message(
        "现场代码已使用",
        "The site code is taken",
        "该客户已有使用此代码的现场。请按 code 查询后继续，或换一个代码。",
        "This customer has a site with this code. Look it up by code, or choose another one.",
    ),
    "service-base-taken": Message(
        "服务基地代码已使用",
        "The service base code is taken",
        "已有服务基地使用该代码。请换一个代码。",
        "Another service base has this code. Choose another one.",
    ),
    "customer-unknown": Message(
        "客户不存在",
        "No such customer",
        "customer_id 不对应任何客户。请先建立客户，或更正编号。",
        "customer_id names no customer. Create the customer first, or correct the id.",
    ),
    "site-unknown": Message(
        "现场不存在",
        "No such site",
        "site_id 不对应该客户的任何现场。请先建立现场，或更正编号。",
        "site_id names no site of this customer. Create the site first, or correct the id.",
    ),
    "phone-unreadable": Message(
        "电话号码无法识别",
        "The phone number cannot be read",
        "请填写带区号的完整号码，例如 +86 21 5888 8888、021-58888888 转 8001 或 138 0013 8000。",
        "Write the whole number with its area code, such as +86 21 5888 8888, 021-58888888 ext 8001 "
        "or 138 0013 8000.",
    ),
    "authorization-period-empty": Message(
        "授权期限为空",
        "The authorisation's period is empty",
        "to 不能早于开始日期 {from_on}。请更正其中之一。",
        "It may not end before it begins on {from_on}. Correct one of the two dates.",
    ),
    "authorization-over": Message(
        "授权期限已过",
        "The authorisation would be over already",
        "to 不能早于今天（{today}）。如需停止授权，请使用 :withdrawAuthorization。",
        "to may not lie before today, {today}. To end an authorisation, use :withdrawAuthorization.",
    ),
    "authorization-gap": Message(
        "两次授权之间有间隔",
        "There would be a gap between the two authorisations",
        "新的期限与现有授权（authorized_from 至 authorized_to）不相接。请使之相接，或先撤销现有授权。",
        "The new period does not adjoin the present one, authorized_from to authorized_to. "
        "Let it adjoin, or withdraw that authorisation first.",
    ),
    "contact-not-authorized": Message(
        "联系人没有有效授权",
        "The contact is not authorised",
        "没有可撤销的授权。无需再操作；如指另一联系人，请更正编号。",
        "There is no authorisation to withdraw. Correct the id if you mean another contact.",
    ),
    "contact-erased": Message(
        "联系人的个人数据已删除",
        "The contact was erased",
        "个人数据已删除，不能再更改。请建立新的联系人。",
        "Its personal data is gone, and it stays so. Make a new contact known instead.",
    ),
}
