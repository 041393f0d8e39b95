"""What agents arrange among themselves: notes, passing on, putting off, and priority."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.core.desk_rules import PRIORITIES
from persona_router.desk.access import AGENT, form
from persona_router.desk.care import CareStore, Note
from persona_router.desk.floor import FloorReader
from persona_router.desk.forms import Refused, cleaned
from persona_router.desk.holding import Holding, who
from persona_router.desk.pages import SNOOZES, Pages
from persona_router.desk.rendering import Renderer
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import Handoff, HandoffQueue
from persona_router.handoff.rasa_api import CONNECTED, RasaApi, RasaUnavailable

LONGEST_NOTE = 4000
WAITING = "waiting"

log = logging.getLogger(__name__)


class Handling:
    """The forms beside a conversation; `clock` gives Unix seconds.

    Everybody may add notes; the rest needs holding the conversation, or that nobody does.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        rasa: RasaApi,
        contact: Contact,
        floor: FloorReader,
        care: CareStore,
        renderer: Renderer,
        pages: Pages,
        holding: Holding,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._rasa = rasa
        self._contact = contact
        self._floor = floor
        self._care = care
        self._renderer = renderer
        self._pages = pages
        self._clock = clock
        self._holding = holding

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the forms."""
        return [
            form("/handoffs/{id}/note", self.note, roles=AGENT, deed="note_written"),
            form("/handoffs/{id}/transfer", self.transfer, roles=AGENT, deed="handoff_transferred"),
            form("/handoffs/{id}/snooze", self.snooze, roles=AGENT, deed="handoff_snoozed"),
            form("/handoffs/{id}/priority", self.priority, roles=AGENT, deed="priority_changed"),
        ]

    async def note(self, request: Request) -> Response:
        """Return the conversation with the note; 422 for no words or over 4,000 characters."""
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        text = cleaned(request.state.form.get("note", ""))
        if not text or len(text) > LONGEST_NOTE:
            key = "error.long_reply" if text else "error.empty_reply"
            return await self._pages.conversation(
                request,
                handoff,
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
                problem=self._renderer.texts(request)(key, n=LONGEST_NOTE),
                note=text,
            )
        note = Note(kind="note", author=who(request).login, text=text, at=self._clock())
        await run_in_threadpool(self._care.add_note, handoff.id, note)
        return _to(handoff, "#notes")

    async def transfer(self, request: Request) -> Response:
        """Return the queue; the conversation is another agent's, or waits for a team.

        409 unless the agent holds it or nobody is there to receive it, 503 when the customer
        cannot be told.
        """
        handoff = await self._holding.own(request)
        if handoff is None:
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        kind, _, to = request.state.form.get("to", "").partition(":")
        floor = await run_in_threadpool(self._floor.read)
        receivers = {
            one.login
            for one in floor.people
            if one.may("agent") and floor.is_online(one) and one.login != who(request).login
        }
        teams = {one.profile.team for one in floor.people if one.profile.team}
        if to not in (receivers if kind == "agent" else teams if kind == "team" else ()):
            return await self._holding.refused(request, handoff.id, "error.no_receiver")
        name = floor.names[to] if kind == "agent" else to
        try:
            if handoff.request.kind == "agent":
                await run_in_threadpool(
                    self._tell, request, handoff, name if kind == "agent" else ""
                )
        except RasaUnavailable as error:
            return await self._holding.undone(request, handoff, "error.not_released", error)
        await run_in_threadpool(self._pass_on, handoff, who(request).login, kind, to, name)
        log.info("handoff passed on", extra={"handoff": handoff.id})
        return RedirectResponse("/?transferred=1", HTTPStatus.SEE_OTHER)

    async def snooze(self, request: Request) -> Response:
        """Return the conversation, put off for the form's `minutes`; shown again now for 0."""
        handoff = await self._manageable(request)
        minutes = request.state.form.get("minutes", "")
        if minutes not in {"0", *map(str, SNOOZES)}:
            raise Refused(HTTPStatus.BAD_REQUEST, "error.form")
        until = self._clock() + 60 * int(minutes) if minutes != "0" else None
        care = await run_in_threadpool(self._care.get, handoff.id)
        await run_in_threadpool(self._care.keep, handoff.id, replace(care, snoozed_until=until))
        return _to(handoff)

    async def priority(self, request: Request) -> Response:
        """Return the conversation with the form's `priority`."""
        handoff = await self._manageable(request)
        word = request.state.form.get("priority", "")
        if word not in PRIORITIES:
            raise Refused(HTTPStatus.BAD_REQUEST, "error.form")
        care = await run_in_threadpool(self._care.get, handoff.id)
        await run_in_threadpool(self._care.keep, handoff.id, replace(care, priority=word))
        return _to(handoff)

    async def _manageable(self, request: Request) -> Handoff:
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        if handoff.status == "closed" or handoff.agent not in (None, who(request).login):
            raise Refused(HTTPStatus.CONFLICT, "error.not_yours")
        return handoff

    def _tell(self, request: Request, handoff: Handoff, name: str) -> None:
        words = self._renderer.customer_texts(handoff.request.locale)
        if name:
            text, status = words("customer.connected", name=name), CONNECTED
        else:
            text, status = words("customer.requeued", name=who(request).name), WAITING
        id = f"passed on {handoff.id} {handoff.claimed_at} {name}"
        self._rasa.tell(handoff, text, id=id, status=status, locale=words.locale)

    def _pass_on(self, handoff: Handoff, login: str, kind: str, to: str, name: str) -> None:
        note = Note(kind="transferred", author=login, text=name, at=self._clock())
        self._care.add_note(handoff.id, note)
        if kind == "agent":
            self._contact.answers(handoff.id, name)
            self._queue.transfer(handoff.id, login, to)
            return
        care = self._care.get(handoff.id)
        self._care.keep(handoff.id, replace(care, team=to, agent=None))
        self._queue.release(handoff.id, login)


def _to(handoff: Handoff, place: str = "") -> Response:
    return RedirectResponse(f"/handoffs/{handoff.id}{place}", HTTPStatus.SEE_OTHER)
