"""Where a telephone service reports how calls go: signed, bounded, and without a session."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from persona_router.desk.call_store import CallStore
from persona_router.handoff.dialling import REPORTS, Dialler, ReportRefused
from persona_router.handoff.provider import Delivery
from persona_router.handoff.queue import QueueUnavailable

LARGEST_BODY = 64 * 1024
ATTEMPT = re.compile(r"[A-Za-z0-9_-]{16,64}")

log = logging.getLogger(__name__)


class CallReports:
    """An ASGI application around another one, which takes the service's reports itself.

    `clock` gives Unix seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        dialler: Dialler,
        calls: CallStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._dialler = dialler
        self._calls = calls
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer reports, and hand everything else on."""
        if scope["type"] != "http" or not scope["path"].startswith(REPORTS):
            await self._app(scope, receive, send)
            return
        try:
            status = await self._status(Request(scope, receive))
        except QueueUnavailable as error:
            log.error("a report of a call could not be stored: %s", error)
            status = HTTPStatus.SERVICE_UNAVAILABLE
        except ClientDisconnect:
            return
        await _answer(status)(scope, receive, send)

    async def _status(self, request: Request) -> HTTPStatus:
        attempt = request.url.path.removeprefix(REPORTS)
        if request.method != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        if not ATTEMPT.fullmatch(attempt):
            return HTTPStatus.NOT_FOUND
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = Delivery(headers=headers, body=bytes(body), at=self._clock())
        return await run_in_threadpool(self._take, delivery, attempt)

    def _take(self, delivery: Delivery, attempt: str) -> HTTPStatus:
        try:
            report = self._dialler.read(delivery, attempt=attempt)
        except ReportRefused as error:
            log.warning("a report of a call was refused: %s", error)
            return HTTPStatus.FORBIDDEN
        call = self._calls.get(attempt)
        if call is None or call.id not in (None, report.call):
            return HTTPStatus.NOT_FOUND
        now, stage = self._clock(), report.stage or call.stage
        if self._calls.told(attempt, stage, now=now, id=report.call):
            log.info("call: %s", stage, extra={"handoff": call.handoff})
        if report.stage is None:
            # The service knows more than it has said, such as what became of the customer's phone.
            self._calls.ask(attempt, at=now)
        return HTTPStatus.OK


def _answer(status: HTTPStatus) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse({"ok": status == HTTPStatus.OK}, status, headers=headers)
