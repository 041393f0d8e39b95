"""What agents see of one conversation, kept fresh by small parts."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.core.desk_rules import PRIORITIES
from persona_router.desk.access import AGENT, shown
from persona_router.desk.call_slots import CallSlots
from persona_router.desk.care import CareStore
from persona_router.desk.floor import FloorReader
from persona_router.desk.phone_line import PhoneLine
from persona_router.desk.ready_replies import ReadyReplies
from persona_router.desk.rendering import Renderer
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import Handoff, HandoffQueue, Line
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

SNOOZES = (15, 60, 240, 1440)
"""Minutes for which a conversation can be put off."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A handoff's conversation as it can be shown now.

    `notice` is the last part of a text key, or empty; `live` is False when the assistant could not
    be asked and `lines` are those recorded with the request.
    """

    lines: tuple[Line, ...]
    notice: str
    live: bool


class Pages:
    """The page of a conversation, as others that answer with it show it too."""

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        rasa: RasaApi,
        contact: Contact,
        floor: FloorReader,
        care: CareStore,
        replies: ReadyReplies,
        calls: CallSlots,
        line: PhoneLine,
        renderer: Renderer,
    ) -> None:
        self._queue = queue
        self._floor = floor
        self._care = care
        self._replies = replies
        self._calls = calls
        self._line = line
        self._rasa = rasa
        self._contact = contact
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of a conversation."""
        return [
            shown("/handoffs/{id}", self.handoff, roles=AGENT, deed="handoff_opened"),
            shown("/handoffs/{id}/lines", self.lines_part, roles=AGENT),
        ]

    async def handoff(self, request: Request) -> Response:
        """Return one conversation with everything that the agent needs to know."""
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        return await self.conversation(request, handoff)

    async def conversation(
        self,
        request: Request,
        handoff: Handoff,
        *,
        status: int = HTTPStatus.OK,
        problem: str = "",
        detail: str = "",
        text: str = "",
        reply_id: str = "",
        note: str = "",
        summary: str = "",
    ) -> Response:
        """Return the conversation's page, with what went wrong and the words still to be sent."""
        account = request.state.session.account
        await run_in_threadpool(self._floor.hear, account)
        shown = await run_in_threadpool(self._shown, handoff)
        floor = await run_in_threadpool(self._floor.read)
        return self._renderer.page(
            request,
            "handoff.html",
            status=status,
            handoff=handoff,
            rating=await run_in_threadpool(self._contact.rating, handoff.id),
            names=floor.names,
            floor=floor,
            others=[
                one
                for one in floor.people
                if one.may("agent") and one.login != account.login and floor.is_online(one)
            ],
            teams=sorted({one.profile.team for one in floor.people if one.profile.team}),
            priorities=PRIORITIES,
            snoozes=SNOOZES,
            notes=await run_in_threadpool(self._care.notes, handoff.id),
            ready=self._replies.for_customer(
                handoff.request.locale, agent=account.name, reader=self._renderer.texts(request)
            ),
            note=note,
            summary=summary,
            slots=await run_in_threadpool(self._calls.slots, handoff),
            calling=await run_in_threadpool(self._line.calling, handoff, account),
            attempt=new_reply_id(),
            lines=shown.lines,
            notice=shown.notice,
            poll=_poll_address(handoff, len(shown.lines) if shown.live else 0, shown.notice),
            problem=problem,
            detail=detail,
            text=text,
            reply_id=reply_id or new_reply_id(),
        )

    async def lines_part(self, request: Request) -> Response:
        """Return the lines after the browser's last, or 204 while nothing has changed."""
        await run_in_threadpool(self._floor.hear, request.state.session.account)
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        shown = await run_in_threadpool(self._shown, handoff)
        query = request.query_params
        notice = shown.notice if query.get("state") == _state(handoff) else "changed"
        count = query.get("after", "0")
        after = int(count) if count.isascii() and count.isdigit() else 0
        # The browser shows recorded lines, or those of a conversation that is no more.
        afresh = shown.live and not 0 < after <= len(shown.lines)
        new = shown.lines[0 if afresh else after :] if shown.live else ()
        if not new and notice == query.get("notice", ""):
            return Response(status_code=HTTPStatus.NO_CONTENT)
        response = self._renderer.page(
            request,
            "lines_part.html",
            handoff=handoff,
            lines=new,
            notice=notice,
            poll=_poll_address(handoff, len(shown.lines) if shown.live else after, notice),
        )
        if afresh:
            response.headers["HX-Reswap"] = "innerHTML"
        return response

    async def name(self, login: str) -> str:
        """Return the name that customers read of the person with this user name."""
        floor = await run_in_threadpool(self._floor.read)
        return floor.names.get(login, login)

    def _shown(self, handoff: Handoff) -> Shown:
        try:
            known = self._rasa.tracker_events(handoff.request.conversation)
        except RasaUnavailable:
            return Shown(lines=handoff.request.transcript, notice="unreachable", live=False)
        lines = known.lines
        if handoff.closed_at is not None:
            # What the customer writes to the assistant afterwards is not the agent's to read.
            until = handoff.closed_at
            lines = tuple(line for line in lines if line.at <= until)
        left = (
            handoff.status == "claimed"
            and handoff.request.kind == "agent"
            and known.handoff_status is None
        )
        return Shown(lines=lines, notice="customer_left" if left else "", live=True)


def _state(handoff: Handoff) -> str:
    return f"{handoff.status}:{handoff.agent or ''}"


def _poll_address(handoff: Handoff, after: int, notice: str) -> str:
    query = urlencode({"after": after, "state": _state(handoff), "notice": notice})
    return f"/handoffs/{handoff.id}/lines?{query}"


def new_reply_id() -> str:
    """Return the identity of a reply that is about to be written, or of a call to be made."""
    return secrets.token_urlsafe(16)
