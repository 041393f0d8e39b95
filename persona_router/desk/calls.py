"""What agents tell of a callback: nobody answered, or it is to be at another time."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from babel.dates import format_datetime
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, form
from persona_router.desk.call_slots import CallSlots
from persona_router.desk.care import CareStore, Note
from persona_router.desk.forms import Refused
from persona_router.desk.holding import Holding, who
from persona_router.desk.rendering import Renderer
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.queue import Handoff
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

log = logging.getLogger(__name__)


class Calls:
    """The form of a booked call; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        bookings: Bookings,
        slots: CallSlots,
        rasa: RasaApi,
        care: CareStore,
        renderer: Renderer,
        holding: Holding,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bookings = bookings
        self._slots = slots
        self._rasa = rasa
        self._care = care
        self._renderer = renderer
        self._holding = holding
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the route of the form."""
        return [form("/handoffs/{id}/call", self.move, roles=AGENT, deed="call_moved")]

    async def move(self, request: Request) -> Response:
        """Return the conversation, whose call is now in the form's `slot`, in Unix seconds.

        The `outcome` is "unreached", which counts an attempt, or "moved"; the customer reads the
        new time. 400 for a slot that was not offered, 409 unless the agent holds the callback, and
        if somebody else has taken the slot.
        """
        handoff = await self._holding.own(request)
        if handoff is None:
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        fields = request.state.form
        outcome, wanted = fields.get("outcome"), fields.get("slot", "")
        if outcome not in ("unreached", "moved") or not (wanted.isascii() and wanted.isdigit()):
            raise Refused(HTTPStatus.BAD_REQUEST, "error.form")
        unreached = outcome == "unreached"
        if not await run_in_threadpool(self._moved, handoff, int(wanted), unreached):
            return await self._holding.refused(request, handoff.id, "error.slot")
        note = Note(
            kind="unreached" if unreached else "moved",
            author=who(request).login,
            text="",
            at=self._clock(),
        )
        await run_in_threadpool(self._care.add_note, handoff.id, note)
        await run_in_threadpool(self._tell, handoff, int(wanted), unreached)
        log.info("callback %s", outcome, extra={"handoff": handoff.id})
        return RedirectResponse(f"/handoffs/{handoff.id}", HTTPStatus.SEE_OTHER)

    def _moved(self, handoff: Handoff, start: int, unreached: bool) -> bool:
        rules = self._slots.rules
        if rules is None or start not in [slot.at for slot in self._slots.slots(handoff)]:
            return False
        return self._bookings.move(handoff.id, start, at_once=rules.at_once, unreached=unreached)

    def _tell(self, handoff: Handoff, start: int, unreached: bool) -> None:
        service = self._slots.service(handoff)
        if service is None or service.hours is None:
            return
        words = self._renderer.customer_texts(handoff.request.locale)
        zone = service.hours.zone
        at = datetime.fromtimestamp(start, tz=zone)
        told = format_datetime(at, "medium", locale=words.locale.replace("-", "_"))
        key = "customer.unreached" if unreached else "customer.call_moved"
        try:
            self._rasa.reply(
                handoff,
                None,
                words(key, time=f"{told} ({zone})"),
                id=f"call {handoff.id} {start}",
                silence=False,
            )
        except RasaUnavailable as error:
            # The call is booked whether or not the chat can still be reached.
            log.warning("customer not told: %s", error, extra={"handoff": handoff.id})
