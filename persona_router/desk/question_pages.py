"""What nothing answered, grouped by meaning, for those who train the assistant."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from persona_router.core.policy import Policy
from persona_router.desk.access import ADMIN, OPERATIONS, TRAINER, shown
from persona_router.desk.log_access import reading, refused
from persona_router.desk.rendering import Renderer
from persona_router.log.filters import FilterFault
from persona_router.log.question_groups import Group
from persona_router.log.questions import QuestionsReader
from persona_router.log.span import Span, read_span

READERS = TRAINER | OPERATIONS | ADMIN
MOST_GROUPS = 100
MOST_OF_GROUP = 20


class QuestionPages:
    """Customers' words, covered, where the policy keeps them; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        reader: QuestionsReader,
        policy: Policy,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reader = reader
        self._keeps = policy.privacy.unanswered_days > 0
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the route of the page."""
        return [shown("/questions", self.show, roles=READERS, deed="questions_opened")]

    async def show(self, request: Request) -> Response:
        """Return the groups of the days in the address, the largest first."""
        query = request.query_params
        try:
            span = read_span(query.get("from", ""), query.get("to", ""), now=self._clock())
        except FilterFault as fault:
            raise refused(fault) from fault
        return self._renderer.page(
            request,
            "questions.html",
            simulated=await reading(self._reader.is_simulated),
            kept="".join(f"{name}={query[name]}&" for name in ("from", "to") if name in query),
            span=span,
            keeps=self._keeps,
            groups=(await reading(self._groups, span))[:MOST_GROUPS],
            most=MOST_OF_GROUP,
        )

    def _groups(self, span: Span) -> tuple[Group, ...]:
        found = self._reader.read(span)
        if not found:
            return ()
        # The encoder takes seconds to load and memory to keep, and few desks need it.
        from persona_router.encoder import shared_encoder
        from persona_router.log.question_groups import groups

        return groups(found, shared_encoder().encode)
