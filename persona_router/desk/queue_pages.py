"""What agents see of the queue, kept fresh by a small part; others are led to their own pages."""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, EVERYBODY, shown
from persona_router.desk.assignment import ORDERS
from persona_router.desk.floor import FloorReader
from persona_router.desk.rendering import Renderer

_HOMES = {"operations": "/operations", "admin": "/people", "trainer": "/questions"}
_DONE = ("closed", "released", "transferred", "none_for_me")


@dataclass(frozen=True, kw_only=True)
class LiveQueue:
    """The queue's entries as rendered, and what tells whether a browser has seen them.

    `count` handoffs wait, `newest` is the id of the last of them, or empty; `calls` are due, and
    `call` is the id of the latest of them, or empty.
    """

    entries: Markup
    order: str
    count: int
    newest: str
    calls: int
    call: str
    seen: str


class QueuePages:
    """The page of the queue, and the part of it that a browser asks for again and again."""

    def __init__(self, *, floor: FloorReader, renderer: Renderer) -> None:
        self._floor = floor
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the queue, which is everybody's first page."""
        return [
            shown("/", self.queue, roles=EVERYBODY),
            shown("/queue", self.queue_part, roles=AGENT),
        ]

    async def queue(self, request: Request) -> Response:
        """Return the queue: who waits, and who is being helped; to others their own first page."""
        account = request.state.session.account
        if not account.may("agent"):
            home = next((path for role, path in _HOMES.items() if account.may(role)), "/account")
            return RedirectResponse(home, HTTPStatus.SEE_OTHER)
        await run_in_threadpool(self._floor.hear, account)
        done = next((word for word in _DONE if request.query_params.get(word) == "1"), "")
        live = await self._live(request)
        return self._renderer.page(request, "queue.html", done=done, live=live)

    async def queue_part(self, request: Request) -> Response:
        """Return the queue's entries, or 204 while they look the same as the browser's."""
        await run_in_threadpool(self._floor.hear, request.state.session.account)
        live = await self._live(request)
        if request.query_params.get("seen") == live.seen:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return self._renderer.page(
            request,
            "queue_part.html",
            announce=live.newest not in ("", request.query_params.get("newest")),
            remind=live.call not in ("", request.query_params.get("call")),
            live=live,
        )

    async def _live(self, request: Request) -> LiveQueue:
        account = request.state.session.account
        order = request.query_params.get("order", "")
        order = order if order in ORDERS else ORDERS[0]
        floor = await run_in_threadpool(self._floor.read)
        due = floor.due_calls(account)
        entries = self._renderer.html(
            request,
            "queue_entries.html",
            floor=floor,
            names=floor.names,
            order=order,
            orders=ORDERS,
            online=account.available,
            suggested={handoff.id for handoff in floor.next_for(account)},
            due=due,
            mine=[one for one in floor.claimed if one.agent == account.login and one not in due],
            others=[one for one in floor.claimed if one.agent != account.login],
        )
        return LiveQueue(
            entries=Markup(entries),
            order=order,
            count=len(floor.waiting),
            newest=floor.waiting[-1].id if floor.waiting else "",
            calls=len(due),
            call=due[-1].id if due else "",
            seen=sha256(entries.encode()).hexdigest()[:16],
        )
