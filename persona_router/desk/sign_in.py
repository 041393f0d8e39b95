"""Signing in by access key, and out."""

import hmac
from http import HTTPStatus
from unicodedata import category

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from persona_router.desk.forms import Refused, cleaned, read_form
from persona_router.desk.rendering import Renderer
from persona_router.desk.sessions import Session, Sessions, new_visitor
from persona_router.desk.throttle import Throttle

LONGEST_NAME = 40
NAME_MARKS = " '’.-"


class SignIn:
    """The sign-in page; `key` is the access key that agents share."""

    def __init__(
        self, *, key: str, sessions: Sessions, throttle: Throttle, renderer: Renderer
    ) -> None:
        self._key = key.encode()
        self._sessions = sessions
        self._throttle = throttle
        self._renderer = renderer

    def routes(self) -> list[Route]:
        """Return the routes of the sign-in page and of signing out."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", self.submit, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return the form; a right key in the address is remembered and taken out of it."""
        secure = _secure(request)
        key = request.query_params.get("key")
        if key is None:
            return self._form(request, self._sessions.visitor(request) or new_visitor())
        self._check_throttle(request)
        response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        if not self._right(key):
            self._throttle.failed(_address(request))
            raise Refused(HTTPStatus.FORBIDDEN, "sign_in.wrong_key")
        self._sessions.enter(response, new_visitor(admitted=True), secure=secure)
        return response

    async def submit(self, request: Request) -> Response:
        """Return the way to the queue, or the form with what is wrong."""
        form = await read_form(request)
        visitor = self._sessions.visitor(request)
        if visitor is None or not self._sessions.owns(visitor, form.get("csrf", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
        self._check_throttle(request)
        name = " ".join(cleaned(form.get("name", "")).split())
        if not visitor.admitted and not self._right(form.get("key", "")):
            self._throttle.failed(_address(request))
            return self._form(request, visitor, name=name, problem="sign_in.wrong_key")
        if not _acceptable(name):
            return self._form(request, visitor, name=name, problem="sign_in.wrong_name")
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        self._sessions.start(response, name=name, secure=_secure(request))
        return response

    async def leave(self, request: Request) -> Response:
        """Return the way to the sign-in page, signed out."""
        form = await read_form(request)
        if not self._sessions.owns(request.state.session, form.get("csrf", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
        response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        self._sessions.end(response, secure=_secure(request))
        return response

    def _form(
        self, request: Request, visitor: Session, *, name: str = "", problem: str | None = None
    ) -> Response:
        response = self._renderer.page(
            request,
            "sign_in.html",
            status=HTTPStatus.FORBIDDEN if problem else HTTPStatus.OK,
            csrf=self._sessions.token(visitor),
            admitted=visitor.admitted,
            name=name,
            problem=problem,
            longest_name=LONGEST_NAME,
        )
        self._sessions.enter(response, visitor, secure=_secure(request))
        return response

    def _check_throttle(self, request: Request) -> None:
        seconds = self._throttle.wait(_address(request))
        if seconds:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "sign_in.throttled", n=seconds)

    def _right(self, key: str) -> bool:
        return hmac.compare_digest(key.encode(), self._key)


def _acceptable(name: str) -> bool:
    # Letters of any script; marks that Markdown or HTML would read could reach customers.
    letters = any(category(c).startswith("L") for c in name)
    plain = all(category(c)[0] in "LMN" or c in NAME_MARKS for c in name)
    return letters and plain and len(name) <= LONGEST_NAME


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
