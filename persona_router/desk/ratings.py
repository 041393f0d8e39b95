"""What customers thought of the help they got."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, OPERATIONS, shown
from persona_router.desk.floor import FloorReader
from persona_router.desk.rendering import Renderer
from persona_router.handoff.contact import MOST_STARS, Contact

MOST_SHOWN = 100


class Ratings:
    """The page of the last ratings; only agents read what customers wrote."""

    def __init__(self, *, contact: Contact, floor: FloorReader, renderer: Renderer) -> None:
        self._contact = contact
        self._floor = floor
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/ratings", self.show, roles=AGENT | OPERATIONS, deed="ratings_opened")]

    async def show(self, request: Request) -> Response:
        """Return the page."""
        ratings = await run_in_threadpool(self._contact.latest, MOST_SHOWN)
        floor = await run_in_threadpool(self._floor.read)
        return self._renderer.page(
            request, "ratings.html", ratings=ratings, names=floor.names, most=MOST_STARS
        )
