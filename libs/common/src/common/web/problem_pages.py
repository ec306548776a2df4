"""What a problem's ``type`` leads to: a page with the meaning of the code, in both languages."""

from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from common.messages import Catalogue, Message

_HEADERS = {"Cache-Control": "max-age=300", "Content-Security-Policy": "default-src 'none'"}
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{code}</title></head>
<body>
<h1><code>{code}</code></h1>
<section><h2>{title_zh}</h2><p>{detail_zh}</p></section>
<section lang="en"><h2>{title_en}</h2><p>{detail_en}</p></section>
</body>
</html>
"""


def problem_pages(messages: Catalogue) -> Route:
    """The route of all pages, outside the API document; words in braces are the facts of each case."""

    async def answer(request: Request) -> Response:
        code = request.path_params["code"]
        message = messages.get(code)
        if message is None:
            raise HTTPException(404)
        return HTMLResponse(_page(code, message), headers=_HEADERS)

    return Route("/problems/{code}", answer, include_in_schema=False)


def _page(code: str, message: Message) -> str:
    told = {"code": code, "title_zh": message.title_zh, "detail_zh": message.detail_zh}
    told |= {"title_en": message.title_en, "detail_en": message.detail_en}
    return _PAGE.format_map({name: escape(text) for name, text in told.items()})
