"""The page of figures: what happened over some days, each figure with its definition."""

import time
from collections.abc import Callable, Mapping
from typing import get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.core.figures import (
    DIMENSIONS,
    RATES,
    Dimension,
    Rate,
    added_up,
    agreement,
    options,
    split,
    visits_by_day,
)
from persona_router.core.policy import Policy
from persona_router.desk.access import ADMIN, OPERATIONS, shown
from persona_router.desk.figure_words import FigureWords
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.handoff.queue import HandoffQueue, Kind, WaitedBy, Waits
from persona_router.log.figures import FiguresReader, LogFigures
from persona_router.log.filters import NONE, Filter, FilterFault
from persona_router.log.span import Span, read_span

READERS = OPERATIONS | ADMIN


class FigurePages:
    """Counts and rates, and nobody's words; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        reader: FiguresReader,
        queue: HandoffQueue,
        policy: Policy,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reader = reader
        self._queue = queue
        self._policy = policy
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/figures", self.show, roles=READERS)]

    async def show(self, request: Request) -> Response:
        """Return the figures of the days in the address, split as it asks."""
        query, now = request.query_params, self._clock()
        try:
            span = read_span(query.get("from", ""), query.get("to", ""), now=now)
            by = _dimensions(query.getlist("by"))
        except FilterFault as fault:
            raise refused(fault) from fault
        figures, waits, waits_by = await reading(self._counted, span, now, by)
        simulated = await reading(self._reader.is_simulated)
        rules = self._policy.desk.figures
        whole = added_up(figures.cells)
        languages = split(figures.cells, ("language",))
        pairs = [(name, query[name]) for name in ("from", "to") if query.get(name)]
        pairs += [("by", name) for name in by]
        return self._renderer.page(
            request,
            "figures.html",
            simulated=simulated,
            kept=f"{urlencode(pairs)}&",
            words=FigureWords(
                texts=self._renderer.texts(request),
                view=self._renderer.view(request),
                minimum=rules.minimum,
            ),
            span=span,
            by=by,
            dimensions=DIMENSIONS,
            rates=RATES,
            figures=figures,
            whole=whole,
            days=tuple(zip(span.each(), visits_by_day(figures.cells, span.days), strict=True)),
            groups=split(figures.cells, by),
            languages={
                name: Rate(tally.visits, whole.visits) for (name,), tally in languages.items()
            },
            waits=waits,
            waits_by=waits_by,
            options=options(figures.cells, tuple(self._policy.routes), rules),
            agreement=agreement(figures.stated),
            behind="/log?" + urlencode(self._unanswered(span)),
        )

    def _unanswered(self, span: Span) -> list[tuple[str, str]]:
        """Return the filter that leaves the decisions which nothing answered."""
        intents = {"intent": tuple(sorted(self._policy.unrecognised))}
        facets = {**intents, "article": (NONE,), "failed": ("0",)}
        return Filter(since=span.first, until=span.last, facets=facets).pairs()

    def _counted(
        self, span: Span, now: float, by: tuple[Dimension, ...]
    ) -> tuple[
        LogFigures, dict[Kind, Waits], dict[tuple[Kind, WaitedBy], Mapping[str | None, Waits]]
    ]:
        past, within, days = (
            self._queue.past,
            self._policy.desk.answer_within,
            (span.since, span.until),
        )
        return (
            self._reader.read(span, now=now),
            {kind: past.waited(kind, *days, within=within[kind]) for kind in get_args(Kind)},
            {
                (kind, name): past.waited_by(name, kind, *days, within=within[kind])
                for kind in get_args(Kind)
                for name in get_args(WaitedBy)
                if name in by
            },
        )


def _dimensions(names: list[str]) -> tuple[Dimension, ...]:
    for name in names:
        if name not in DIMENSIONS:
            raise FilterFault("value", "by", name, f"Choose from {', '.join(DIMENSIONS)}.")
    return tuple(name for name in DIMENSIONS if name in names) or DIMENSIONS[:1]
