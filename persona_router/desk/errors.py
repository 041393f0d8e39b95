"""What the desk answers where something went wrong."""

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from persona_router.desk.forms import Refused
from persona_router.desk.gate import protect
from persona_router.desk.rendering import Renderer, from_htmx

log = logging.getLogger(__name__)


class Errors:
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
