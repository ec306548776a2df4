"""Texts of the refusals that the web edge makes itself."""

from common.messages import Catalogue, Message

EDGE_MESSAGES: Catalogue = {
    "invalid-token": Message(
        "令牌无效",
        "Invalid token",
        "缺少访问令牌，或令牌无效、已过期。请重新获取令牌后重试。",
        "The access token is missing, malformed or expired. Get a new one and try again.",
    ),
    "insufficient-scope": Message(
        "权限不足",
        "Insufficient scope",
        "此操作需要权限 {scope}。请使用具有该权限的令牌。",
        "This operation needs the scope {scope}. Use a token that carries it.",
    ),
    "validation-failed": Message(
        "请求内容不符合要求",
        "The request is not valid",
        "请求中有 {count} 处不符合要求，详见 errors。请更正后重试。",
        "{count} part(s) of the request are not valid; errors names each. Correct them and try again.",
    ),
    "malformed-json": Message(
        "JSON 格式错误",
        "Malformed JSON",
        "请求正文不是有效的 JSON（UTF-8）。请检查语法后重试。",
        "The body is not valid JSON in UTF-8. Check its syntax and try again.",
    ),
    "malformed-header": Message(
        "请求头格式错误",
        "Malformed header",
        "请求头 {parameter} 的格式不正确。请按接口文档的写法填写。",
        "The header {parameter} is malformed. Write it as the API document shows.",
    ),
    "nul-character": Message(
        "含有空字符",
        "NUL character",
        "文本中不能含有空字符（U+0000）。请删除后重试。",
        "Text may not contain the character U+0000. Remove it and try again.",
    ),
    "invalid-cursor": Message(
        "分页游标无效",
        "Invalid cursor",
        "游标已损坏、过期，或与当前筛选条件不符。请从第一页重新查询。",
        "The cursor is damaged, expired or belongs to other filters. Start again from the first page.",
    ),
    "idempotency-key-required": Message(
        "缺少 Idempotency-Key",
        "Idempotency-Key required",
        "此操作必须带请求头 Idempotency-Key。请为每次操作生成一个 UUID，重试时保持不变。",
        "This operation needs the header Idempotency-Key. Make a UUID per operation and keep it on retries.",
    ),
    "answer-erased": Message(
        "答复已删除",
        "The answer was erased",
        "该 Idempotency-Key 对应的操作已执行，其答复中的个人数据已按要求删除。请直接查询资源，不要重试。",
        "What this key stands for was done; its answer held personal data, erased since. "
        "Read the resource instead of trying again.",
    ),
    "idempotency-key-reused": Message(
        "Idempotency-Key 已用于其他请求",
        "Idempotency-Key reused",
        "该 Idempotency-Key 已用于内容不同的请求。请为新的操作换一个新值。",
        "This Idempotency-Key was used with another request. Use a new one for a new operation.",
    ),
    "precondition-required": Message(
        "缺少 If-Match",
        "If-Match required",
        "修改前请先读取对象，并把其 ETag 放入请求头 If-Match。",
        "Read the resource first and send its ETag in the header If-Match.",
    ),
    "precondition-failed": Message(
        "对象已被修改",
        "Changed meanwhile",
        "对象的当前版本为 {current_version}，与 If-Match 不符。请重新读取后再修改。",
        "The resource is now at version {current_version}, not the one in If-Match. Read it again first.",
    ),
    "method-not-allowed": Message(
        "不支持此方法",
        "Method not allowed",
        "此路径不支持 {method}，可用的方法：{allowed}。",
        "This path does not take {method}. It takes: {allowed}.",
    ),
    "body-too-large": Message(
        "请求正文过大",
        "Body too large",
        "请求正文不能超过 {limit_bytes} 字节。请缩小或分批提交。",
        "The body may not exceed {limit_bytes} bytes. Make it smaller or send it in parts.",
    ),
    "body-late": Message(
        "请求正文未完整到达",
        "Body incomplete",
        "请求正文未在规定时间内完整到达，未作任何更改。请检查连接后重新提交。",
        "The body did not come to its end in time; nothing was changed. Check the connection, send it again.",
    ),
    "unsupported-media-type": Message(
        "不支持的内容类型",
        "Unsupported media type",
        "请求正文应为 {media}，编码为 {charsets}。请相应设置 Content-Type。",
        "The body must be {media}, written in {charsets}. Set Content-Type to what it is.",
    ),
    "quota-exceeded": Message(
        "请求过于频繁",
        "Quota exceeded",
        "请求次数已超过限额，请在 {retry_after_seconds} 秒后重试。",
        "The quota of requests is spent. Try again in {retry_after_seconds} seconds.",
    ),
    "unavailable": Message(
        "服务暂不可用",
        "Unavailable for the moment",
        "数据库暂时无法访问或繁忙，数据未被修改。请稍后用同样的请求重试。",
        "The database cannot be reached or is busy; nothing was changed. Try the same request again shortly.",
    ),
    "keys-away": Message(
        "暂时无法验证身份",
        "Tokens cannot be checked",
        "签发方的公钥暂时无法取得，因此无法验证任何令牌；您的令牌未必有问题，数据未被修改。请稍后用同样的请求重试。",
        "The issuer's keys cannot be had for the moment, so no token can be checked; yours may well be good,"
        " and nothing was changed. Try the same request again shortly.",
    ),
    "value-out-of-range": Message(
        "数值超出范围",
        "Value out of range",
        "请求中有数值超出可存储的范围。请检查数字、日期和文本。",
        "A value in the request is beyond what can be stored. Check its numbers, dates and texts.",
    ),
    "rule-violated": Message(
        "与已有数据冲突",
        "In conflict with stored data",
        "请求与已有数据的约束冲突，未做修改。请重新读取后再试。",
        "The request breaks a rule of the stored data; nothing was changed. Read again, then try.",
    ),
    "internal-error": Message(
        "内部错误",
        "Internal error",
        "服务器内部出错，数据未被修改。请联系我们并提供 trace_id。",
        "Something failed on our side; nothing was changed. Contact us and name the trace_id.",
    ),
}
