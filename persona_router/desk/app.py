"""Puts the desk together: pages, forms, sign-in, and one shape for every error."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from persona_router.content.cards_labels import card_labels
from persona_router.desk.actions import Actions
from persona_router.desk.forms import Refused
from persona_router.desk.gate import Gate, SecurityHeaders, protect
from persona_router.desk.pages import Pages
from persona_router.desk.personas import PersonaPages
from persona_router.desk.rendering import Renderer, from_htmx
from persona_router.desk.sessions import Sessions
from persona_router.desk.sign_in import SignIn
from persona_router.desk.texts import DeskTexts
from persona_router.desk.throttle import Throttle
from persona_router.handoff.queue import HandoffQueue, QueueUnavailable, UnknownHandoff
from persona_router.handoff.rasa_api import RasaApi

STATIC_FOLDER = Path(__file__).parent / "static"

log = logging.getLogger(__name__)


def create_app(
    *,
    queue: HandoffQueue,
    rasa: RasaApi,
    secret: str,
    key: str,
    texts: Mapping[str, DeskTexts],
    project: Path | None = None,
) -> Starlette:
    """Return the desk; `secret` signs its cookies, `key` is the access key that agents share.

    `project` is the assistant's folder, whose persona cards agents can read; without it, or if
    there are none, nothing links to them.
    """
    sessions = Sessions(secret=secret, key=key)
    has_cards = project is not None and any((project / "data" / "personas").glob("*.yml"))
    card_lists = {locale: card_labels(locale)("all_cards") for locale in texts} if has_cards else {}
    renderer = Renderer(texts=texts, sessions=sessions, card_lists=card_lists)
    errors = _Errors(renderer)
    pages = Pages(queue=queue, rasa=rasa, renderer=renderer)
    actions = Actions(queue=queue, rasa=rasa, sessions=sessions, renderer=renderer, pages=pages)
    sign_in = SignIn(key=key, sessions=sessions, throttle=Throttle(), renderer=renderer)
    return Starlette(
        routes=[
            *pages.routes(),
            *actions.routes(),
            *sign_in.routes(),
            *(PersonaPages(project=project, renderer=renderer).routes() if project else ()),
            Route("/health", _health, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static"),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Gate, sessions=sessions, refuse=errors.refuse),
        ],
        exception_handlers={
            Refused: errors.refused,
            HTTPException: errors.http,
            UnknownHandoff: errors.unknown,
            QueueUnavailable: errors.queue,
            Exception: errors.unforeseen,
        },
    )


async def _health(request: Request) -> Response:
    return JSONResponse({"ok": True})


class _Errors:
    """Every error in the agent's language; none shows a traceback, a path or a customer's words."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def refuse(self, request: Request, status: int, key: str) -> Response:
        asks_for_page = "text/html" in request.headers.get("accept", "")
        if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
            if from_htmx(request):
                return Response(status_code=status, headers={"HX-Redirect": "/sign-in"})
            if asks_for_page:
                return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        return self._answer(request, status, key)

    async def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        response = self._answer(request, error.status, error.key, **error.values)
        if error.status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(error.values["n"])
        return response

    async def http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        found = error.status_code != HTTPStatus.NOT_FOUND
        key = "error.unforeseen" if found else "error.not_found"
        response = self._answer(request, error.status_code, key)
        response.headers.update(error.headers or {})
        return response

    async def unknown(self, request: Request, error: Exception) -> Response:
        return self._answer(request, HTTPStatus.NOT_FOUND, "error.unknown_handoff")

    async def queue(self, request: Request, error: Exception) -> Response:
        log.error("handoff queue unavailable: %s", error)
        return self._answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "error.queue")

    async def unforeseen(self, request: Request, error: Exception) -> Response:
        response = self._answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "error.unforeseen")
        # This answer is made outside of every middleware.
        protect(response.headers, request.url.path)
        return response

    def _answer(self, request: Request, status: int, key: str, **values: object) -> Response:
        return self._renderer.error(request, status, self._renderer.texts(request)(key, **values))
