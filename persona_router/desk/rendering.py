"""Templates to responses, in the language that the request asks for."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from persona_router.desk.sessions import Sessions
from persona_router.desk.texts import DeskTexts, choose_texts
from persona_router.desk.views import View

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "persona_router_desk_lang"
YEAR_SECONDS = 365 * 24 * 3600


class Renderer:
    """Renders templates, always escaped; `clock` gives Unix seconds.

    `card_lists` are the names of the list of persona cards by language; without one, no page
    links to it.
    """

    def __init__(
        self,
        *,
        texts: Mapping[str, DeskTexts],
        sessions: Sessions,
        clock: Callable[[], float] = time.time,
        card_lists: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._texts = texts
        self._card_lists = card_lists
        self._sessions = sessions
        self._clock = clock
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that agents can choose from."""
        return tuple(self._texts)

    def texts(self, request: Request) -> DeskTexts:
        """Return the texts by ?lang=, else by cookie, else by the browser's languages."""
        wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
        return choose_texts(self._texts, wanted, request.headers.get("accept-language", ""))

    def customer_texts(self, locale: str) -> DeskTexts:
        """Return the texts of the customer's locale, else of the fallback language."""
        return choose_texts(self._texts, locale)

    def view(self, request: Request) -> View:
        """Return the words for the request's response."""
        return View(texts=self.texts(request), now=self._clock())

    def html(self, request: Request, template: str, **values: object) -> str:
        """Return the template's text for the request."""
        texts = self.texts(request)
        session = getattr(request.state, "session", None)
        return self._environment.get_template(template).render(
            t=texts,
            view=self.view(request),
            locales=self.locales,
            session=session,
            me=session.account if session else None,
            cards=self._card_lists.get(texts.locale, "") if session else "",
            **{"csrf": self._sessions.token(session) if session else "", **values},
        )

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> Response:
        """Return the template as a response; a language asked for by ?lang= is remembered."""
        texts = self.texts(request)
        response = HTMLResponse(self.html(request, template, **values), status)
        response.headers["Content-Language"] = texts.locale
        response.headers["Vary"] = "Accept-Language, Cookie, HX-Request"
        if request.query_params.get("lang") in self._texts:
            response.set_cookie(
                LANGUAGE_COOKIE, texts.locale, max_age=YEAR_SECONDS, httponly=True, samesite="lax"
            )
        return response

    def error(self, request: Request, status: int, message: str) -> Response:
        """Return the error as JSON to programs, as a page or a part of one to people."""
        if from_htmx(request):
            return self.problem(request, status, message)
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"ok": False, "error": message}, status)
        return self.page(request, "error.html", status=status, message=message)

    def problem(self, request: Request, status: int, message: str, detail: str = "") -> Response:
        """Return the error for the page's place of problems."""
        response = self.page(request, "problem.html", status=status, problem=message, detail=detail)
        if request.method == "POST":
            response.headers["HX-Retarget"] = "#problem"
            response.headers["HX-Reswap"] = "innerHTML"
        return response


def from_htmx(request: Request) -> bool:
    """Return whether htmx asks for a part of a page rather than a browser for the whole."""
    return request.headers.get("hx-request") == "true"
