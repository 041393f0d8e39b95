"""The page of the check-in: whether customers have changed between two spans of days."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.content.cards import read_cards
from persona_router.content.errors import ContentError
from persona_router.content.plugins import load_signals
from persona_router.core.card import Card, reviews_due
from persona_router.core.drift import CheckIn, check_in
from persona_router.core.policy import Policy
from persona_router.desk.access import shown
from persona_router.desk.drift_words import DriftWords
from persona_router.desk.figure_pages import READERS
from persona_router.desk.forms import Refused
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.log.filters import FilterFault
from persona_router.log.span import Span, read_spans
from persona_router.log.visits import VisitReader

log = logging.getLogger(__name__)


class DriftPage:
    """What `persona-router personas drift` prints; `clock` gives Unix seconds.

    `cards` is the folder of the persona cards, read anew for each page.
    """

    def __init__(
        self,
        *,
        reader: VisitReader,
        cards: Path,
        policy: Policy,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reader = reader
        self._folder = cards
        self._policy = policy
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/personas/drift", self.show, roles=READERS)]

    async def show(self, request: Request) -> Response:
        """Return the check-in of the days in the address."""
        query, now = request.query_params, self._clock()
        asked = {name: query.get(name, "").strip() for name in ("from", "to", "before")}
        try:
            span, before = read_spans(asked["from"], asked["to"], asked["before"], now=now)
        except FilterFault as fault:
            if fault.name == "before":
                raise Refused(
                    HTTPStatus.UNPROCESSABLE_ENTITY, "drift.wrong_before", value=fault.value
                ) from fault
            raise refused(fault) from fault
        found = await reading(self._found, span, before)
        cards = await reading(self._cards)
        kept = [(name, value) for name, value in asked.items() if value]
        return self._renderer.page(
            request,
            "drift.html",
            simulated=await reading(self._reader.is_simulated),
            kept=f"{urlencode(kept)}&" if kept else "",
            words=DriftWords(
                texts=self._renderer.texts(request),
                view=self._renderer.view(request),
                minimum=self._policy.desk.figures.minimum,
            ),
            span=span,
            before=before,
            found=found,
            listed=cards,
            due=reviews_due(cards or (), now=now),
        )

    def _found(self, span: Span, before: Span) -> CheckIn:
        return check_in(
            self._reader.seen(before),
            self._reader.seen(span),
            minimum=self._policy.desk.figures.minimum,
        )

    def _cards(self) -> tuple[Card, ...] | None:
        """Return the cards; None if they cannot be read."""
        try:
            return tuple(
                read_cards(self._folder, routes=self._policy.routes, signals=load_signals())
            )
        except (ContentError, ImportError) as error:
            log.error("persona cards cannot be read: %s", error)
            return None
