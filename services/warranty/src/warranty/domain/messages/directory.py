"""Texts of what the directory refuses."""

from common.messages import Catalogue, Message

MESSAGES: Catalogue = {
    "customer-code-taken": Message(
        "客户代码已使用",
        "The customer code is taken",
        "已有客户使用该代码。请按 code 查询后继续,或换一个代码。",
        "Another customer has this code. Look it up by code, or choose another one.",
    ),
    "site-code-taken": Message(
        "现场代码已使用",
        "The site code is taken",
        "该客户已有使用此代码的现场。请按 code 查询后继续,或换一个代码。",
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
        "customer_id 不对应任何客户。请先建立客户,或更正编号。",
        "customer_id names no customer. Create the customer first, or correct the id.",
    ),
    "site-unknown": Message(
        "现场不存在",
        "No such site",
        "site_id 不对应该客户的任何现场。请先建立现场,或更正编号。",
        "site_id names no site of this customer. Create the site first, or correct the id.",
    ),
}
