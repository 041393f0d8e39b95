"""The page of the brand's own service persona: the answers, what is measured, what would help."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.content.brand import ANSWERS, read_answers, read_brand
from persona_router.content.errors import ContentError
from persona_router.core.brand import profile
from persona_router.core.policy import Policy
from persona_router.desk.access import shown
from persona_router.desk.brand_measures import BrandMeasures
from persona_router.desk.brand_words import BrandWords
from persona_router.desk.figure_pages import READERS
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.log.filters import FilterFault
from persona_router.log.span import read_span

log = logging.getLogger(__name__)


class BrandPage:
    """What `persona-router brand` prints; `clock` gives Unix seconds.

    The answers are read anew for each page, from a file of `project`, the assistant's folder.
    """

    def __init__(
        self,
        *,
        measures: BrandMeasures,
        project: Path | None,
        policy: Policy,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._measures = measures
        self._file = project / ANSWERS if project else None
        self._policy = policy
        self._renderer = renderer
        self._clock = clock
        self._model = read_brand()

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/brand", self.show, roles=READERS)]

    async def show(self, request: Request) -> Response:
        """Return the profile, measured over the days in the address."""
        query, now = request.query_params, self._clock()
        asked = {name: query.get(name, "").strip() for name in ("from", "to")}
        try:
            span = read_span(asked["from"], asked["to"], now=now)
        except FilterFault as fault:
            raise refused(fault) from fault
        measured = await reading(partial(self._measures.read, span, now=now))
        answers = await reading(self._answers)
        try:
            found = profile(self._model, answers or {}, measured)
        except ValueError:
            found = None
        kept = [(name, value) for name, value in asked.items() if value]
        return self._renderer.page(
            request,
            "brand.html",
            simulated=await reading(self._measures.is_simulated),
            kept=f"{urlencode(kept)}&" if kept else "",
            words=BrandWords(
                texts=self._renderer.texts(request),
                view=self._renderer.view(request),
                minimum=self._policy.desk.figures.minimum,
                model=self._model,
            ),
            span=span,
            file=ANSWERS.as_posix(),
            answers=answers,
            measured=measured,
            model=self._model,
            found=found,
        )

    def _answers(self) -> Mapping[str, int] | None:
        """Return the team's answers, none without a file; None if it cannot be read."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            return read_answers(self._file, self._model)
        except ContentError as error:
            log.error("answers cannot be read: %s", error)
            return None
