"""What agents see: the queue, and one conversation, both kept fresh by small parts."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persona_router.desk.rendering import Renderer
from persona_router.handoff.queue import Handoff, HandoffQueue, Line
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A handoff's conversation as it can be shown now.

    `notice` is the last part of a text key, or empty; `live` is False when the assistant could not
    be asked and `lines` are those recorded with the request.
    """

    lines: tuple[Line, ...]
    notice: str
    live: bool


@dataclass(frozen=True, kw_only=True)
class LiveQueue:
    """The queue's entries as rendered, and what tells whether a browser has seen them.

    `count` handoffs wait, `newest` is the id of the last of them, or empty.
    """

    entries: Markup
    count: int
    newest: str
    seen: str


class Pages:
    """The pages that only read."""

    def __init__(self, *, queue: HandoffQueue, rasa: RasaApi, renderer: Renderer) -> None:
        self._queue = queue
        self._rasa = rasa
        self._renderer = renderer

    def routes(self) -> list[Route]:
        """Return the routes of the queue and of a conversation."""
        return [
            Route("/", self.queue, methods=["GET"]),
            Route("/queue", self.queue_part, methods=["GET"]),
            Route("/handoffs/{id}", self.handoff, methods=["GET"], name="handoff"),
            Route("/handoffs/{id}/lines", self.lines_part, methods=["GET"]),
        ]

    async def queue(self, request: Request) -> Response:
        """Return the queue: who waits, and who is being helped."""
        closed = request.query_params.get("closed") == "1"
        live = await self._live(request)
        return self._renderer.page(request, "queue.html", closed=closed, announce=False, live=live)

    async def queue_part(self, request: Request) -> Response:
        """Return the queue's entries, or 204 while they look the same as the browser's."""
        live = await self._live(request)
        if request.query_params.get("seen") == live.seen:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        announce = live.newest not in ("", request.query_params.get("newest"))
        return self._renderer.page(request, "queue_part.html", announce=announce, live=live)

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
    ) -> Response:
        """Return the conversation's page, with what went wrong and the words still to be sent."""
        shown = await run_in_threadpool(self._shown, handoff)
        return self._renderer.page(
            request,
            "handoff.html",
            status=status,
            handoff=handoff,
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

    async def _live(self, request: Request) -> LiveQueue:
        waiting = await run_in_threadpool(self._queue.waiting)
        claimed = await run_in_threadpool(self._queue.claimed)
        entries = self._renderer.html(
            request, "queue_entries.html", waiting=waiting, claimed=claimed
        )
        return LiveQueue(
            entries=Markup(entries),
            count=len(waiting),
            newest=waiting[-1].id if waiting else "",
            seen=sha256(entries.encode()).hexdigest()[:16],
        )

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
    """Return the identity of a reply that is about to be written."""
    return secrets.token_urlsafe(16)
