"""The routing log as pages: all decisions by facets, one conversation, one decision."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from persona_router.content.compared_policy import compared_file, read_compared
from persona_router.content.errors import ContentError
from persona_router.content.personas import read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import read_policy
from persona_router.core.counterfactual import Change, changes, leads_to
from persona_router.core.policy import Policy
from persona_router.desk.access import ADMIN, OPERATIONS, shown
from persona_router.desk.log_access import reading, refused
from persona_router.desk.log_words import BAR_WIDTH, LogWords
from persona_router.desk.rendering import Renderer
from persona_router.log.export import as_csv, as_json
from persona_router.log.filters import (
    LONGEST_SEARCH,
    NEWEST_FIRST,
    NONE,
    Filter,
    FilterFault,
    read_filter,
    read_sort,
)
from persona_router.log.profile import CONFIDENCES, FACETS, FLAGS
from persona_router.log.reader import LogReader, Page, missing_turns
from persona_router.log.recompute import facts_of
from persona_router.log.tally import Counts

READERS = OPERATIONS | ADMIN
MOST_SHOWN = 100
"""Values of a facet that are offered: those of the most decisions."""

log = logging.getLogger(__name__)


class LogPages:
    """Pages that show codes and ids of decisions, and nobody's words.

    `policy` and `cards` are the files under which a decision is made again, read anew each time.
    """

    def __init__(self, *, reader: LogReader, renderer: Renderer, policy: Path, cards: Path) -> None:
        self._reader = reader
        self._renderer = renderer
        self._policy = policy
        self._cards = cards

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the pages and of the files."""
        return [
            shown("/log", self.list, roles=READERS),
            shown("/log/export.csv", self.csv, roles=READERS, deed="log_exported"),
            shown("/log/export.json", self.json, roles=READERS, deed="log_exported"),
            shown(
                "/log/conversation",
                self.conversation,
                roles=READERS,
                deed="log_conversation_opened",
            ),
            shown("/log/decisions/{id}", self.decision, roles=READERS, deed="log_decision_opened"),
        ]

    async def list(self, request: Request) -> Response:
        """Return the decisions that the address asks for, and counts by facet."""
        filter, sort = _asked(request)
        query = request.query_params
        counts, page = await reading(
            self._counted, filter, sort, query.get("after", ""), query.get("before", "")
        )
        pairs = filter.pairs()
        if sort != NEWEST_FIRST:
            pairs.append(("sort", sort))
        return await self._page(
            request,
            "log.html",
            kept=_query(pairs),
            filter=filter,
            sort=sort,
            counts=counts,
            page=page,
            choices=_choices(counts, filter),
            address=lambda **more: "/log?" + urlencode([*pairs, *more.items()]),
            sorted_by=lambda name: "/log?" + urlencode([*filter.pairs(), ("sort", name)]),
            export="?" + urlencode(pairs),
            longest=LONGEST_SEARCH,
        )

    async def csv(self, request: Request) -> Response:
        """Return all decisions that the address asks for as a CSV file."""
        rows = self._rows(*_asked(request))
        return _file(as_csv(rows), "routing-log.csv", "text/csv; charset=utf-8")

    async def json(self, request: Request) -> Response:
        """Return all decisions that the address asks for as a JSON file."""
        rows = self._rows(*_asked(request))
        return _file(as_json(rows), "routing-log.json", "application/json")

    async def conversation(self, request: Request) -> Response:
        """Return the decisions of one conversation in order, and which turns are missing."""
        id = request.query_params.get("id", "")
        rows = await reading(self._reader.conversation, id)
        if not rows:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return await self._page(
            request,
            "log_conversation.html",
            kept=_query([("id", id)]),
            conversation=id,
            rows=rows,
            missing=missing_turns(rows),
        )

    async def decision(self, request: Request) -> Response:
        """Return one decision with its evidence, and what would have changed it."""
        row = await reading(self._reader.decision, request.path_params["id"])
        if row is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        again = await run_in_threadpool(self._made_again, row)
        ranked = sorted(row["posterior"], key=lambda persona: -row["posterior"][persona])
        return await self._page(
            request, "log_decision.html", row=row, again=again, personas=ranked, bar=BAR_WIDTH
        )

    async def _page(self, request: Request, template: str, **values: Any) -> Response:
        words = LogWords(texts=self._renderer.texts(request), view=self._renderer.view(request))
        simulated = await reading(self._reader.is_simulated)
        return self._renderer.page(request, template, log=words, simulated=simulated, **values)

    def _counted(self, filter: Filter, sort: str, after: str, before: str) -> tuple[Counts, Page]:
        counts = self._reader.counts(filter)
        page = self._reader.page(filter, sort=sort, after=after, before=before, total=counts.total)
        return counts, page

    def _rows(self, filter: Filter, sort: str) -> Iterator[Mapping[str, Any]]:
        return self._reader.every(filter, sort=sort)

    def _made_again(self, row: Mapping[str, Any]) -> tuple[str | None, tuple[Change, ...]] | None:
        """Return the route under today's policy and what would change it; None if neither can be.

        In the arm of a comparison that another policy leads, that policy is meant. Values of
        outside, such as a concern or route of an older policy, must not break the page.
        """
        try:
            policy = self._policy_of(row["arm"])
            personas = read_personas(self._cards, routes=policy.routes, signals=load_signals())
            facts = facts_of(row, policy)
            if facts is None:
                return None
            return leads_to(facts, policy, personas), changes(facts, policy, personas)
        except (ContentError, ImportError, LookupError, TypeError, ValueError) as error:
            log.warning("decision cannot be made again: %s", error, extra={"decision": row["id"]})
            return None

    def _policy_of(self, arm: str | None) -> Policy:
        policy = read_policy(self._policy)
        other = compared_file(self._policy, policy) if arm == "b" else None
        return read_compared(other, policy, beside=self._policy) if other else policy


def _asked(request: Request) -> tuple[Filter, str]:
    try:
        filter = read_filter(request.query_params.multi_items())
        return filter, read_sort(request.query_params.get("sort", ""))
    except FilterFault as fault:
        raise refused(fault) from fault


def _choices(counts: Counts, filter: Filter) -> dict[str, dict[str, int]]:
    """Return what can be chosen in each facet, those chosen among it even if nothing has them."""
    offered = {}
    for name in FACETS:
        known = {v: n for v, n in counts.facets[name].items() if name not in FLAGS or v == "1"}
        most = dict([*known.items()][:MOST_SHOWN])
        chosen = filter.facets.get(name, ())
        values = {**most, **{v: known.get(v, 0) for v in chosen if v not in most}}
        if name == "confidence":
            values = {v: values[v] for v in (*CONFIDENCES, NONE) if v in values}
        offered[name] = values
    return {name: values for name, values in offered.items() if values}


def _query(pairs: list[tuple[str, str]]) -> str:
    """Return the pairs as the beginning of a query to which another is added."""
    return f"{urlencode(pairs)}&" if pairs else ""


def _file(pieces: Iterator[str], name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=kind, headers=headers)
