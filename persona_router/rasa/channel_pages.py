"""The pages that the website channel serves: chat page, its strings and files, and articles."""

from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from persona_router.chat.pages import Pages, static_file
from persona_router.core.policy import Policy
from persona_router.knowledge.live import shared_articles
from persona_router.knowledge.pages import ArticlePages

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; object-src 'none'"
    ),
}


def add_pages(blueprint: Blueprint, policy: Policy, articles: Path) -> None:
    """Add the routes below the blueprint's prefix."""
    pages = Pages(policy)
    library = ArticlePages(shared_articles(articles), default_locale=policy.default_locale)

    @blueprint.get("/")
    async def page(request: Request) -> HTTPResponse:
        locale = request.args.get("locale") or _preferred(request)
        return response.html(pages.page(locale), headers=_SAFE)

    @blueprint.get("/strings")
    async def strings(request: Request) -> HTTPResponse:
        shown = pages.strings(request.args.get("locale") or _preferred(request))
        return response.json(
            {"locale": shown.locale, "dir": shown.direction, "strings": shown.strings},
            ensure_ascii=False,
            headers=_SAFE,
        )

    @blueprint.get("/static/<name:str>")
    async def static(request: Request, name: str) -> HTTPResponse:
        found = static_file(name)
        if found is None:
            return _missing(f"There is no static file '{name[:80]}'.")
        body, kind = found
        headers = {**_SAFE, "Cache-Control": "max-age=300", "Content-Encoding": "gzip"}
        return response.raw(body, content_type=kind, headers=headers)

    @blueprint.get("/articles/<locale:str>/<article:str>")
    async def article(request: Request, locale: str, article: str) -> HTTPResponse:
        shown = library.page(locale, article, index=f"../{locale}/")
        if shown is None:
            return _missing(f"There is no article '{article[:80]}' in '{locale[:20]}'.")
        return response.html(shown, headers=_SAFE)

    @blueprint.get("/articles/<locale:str>/")
    async def index(request: Request, locale: str) -> HTTPResponse:
        shown = library.index(locale)
        if shown is None:
            return _missing(f"There are no articles in '{locale[:20]}'.")
        return response.html(shown, headers=_SAFE)


def _preferred(request: Request) -> str:
    """Return the first language that the browser asks for; empty if it asks for none."""
    header: str = request.headers.get("accept-language", "")
    return header.split(",")[0].split(";")[0].strip()


def _missing(error: str) -> HTTPResponse:
    return response.json({"ok": False, "error": error}, status=404, headers=_SAFE)
