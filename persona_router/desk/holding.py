"""Who holds a conversation, and what is answered to those who do not."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from persona_router.desk.accounts import Account
from persona_router.desk.pages import Pages
from persona_router.desk.rendering import Renderer, from_htmx
from persona_router.handoff.queue import Handoff, HandoffQueue
from persona_router.handoff.rasa_api import RasaUnavailable


class Holding:
    """What the forms of a conversation have in common."""

    def __init__(self, *, queue: HandoffQueue, renderer: Renderer, pages: Pages) -> None:
        self._queue = queue
        self._renderer = renderer
        self._pages = pages

    async def own(self, request: Request) -> Handoff | None:
        """Return the handoff that the path names if the person holds it, else None."""
        handoff = await run_in_threadpool(self._queue.get, request.path_params["id"])
        mine = handoff.status == "claimed" and handoff.agent == who(request).login
        return handoff if mine else None

    async def refused(self, request: Request, id: str, key: str, **values: object) -> Response:
        """Return 409, with the conversation's page or a part of it, and the text of the key."""
        problem = self._renderer.texts(request)(key, **values)
        if from_htmx(request):
            return self._renderer.problem(request, HTTPStatus.CONFLICT, problem)
        handoff = await run_in_threadpool(self._queue.get, id)
        return await self._pages.conversation(
            request, handoff, status=HTTPStatus.CONFLICT, problem=problem
        )

    async def undone(
        self,
        request: Request,
        handoff: Handoff,
        key: str,
        error: RasaUnavailable,
        *,
        summary: str = "",
    ) -> Response:
        """Return 503 with the conversation's page: the assistant could not be told."""
        return await self._pages.conversation(
            request,
            handoff,
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            problem=self._renderer.texts(request)(key),
            detail=str(error),
            summary=summary,
        )


def who(request: Request) -> Account:
    """Return who is signed in."""
    account: Account = request.state.session.account
    return account
