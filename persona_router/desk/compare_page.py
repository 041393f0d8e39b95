"""The page that tells what came of two compared policies, with the range of each difference."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.core.comparison_rules import ARMS
from persona_router.core.figures import RATES
from persona_router.core.policy import Policy
from persona_router.desk.access import shown
from persona_router.desk.compare_words import CompareWords
from persona_router.desk.figure_pages import READERS
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.log.arms import ArmsReader
from persona_router.log.filters import FilterFault
from persona_router.log.span import read_span


class ComparePage:
    """What `persona-router compare` prints; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        reader: ArmsReader,
        policy: Policy,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reader = reader
        self._minimum = policy.desk.figures.minimum
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/compare", self.show, roles=READERS)]

    async def show(self, request: Request) -> Response:
        """Return the comparison of the days in the address."""
        query, now = request.query_params, self._clock()
        try:
            span = read_span(query.get("from", ""), query.get("to", ""), now=now)
        except FilterFault as fault:
            raise refused(fault) from fault
        found = await reading(lambda: self._reader.read(span, now=now))
        return self._renderer.page(
            request,
            "compare.html",
            simulated=await reading(self._reader.is_simulated),
            words=CompareWords(
                texts=self._renderer.texts(request),
                view=self._renderer.view(request),
                minimum=self._minimum,
            ),
            span=span,
            arms=ARMS,
            rates=RATES,
            found=found,
            differences=found.differences(self._minimum) if found else {},
        )
