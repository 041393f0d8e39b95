"""The button that has the customer called, and the part of the page that shows how it goes."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, form, shown
from persona_router.desk.call_reports import ATTEMPT
from persona_router.desk.call_slots import CallSlots
from persona_router.desk.forms import Refused
from persona_router.desk.holding import Holding, who
from persona_router.desk.pages import Pages, new_reply_id
from persona_router.desk.phone_line import PhoneLine
from persona_router.desk.rendering import Renderer
from persona_router.handoff.dialling import (
    DialError,
    DiallerUnreachable,
    NumberRefused,
    TooManyCalls,
)
from persona_router.handoff.queue import Handoff, HandoffQueue


class CallNow:
    """The form and the part; without a telephone service the one fails and the other is empty."""

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        line: PhoneLine,
        slots: CallSlots,
        renderer: Renderer,
        pages: Pages,
        holding: Holding,
    ) -> None:
        self._queue = queue
        self._line = line
        self._slots = slots
        self._renderer = renderer
        self._pages = pages
        self._holding = holding

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the form and the part."""
        return [
            form("/handoffs/{id}/call-now", self.place, roles=AGENT, deed="customer_called"),
            shown("/handoffs/{id}/calling", self.part, roles=AGENT),
        ]

    async def place(self, request: Request) -> Response:
        """Return the way to the conversation, whose customer is called after the agent.

        The form's `attempt` makes a repeated request the same call. 409 unless the agent holds the
        handoff and both have a number, or if the service refuses the agent's; 503 if the service
        places no call.
        """
        handoff = await self._holding.own(request)
        if handoff is None:
            return await self._holding.refused(
                request, request.path_params["id"], "error.not_yours"
            )
        attempt = request.state.form.get("attempt", "")
        if not ATTEMPT.fullmatch(attempt):
            raise Refused(HTTPStatus.BAD_REQUEST, "error.form")
        if not await run_in_threadpool(self._line.number, handoff):
            return await self._holding.refused(request, handoff.id, "error.call_no_number")
        if not who(request).profile.phone:
            return await self._holding.refused(request, handoff.id, "error.call_no_phone")
        try:
            await run_in_threadpool(self._line.place, handoff, who(request), attempt)
        except DialError as error:
            return await self._not_placed(request, handoff, error)
        return RedirectResponse(f"/handoffs/{handoff.id}", HTTPStatus.SEE_OTHER)

    async def part(self, request: Request) -> Response:
        """Return how the handoff's call goes, or 204 while the browser has `seen` it."""
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        calling = await run_in_threadpool(self._line.calling, handoff, who(request))
        if calling is None or request.query_params.get("seen") == calling.seen:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return self._renderer.page(
            request,
            "calling.html",
            handoff=handoff,
            calling=calling,
            attempt=new_reply_id(),
            slots=await run_in_threadpool(self._slots.slots, handoff),
        )

    async def _not_placed(self, request: Request, handoff: Handoff, error: DialError) -> Response:
        key, status = "error.call_settings", HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(error, NumberRefused):
            key, status = "error.call_own_number", HTTPStatus.CONFLICT
        elif isinstance(error, TooManyCalls):
            key = "error.call_later"
        elif isinstance(error, DiallerUnreachable):
            key = "error.call_unreachable"
        return await self._pages.conversation(
            request,
            handoff,
            status=status,
            problem=self._renderer.texts(request)(key),
            detail=str(error),
        )
