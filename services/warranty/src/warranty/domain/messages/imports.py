"""Texts of what an import refuses by itself: a file, a request, and single cells."""

from common.messages import Catalogue, Message

FILES: Catalogue = {
    "import-file-empty": Message(
        "文件没有数据",
        "The file holds no rows",
        "文件中没有标题行以下的数据行。请填写后重新上传。",
        "There is no row below the heading. Fill the file and send it again.",
    ),
    "import-file-malformed": Message(
        "文件格式有误",
        "The file is malformed",
        "第 {row} 行附近的引号未结束或单元格过长。请另存为 CSV（UTF-8）后重新上传。",
        "Near row {row} a quote does not end or a cell is too long. Save it as CSV (UTF-8), send it again.",
    ),
    "import-encoding-unknown": Message(
        "无法识别文件编码",
        "The file's encoding is unknown",
        "文件既不是 UTF-8 也不是 GB18030/GBK。请另存为“CSV UTF-8”后重新上传。",
        "The text is neither UTF-8 nor GB18030/GBK. Save it as “CSV UTF-8” and send it again.",
    ),
    "import-encoding-differs": Message(
        "文件编码与所述不符",
        "The text is written otherwise",
        "文件不是 {charset} 编码。请更正 Content-Type 中的 charset，或不填写。",
        "The text is not in {charset}. Correct the charset in Content-Type, or leave it out.",
    ),
    "import-file-no-workbook": Message(
        "不是可读取的 Excel 工作簿",
        "Not a readable workbook",
        "文件已损坏、已加密或不是 .xlsx 工作簿。请在 Excel 中另存为 .xlsx 或 CSV 后上传。",
        "It is damaged, encrypted, or not an .xlsx. Save it in Excel as .xlsx or CSV, and send it again.",
    ),
    "import-file-old-excel": Message(
        "不支持旧版 Excel 或加密文件",
        "An old or encrypted Excel file",
        "文件为旧版 .xls 格式或设有密码。请取消密码并另存为 .xlsx 后重新上传。",
        "It is an .xls or has a password. Remove the password, save it as .xlsx, and send it again.",
    ),
    "import-file-inflated": Message(
        "文件解压后过大",
        "The file is too large unpacked",
        "文件内容解压后超过 {limit_bytes} 字节。请删除多余的工作表、图片和格式，或分成几个文件。",
        "Unpacked it exceeds {limit_bytes} bytes. Remove other sheets, pictures and formats, or split it.",
    ),
    "import-file-cell-endless": Message(
        "单元格过长",
        "A cell is too long",
        "有单元格远超 Excel 的上限 {limit} 个字符。请删去过长的内容，或另存为新文件后重新上传。",
        "A cell holds far more than Excel's {limit} characters. Shorten it, or copy the data to a new file.",
    ),
    "import-file-unread": Message(
        "文件未能读完",
        "The file could not be read",
        "在 {limit_seconds} 秒处理时间内未能读取该文件。请将数据复制到新文件，"
        "另存为 CSV（UTF-8），或分成几个文件上传。",
        "Reading it came to no end within {limit_seconds} s. Copy the data to a new file, save it as CSV "
        "(UTF-8), or split it, and send it again.",
    ),
    "import-too-many-blank-rows": Message(
        "空行过多",
        "Too many blank rows",
        "第 {row} 行之后的空行累计超过 {limit} 行。请删除空行，保存后重新上传。",
        "After row {row} there are more than {limit} blank rows in all. Delete them, save it, send it again.",
    ),
    "import-too-many-rows": Message(
        "行数过多",
        "Too many rows",
        "一个文件最多 {limit} 行。请分成几个文件上传。",
        "A file may hold {limit} rows. Split it into several.",
    ),
    "import-columns-missing": Message(
        "缺少必需的列",
        "Columns are missing",
        "最接近标题行的是{where_zh}，其中缺少列：{missing_zh}。该行内容：{found}。请在该行补齐缺少的列"
        "（可参考模板）；标题行须在工作表的前 {looked} 个非空行之内。",
        "What comes closest to a heading is {where_en}; it lacks: {missing_en}. Found there: {found}. Add to "
        "that row what is missing (the template shows it); it has to be among the first {looked} filled rows "
        "of a sheet.",
    ),
    "import-sheets-several": Message(
        "多个工作表都有数据",
        "Several sheets hold such rows",
        "以下工作表都有标题行：{sheets}。一次只导入一个工作表：请将要导入的工作表另存为单独的文件上传，"
        "或隐藏、删除其余工作表。",
        "These sheets have such headings: {sheets}. One sheet is imported at a time: save each as a file of "
        "its own, or hide or delete the others.",
    ),
    "import-column-twice": Message(
        "列重复",
        "A column stands twice",
        "以下列出现了不止一次：{columns}。请只保留一列。",
        "These columns stand there more than once: {columns}. Keep one of each.",
    ),
    "import-gave-up": Message(
        "多次处理失败",
        "It was given up",
        "文件处理已中断 {attempts} 次，没有导入任何内容。请重新上传；若仍失败，请联系管理员。",
        "It broke off {attempts} times; nothing was changed. Send it again, or ask an administrator.",
    ),
    "import-has-problems": Message(
        "文件中有错误",
        "The file has wrong rows",
        "{wrong_count} 行有误，没有导入任何内容。请按问题列表更正后重新上传。",
        "{wrong_count} rows are wrong; nothing was changed. Correct them as the problems say, send it again.",
    ),
    "import-outdated": Message(
        "检查后资料已变更",
        "What is known has changed",
        "检查之后资料发生变更，第 {row} 行已不能导入，没有导入任何内容。请重新上传以查看问题。",
        "Since the check row {row} no longer fits what is known; nothing was changed. Send it again.",
    ),
    "import-names-erased": Message(
        "文件中有人已要求删除",
        "It names somebody who was erased",
        "第 {rows} 行的人员资料已按要求删除，文件内容已清除，没有导入任何内容。"
        "请从文件及其来源中删除这些行后重新上传。",
        "What was known of the person in row {rows} was erased on request; the file was dropped and nothing "
        "was changed. Take the row out of the file and of where it came from, and send it again.",
    ),
    "import-expired": Message(
        "文件已清除",
        "The file is no longer kept",
        "检查后保留期已过，文件已清除。请重新上传。",
        "Its file was kept for a while after the check and is gone. Send it again.",
    ),
}

