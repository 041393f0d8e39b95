"""What agents do with a handoff: claim it, reply, and give it back to the assistant."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, form
from persona_router.desk.care import CareStore, Note, NoteKind
from persona_router.desk.forms import cleaned
from persona_router.desk.holding import Holding, who
from persona_router.desk.pages import Pages, new_reply_id
from persona_router.desk.rendering import Renderer, from_htmx
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import AlreadyClaimed, AlreadyClosed, Handoff, HandoffQueue
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

LONGEST_REPLY = 4000
WAITING = "waiting"
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
        contact: Contact,
        care: CareStore,
        bookings: Bookings,
        renderer: Renderer,
        pages: Pages,
        holding: Holding,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._rasa = rasa
        self._contact = contact
        self._care = care
        self._bookings = bookings
        self._renderer = renderer
        self._pages = pages
        self._clock = clock
        self._holding = holding

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the forms."""
        return [
            form("/handoffs/{id}/claim", self.claim, roles=AGENT, deed="handoff_claimed"),
            form("/handoffs/{id}/release", self.release, roles=AGENT, deed="handoff_released"),
            form("/handoffs/{id}/reply", self.reply, roles=AGENT, deed="handoff_answered"),
            form("/handoffs/{id}/typing", self.typing, roles=AGENT, deed=None),
            form("/handoffs/{id}/close", self.close, roles=AGENT, deed="handoff_closed"),
        ]

    async def claim(self, request: Request) -> Response:
        """Return the conversation, now this agent's; 409 when another agent was first."""
        id, agent = request.path_params["id"], who(request)
        try:
            handoff = await run_in_threadpool(self._queue.claim, id, agent.login)
        except AlreadyClaimed as error:
            name = await self._pages.name(error.agent)
            return await self._holding.refused(request, id, "error.claimed", agent=name)
        except AlreadyClosed:
            return await self._holding.refused(request, id, "error.closed")
        return await self.greet(request, handoff)

    async def greet(self, request: Request, handoff: Handoff) -> Response:
        """Return the conversation that was just claimed; its customer reads the agent's name."""
        log.info("handoff claimed", extra={"handoff": handoff.id})
        if handoff.request.kind == "agent":
            words = self._renderer.customer_texts(handoff.request.locale)
            name = who(request).name
            text = words("customer.connected", name=name)
            await run_in_threadpool(self._contact.answers, handoff.id, name)
            try:
                await run_in_threadpool(self._rasa.connect, handoff, name, text=text)
            except RasaUnavailable as error:
                return await self._holding.undone(request, handoff, "error.not_connected", error)
        return _to(handoff)

    async def reply(self, request: Request) -> Response:
        """Return the conversation, or the words still to be sent with the reason.

        409 unless the agent has claimed it, 422 for no words or over 4,000 characters, 503 when
        the assistant did not take them.
        """
        fields = request.state.form
        handoff = await self._holding.own(request)
        if handoff is None or handoff.request.kind != "agent":
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        text = cleaned(fields.get("text", ""))
        draft = fields.get("reply_id", "")
        draft = draft if _REPLY_ID.fullmatch(draft) else new_reply_id()
        unsent = _Unsent(draft=draft, text=text)
        if not text or len(text) > LONGEST_REPLY:
            unsent = replace(unsent, key="error.long_reply" if text else "error.empty_reply")
            return await self._unsent(request, handoff, unsent, HTTPStatus.UNPROCESSABLE_ENTITY)
        # The same words of the same draft are one reply; changed words are another.
        id = sha256(f"{draft}\n{text}".encode()).hexdigest()[:24]
        name = who(request).name
        try:
            await run_in_threadpool(self._rasa.reply, handoff, name, text, id=id)
        except RasaUnavailable as error:
            unsent = replace(unsent, key="error.undelivered", detail=str(error))
            return await self._unsent(request, handoff, unsent, HTTPStatus.SERVICE_UNAVAILABLE)
        if not from_htmx(request):
            return _to(handoff)
        response = self._renderer.page(request, "reply_sent.html", reply_id=new_reply_id())
        response.headers["HX-Trigger"] = "reply-sent"
        return response

    async def typing(self, request: Request) -> Response:
        """Return 204; the customer sees for some seconds that the agent is writing, or not.

        The form's `on` is "1" or empty. Whoever does not hold the conversation types unseen.
        """
        handoff = await self._holding.own(request)
        if handoff is not None and handoff.request.kind == "agent":
            on = request.state.form.get("on") == "1"
            await run_in_threadpool(
                self._contact.types, handoff.request.conversation, "agent", on=on
            )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def release(self, request: Request) -> Response:
        """Return the way to the queue, where the conversation waits in its old place.

        409 unless the agent has claimed it; 503, and still theirs, when the customer cannot be
        told.
        """
        handoff = await self._holding.own(request)
        if handoff is None:
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        if handoff.request.kind == "agent":
            words = self._renderer.customer_texts(handoff.request.locale)
            try:
                await run_in_threadpool(
                    self._rasa.tell,
                    handoff,
                    words("customer.requeued", name=who(request).name),
                    id=f"requeued {handoff.id} {handoff.claimed_at}",
                    status=WAITING,
                    locale=words.locale,
                )
            except RasaUnavailable as error:
                return await self._holding.undone(request, handoff, "error.not_released", error)
        await run_in_threadpool(self._release, handoff, who(request).login)
        log.info("handoff put back", extra={"handoff": handoff.id})
        return RedirectResponse("/?released=1", HTTPStatus.SEE_OTHER)

    async def close(self, request: Request) -> Response:
        """Return the way to the queue; the customer is with the assistant again.

        The form's `outcome` is "resolved" or "returned"; a `summary` reaches the customer and
        stays with the handoff. 409 unless the agent has claimed it, 422 for a summary over 4,000
        characters, 503, and still open, when the assistant cannot be told.
        """
        handoff = await self._holding.own(request)
        if handoff is None:
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        summary = cleaned(request.state.form.get("summary", ""))
        if len(summary) > LONGEST_REPLY:
            problem = self._renderer.texts(request)("error.long_reply", n=LONGEST_REPLY)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await self._pages.conversation(
                request, handoff, status=status, problem=problem, summary=summary
            )
        resolved = request.state.form.get("outcome") == "resolved"
        if handoff.request.kind == "agent":
            words = self._renderer.customer_texts(handoff.request.locale)
            text = words("customer.resolved" if resolved else "customer.released")
            try:
                if summary:
                    told = words("customer.summary", summary=summary)
                    id = sha256(f"{handoff.id}\n{summary}".encode()).hexdigest()[:24]
                    await run_in_threadpool(
                        self._rasa.reply, handoff, who(request).name, told, id=id, silence=False
                    )
                await run_in_threadpool(self._rasa.release, handoff, text=text)
            except RasaUnavailable as error:
                return await self._holding.undone(
                    request, handoff, "error.not_released", error, summary=summary
                )
        await run_in_threadpool(self._close, handoff, who(request).login, resolved, summary)
        log.info("handoff closed", extra={"handoff": handoff.id})
        return RedirectResponse("/?closed=1", HTTPStatus.SEE_OTHER)

    def _release(self, handoff: Handoff, login: str) -> None:
        note = Note(kind="released", author=login, text="", at=self._clock())
        self._care.add_note(handoff.id, note)
        self._queue.release(handoff.id, login)

    def _close(self, handoff: Handoff, login: str, resolved: bool, summary: str) -> None:
        kind: NoteKind = "resolved" if resolved else "returned"
        note = Note(kind=kind, author=login, text=summary, at=self._clock())
        self._care.add_note(handoff.id, note)
        self._care.forget(handoff.id)
        self._bookings.forget(handoff.id)
        self._queue.close(handoff.id, login)

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
