"""Where other desks call us: `/webhooks/<provider>`, signed, bounded, and answered at once."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from persona_router.handoff.outbox import Outbox
from persona_router.handoff.provider import Delivery, HandoffProvider, WebhookRefused
from persona_router.handoff.queue import QueueUnavailable

PATH = "/webhooks/"
LARGEST_BODY = 1024 * 1024

log = logging.getLogger(__name__)


class Webhooks:
    """An ASGI application around another one, which takes the provider's webhooks itself.

    What a webhook says is stored before it is answered, and carried to the customer afterwards:
    providers wait for a few seconds only.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        outbox: Outbox,
        provider: HandoffProvider,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._outbox = outbox
        self._provider = provider
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer webhooks, and hand everything else on."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except WebhookRefused as error:
            log.warning("a webhook was refused: %s", error)
            response = _refusal(error.status, str(error))
        except QueueUnavailable as error:
            log.error("a webhook could not be stored: %s", error)
            response = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Try again later.")
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.url.path != PATH + self._provider.name:
            raise WebhookRefused(404, f"Webhooks of {self._provider.name} are taken, no others.")
        if request.method != "POST":
            raise WebhookRefused(405, "Send it with POST.")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                raise WebhookRefused(413, f"It is larger than {LARGEST_BODY} bytes.")
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = Delivery(headers=headers, body=bytes(body), at=self._clock())
        new = await run_in_threadpool(self._take, delivery)
        return _json({"ok": True, "new": new}, HTTPStatus.OK)

    def _take(self, delivery: Delivery) -> int:
        received = self._provider.read(delivery)
        return self._outbox.receive(self._provider.name, received)


def _refusal(status: int, error: str) -> Response:
    return _json({"ok": False, "error": error}, status)


def _json(content: dict[str, object], status: int) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse(content, status, headers=headers)
