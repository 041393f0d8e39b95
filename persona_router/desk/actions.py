"""What agents do with a handoff: claim it, reply, and give it back to the assistant."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from persona_router.desk.forms import Refused, cleaned, read_form
from persona_router.desk.pages import Pages, new_reply_id
from persona_router.desk.rendering import Renderer, from_htmx
from persona_router.desk.sessions import Sessions
from persona_router.handoff.queue import AlreadyClaimed, AlreadyClosed, Handoff, HandoffQueue
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

LONGEST_REPLY = 4000
_REPLY_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Unsent:
    """A reply that stays in the box: its identity, its words, and the key of the reason."""

    draft: str
    text: str
    key: str = ""
    detail: str = ""


class Actions:
    """The forms of a conversation's page; each needs the session's token."""

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        rasa: RasaApi,
        sessions: Sessions,
        renderer: Renderer,
        pages: Pages,
    ) -> None:
        self._queue = queue
        self._rasa = rasa
        self._sessions = sessions
        self._renderer = renderer
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of the forms."""
        return [
            Route("/handoffs/{id}/claim", self.claim, methods=["POST"]),
            Route("/handoffs/{id}/reply", self.reply, methods=["POST"]),
            Route("/handoffs/{id}/close", self.close, methods=["POST"]),
        ]

    async def claim(self, request: Request) -> Response:
        """Return the conversation, now this agent's; 409 when another agent was first."""
        await self._form(request)
        id, agent = request.path_params["id"], request.state.session.name
        try:
            handoff = await run_in_threadpool(self._queue.claim, id, agent)
        except AlreadyClaimed as error:
            return await self._refused(request, id, "error.claimed", agent=error.agent)
        except AlreadyClosed:
            return await self._refused(request, id, "error.closed")
        log.info("handoff claimed", extra={"handoff": id})
        if handoff.request.kind == "agent":
            words = self._renderer.customer_texts(handoff.request.locale)
            text = words("customer.connected", name=agent)
            try:
                await run_in_threadpool(self._rasa.connect, handoff, agent, text=text)
            except RasaUnavailable as error:
                return await self._undone(request, handoff, "error.not_connected", error)
        return _to(handoff)

    async def reply(self, request: Request) -> Response:
        """Return the conversation, or the words still to be sent with the reason.

        409 unless the agent has claimed it, 422 for no words or over 4,000 characters, 503 when
        the assistant did not take them.
        """
        form = await self._form(request)
        handoff = await self._own(request)
        if handoff is None or handoff.request.kind != "agent":
            return await self._refused(request, request.path_params["id"], "error.not_yours")
        text = cleaned(form.get("text", ""))
        draft = form.get("reply_id", "")
        draft = draft if _REPLY_ID.fullmatch(draft) else new_reply_id()
        unsent = _Unsent(draft=draft, text=text)
        if not text or len(text) > LONGEST_REPLY:
            unsent = replace(unsent, key="error.long_reply" if text else "error.empty_reply")
            return await self._unsent(request, handoff, unsent, HTTPStatus.UNPROCESSABLE_ENTITY)
        # The same words of the same draft are one reply; changed words are another.
        id = sha256(f"{draft}\n{text}".encode()).hexdigest()[:24]
        agent = request.state.session.name
        try:
            await run_in_threadpool(self._rasa.reply, handoff, agent, text, id=id)
        except RasaUnavailable as error:
            unsent = replace(unsent, key="error.undelivered", detail=str(error))
            return await self._unsent(request, handoff, unsent, HTTPStatus.SERVICE_UNAVAILABLE)
        if not from_htmx(request):
            return _to(handoff)
        response = self._renderer.page(request, "reply_sent.html", reply_id=new_reply_id())
        response.headers["HX-Trigger"] = "reply-sent"
        return response

    async def close(self, request: Request) -> Response:
        """Return the way to the queue; the customer is with the assistant again.

        409 unless the agent has claimed it; 503, and still open, when the assistant cannot be told.
        """
        await self._form(request)
        handoff = await self._own(request)
        if handoff is None:
            return await self._refused(request, request.path_params["id"], "error.not_yours")
        if handoff.request.kind == "agent":
            text = self._renderer.customer_texts(handoff.request.locale)("customer.released")
            try:
                await run_in_threadpool(self._rasa.release, handoff, text=text)
            except RasaUnavailable as error:
                return await self._undone(request, handoff, "error.not_released", error)
        await run_in_threadpool(self._queue.close, handoff.id, request.state.session.name)
        log.info("handoff closed", extra={"handoff": handoff.id})
        return RedirectResponse("/?closed=1", HTTPStatus.SEE_OTHER)

    async def _form(self, request: Request) -> Mapping[str, str]:
        form = await read_form(request)
        if not self._sessions.owns(request.state.session, form.get("csrf", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
        return form

    async def _own(self, request: Request) -> Handoff | None:
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        mine = handoff.status == "claimed" and handoff.agent == request.state.session.name
        return handoff if mine else None

    async def _refused(self, request: Request, id: str, key: str, **values: object) -> Response:
        problem = self._renderer.texts(request)(key, **values)
        if from_htmx(request):
            return self._renderer.problem(request, HTTPStatus.CONFLICT, problem)
        handoff = await run_in_threadpool(self._queue.get, id)
        return await self._pages.conversation(
            request, handoff, status=HTTPStatus.CONFLICT, problem=problem
        )

    async def _undone(
        self, request: Request, handoff: Handoff, key: str, error: RasaUnavailable
    ) -> Response:
        return await self._pages.conversation(
            request,
            handoff,
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            problem=self._renderer.texts(request)(key),
            detail=str(error),
        )

    async def _unsent(
        self, request: Request, handoff: Handoff, unsent: _Unsent, status: int
    ) -> Response:
        problem = self._renderer.texts(request)(unsent.key, n=LONGEST_REPLY)
        if from_htmx(request):
            return self._renderer.problem(request, status, problem, unsent.detail)
        return await self._pages.conversation(
            request,
            handoff,
            status=status,
            problem=problem,
            detail=unsent.detail,
            text=unsent.text,
            reply_id=unsent.draft,
        )


def _to(handoff: Handoff) -> Response:
    return RedirectResponse(f"/handoffs/{handoff.id}", HTTPStatus.SEE_OTHER)
