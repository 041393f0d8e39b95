"""The page on which a changed policy decides the logged decisions again, before it goes live."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.content.errors import ContentError
from persona_router.content.personas import read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import policy_in
from persona_router.core.offpolicy import Effect
from persona_router.core.policy import Policy
from persona_router.core.replay import Replay, replay
from persona_router.desk.access import form, shown
from persona_router.desk.figure_pages import READERS
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.desk.replay_words import ReplayWords
from persona_router.log.filters import Filter, FilterFault
from persona_router.log.reader import LogReader
from persona_router.log.replayed import logged_decisions
from persona_router.log.span import Span, read_span
from persona_router.log.trials import effects

MOST_BYTES = 256 * 1024
"""How long a policy may be, in UTF-8."""
MOST_ROWS = 5_000
"""How many decisions are made again at once: of more, the latest."""
_FORM_BYTES = 3 * MOST_BYTES + 4 * 1024  # a form writes most signs with three
_NAME = Path("routing.yml")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the changed policy does; `cut` tells that earlier decisions were left out."""

    policy: Policy
    made: Replay
    tried: Mapping[str, Effect]
    cut: bool


class ReplayPage:
    """What `persona-router replay` prints; nothing is stored. `clock` gives Unix seconds.

    `cards` is the folder of the persona cards, `policy` the one that is live.
    """

    def __init__(
        self,
        *,
        reader: LogReader,
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
        """Return the routes of the page and of its form."""
        return [
            shown("/replay", self.show, roles=READERS),
            form("/replay", self.again, roles=READERS, deed=None, most_bytes=_FORM_BYTES),
        ]

    async def show(self, request: Request) -> Response:
        """Return the form for the days in the address."""
        try:
            span = self._span(request.query_params)
        except FilterFault as fault:
            raise refused(fault) from fault
        return await self._page(request, span)

    async def again(self, request: Request) -> Response:
        """Return what the policy in the form does with the decisions of its days."""
        fields: Mapping[str, str] = request.state.form
        text = fields.get("policy", "")
        try:
            span = self._span(fields)
        except FilterFault as fault:
            problem = f"log.wrong_{fault.key}"
            return await self._page(
                request, self._span({}), text=text, problem=problem, value=fault.value
            )
        if len(text.encode()) > MOST_BYTES:
            return await self._page(request, span, text=text, problem="replay.too_long")
        if not text.strip():
            return await self._page(request, span, problem="replay.empty")
        try:
            found = await reading(self._found, text, span)
        except ContentError as fault:
            told = f"{Path(fault.file).name}: {fault.place}: {fault.what} {fault.remedy}"
            told = told.replace(": : ", ": ")
            return await self._page(request, span, text=text, problem="replay.faulty", detail=told)
        except RecursionError:
            return await self._page(request, span, text=text, problem="replay.too_deep")
        return await self._page(request, span, text=text, found=found)

    async def _page(
        self,
        request: Request,
        span: Span,
        *,
        text: str = "",
        problem: str = "",
        value: str = "",
        detail: str = "",
        found: Found | None = None,
    ) -> Response:
        return self._renderer.page(
            request,
            "replay.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
            simulated=await reading(self._reader.is_simulated),
            words=ReplayWords(
                texts=self._renderer.texts(request),
                view=self._renderer.view(request),
                minimum=self._policy.desk.figures.minimum,
            ),
            span=span,
            most_rows=MOST_ROWS,
            most_kib=MOST_BYTES // 1024,
            text=text,
            problem=problem,
            value=value,
            detail=detail,
            found=found,
        )

    def _span(self, given: Mapping[str, str]) -> Span:
        """Return the days that are given; raises FilterFault."""
        return read_span(given.get("from", ""), given.get("to", ""), now=self._clock())

    def _found(self, text: str, span: Span) -> Found:
        policy = policy_in(text, _NAME)
        personas = read_personas(self._folder, routes=policy.routes, signals=load_signals())
        filter = Filter(since=span.first, until=span.last)
        latest = list(islice(self._reader.every(filter, sort="-at"), MOST_ROWS + 1))
        rows = latest[:MOST_ROWS][::-1]
        return Found(
            policy=policy,
            made=replay(logged_decisions(rows, policy), policy, personas),
            tried=effects(
                rows,
                policy,
                personas,
                among=self._policy.exploration.among,
                now=self._clock(),
            ),
            cut=len(latest) > MOST_ROWS,
        )
