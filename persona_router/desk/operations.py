"""What operations see: how many wait and for how long, who is there to help them, and when."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.core.policy import Policy
from persona_router.desk.access import OPERATIONS, shown
from persona_router.desk.floor import FloorReader
from persona_router.desk.rendering import Renderer


class Operations:
    """The page of the service as it is now; it shows nobody's words."""

    def __init__(self, *, floor: FloorReader, renderer: Renderer, policy: Policy) -> None:
        self._floor = floor
        self._staffed = [
            (route.id, service)
            for route in policy.routes.values()
            for service in route.services
            if service.hours
        ]
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/operations", self.show, roles=OPERATIONS)]

    async def show(self, request: Request) -> Response:
        """Return the page."""
        floor = await run_in_threadpool(self._floor.read)
        agents = [one for one in floor.people if one.enabled and one.may("agent")]
        return self._renderer.page(
            request,
            "operations.html",
            floor=floor,
            first=min(floor.waiting, key=lambda one: one.request.requested_at, default=None),
            agents=agents,
            staffed=self._staffed,
            online={one.login for one in agents if floor.is_online(one)},
        )