CELLS: Catalogue = {
    "import-value-missing": Message(
        "缺少内容", "A cell is blank", "此列必须填写。请补上。", "This column must be filled. Fill it in."
    ),
    "import-value-error": Message(
        "公式错误",
        "A formula error",
        "单元格是公式错误值。请更正公式或改为文本。",
        "The cell is a formula's error. Correct the formula or type the value.",
    ),
    "import-value-character": Message(
        "含有不可见字符",
        "A character that cannot be seen",
        "单元格含有控制字符、不可见字符或（本应一行的内容中）换行。请重新键入内容。",
        "The cell holds a control character or another that cannot be seen, or a line break where one line"
        " belongs. Type the value anew.",
    ),
    "import-value-long": Message(
        "内容过长",
        "Too long",
        "最多 {longest} 个字符。请缩短。",
        "At most {longest} characters. Shorten it.",
    ),
    "import-value-rounded": Message(
        "编号被表格软件改写",
        "Digits were lost",
        "编号被当作数字处理，可能已丢失位数或前导零。请将该列设为文本格式后重新填写。",
        "The spreadsheet took it for a number and lost digits. Format the column as text and type it again.",
    ),
    "import-value-code": Message(
        "编码格式有误",
        "Not a code",
        "编码以字母或数字开头，只能含字母、数字和 . _ / -。请更正。",
        "A code begins with a letter or digit and holds only those and . _ / -. Correct it.",
    ),
    "import-value-choice": Message(
        "不是可选值",
        "Not one of the choices",
        "可填：{choices}。请从中选择。",
        "It may be {choices}. Choose one of them.",
    ),
    "import-value-email": Message(
        "不是电子邮箱地址",
        "Not an e-mail address",
        "请填写一个电子邮箱地址，例如 li.wei@bank.example。",
        "Give one e-mail address, such as li.wei@bank.example.",
    ),
    "import-value-zone": Message(
        "时区不存在",
        "No such time zone",
        "请填写 IANA 时区名，例如 Asia/Shanghai。",
        "Give the name of an IANA time zone, such as Asia/Shanghai.",
    ),
    "import-value-number": Message(
        "不是数字", "Not a number", "请填写数字，小数点用“.”。", "Give a number with a decimal point."
    ),
    "import-value-range": Message(
        "超出范围",
        "Out of range",
        "应在 {least} 和 {most} 之间。请更正。",
        "It has to lie between {least} and {most}. Correct it.",
    ),
    "import-value-whole": Message(
        "不是整数", "Not a whole number", "请填写整数。", "Give a whole number, without decimals."
    ),
    "import-value-amount": Message(
        "不是金额",
        "Not an amount of money",
        "请填写金额，例如 1250.00，最多两位小数，不带币种。",
        "Give an amount such as 1250.00, with two decimals at the most; its currency stands beside it.",
    ),
    "import-value-currency": Message(
        "不是币种",
        "Not a currency",
        "请填写三个字母的币种代码，例如 CNY。",
        "Give the three letters of a currency, such as CNY.",
    ),
    "import-value-many": Message(
        "编码过多", "Too many codes", "最多 {most} 个。请减少。", "At most {most:g} codes. Name fewer."
    ),
    "import-price-incomplete": Message(
        "价格不完整",
        "Half a price",
        "单价和币种必须同时填写。请补齐或都留空。",
        "Unit price and currency go together. Fill in both or neither.",
    ),
    "import-value-day": Message(
        "不是日期",
        "Not a date",
        "请按 2026-01-15、2026/1/15 或 2026年1月15日 填写。",
        "Write the date as 2026-01-15 or 2026/1/15.",
    ),
    "import-value-no-such-day": Message(
        "日期不存在",
        "No such day",
        "日历上没有这一天。请更正日期。",
        "The calendar has no such day. Correct the date.",
    ),
    "import-row-long": Message(
        "单元格多于标题",
        "More cells than headings",
        "标题共 {headings} 列，该行在其后还有 {surplus} 个单元格有内容，各列可能已错位。"
        "请将含逗号的文字用双引号括起，或删去多余的单元格。",
        "There are {headings} headings, and {surplus} filled cell(s) beyond them; what is in the row may "
        "stand in the wrong columns. Put a text that holds a comma in double quotes, or delete what is too "
        "much.",
    ),
    "import-position-incomplete": Message(
        "经纬度不完整",
        "Half a position",
        "纬度和经度必须同时填写。请补齐或都留空。",
        "Latitude and longitude go together. Fill in both or neither.",
    ),
    "import-acceptance-incomplete": Message(
        "验收信息不完整",
        "Half an acceptance",
        "验收日期和验收报告编号必须同时填写。请补齐或都留空。",
        "The day of acceptance and its reference go together. Fill in both or neither.",
    ),
}

MESSAGES: Catalogue = {**FILES, **CELLS}
