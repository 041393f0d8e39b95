"""What agents say about themselves: there or away, and that they take the next conversation."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, form
from persona_router.desk.account_store import AccountStore
from persona_router.desk.actions import Actions
from persona_router.desk.floor import FloorReader
from persona_router.desk.holding import who
from persona_router.handoff.queue import AlreadyClaimed, AlreadyClosed, HandoffQueue


class Duty:
    """The forms at the head of the queue."""

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        accounts: AccountStore,
        floor: FloorReader,
        actions: Actions,
    ) -> None:
        self._queue = queue
        self._accounts = accounts
        self._floor = floor
        self._actions = actions

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the forms."""
        return [
            form("/presence", self.presence, roles=AGENT, deed=None),
            form("/next", self.next, roles=AGENT, deed="next_asked_for"),
        ]

    async def presence(self, request: Request) -> Response:
        """Return the queue; the person is there or away from now on."""
        available = request.state.form.get("available") == "1"
        await run_in_threadpool(
            self._accounts.present, who(request).login, now=self._floor.now(), available=available
        )
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)

    async def next(self, request: Request) -> Response:
        """Return the conversation that the person should take, now theirs; else the queue.

        What another agent takes meanwhile is passed over.
        """
        floor = await run_in_threadpool(self._floor.read)
        for handoff in floor.next_for(who(request)):
            try:
                taken = await run_in_threadpool(self._queue.claim, handoff.id, who(request).login)
            except (AlreadyClaimed, AlreadyClosed):
                continue
            request.state.subject = taken.id
            return await self._actions.greet(request, taken)
        return RedirectResponse("/?none_for_me=1", HTTPStatus.SEE_OTHER)
