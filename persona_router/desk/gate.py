"""What every request passes first: security headers, the origin of forms, and the session."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from persona_router.desk.entrance import WELCOME
from persona_router.desk.sessions import Sessions
from persona_router.handoff.queue import QueueUnavailable

log = logging.getLogger(__name__)

HEALTH = "/health"
LIVE = "/health/live"
READY = "/health/ready"
METRICS = "/metrics"
MACHINES = (HEALTH, LIVE, READY, METRICS)
"""Paths that no person opens: nothing of a session is read for them."""
OPEN_PATHS = ("/sign-in", WELCOME, *MACHINES)
STATIC = "/static/"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # A policy stricter than same-origin makes browsers send "Origin: null" with forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

Refusal = Callable[[Request, int, str], Response]


def protect(headers: MutableHeaders, path: str) -> None:
    """Put the security headers in; static files may be kept by the browser, nothing else."""
    headers.update(_HEADERS)
    if path.startswith(STATIC):
        headers["Cache-Control"] = "no-cache"


class SecurityHeaders:
    """Middleware that protects every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with the headers put in."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, send_protected)


class Gate:
    """Middleware that lets nobody through without a session, and no form from another site.

    A path is closed unless it is listed as open, so that a new page cannot be forgotten. The
    session is handed on as `request.state.session`. `refuse` makes the answer from a status and
    the key of a text.
    """

    def __init__(self, app: ASGIApp, *, sessions: Sessions, refuse: Refusal) -> None:
        self._app = app
        self._sessions = sessions
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it with 401 or 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        path = request.url.path
        answer: ASGIApp = self._app
        session = None
        try:
            if not path.startswith(STATIC) and path not in MACHINES:
                session = await run_in_threadpool(self._sessions.signed_in, request)
        except QueueUnavailable as error:
            log.error("sessions unavailable: %s", error)
            request.state.session = None
            await self._refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, "error.queue")(
                scope, receive, send
            )
            return
        if request.method not in ("GET", "HEAD") and not _same_origin(request):
            answer = self._refuse(request, HTTPStatus.FORBIDDEN, "error.origin")
        elif session is None and path not in OPEN_PATHS and not path.startswith(STATIC):
            answer = self._refuse(request, HTTPStatus.UNAUTHORIZED, "error.signed_out")
        request.state.session = session
        await answer(scope, receive, send)


def _same_origin(request: Request) -> bool:
    # Hosts only: a proxy that ends TLS changes the scheme, an attacker's page has another host.
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")
