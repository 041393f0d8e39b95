"""Visits of the routing log as the brand is judged by: what went wrong, and what was not open."""

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from persona_router.core.brand_visits import Step, Visit
from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.span import DAY_SECONDS, Span
from persona_router.log.visits import MOST_DECISIONS, object_in, visits_of

_LATER_SECONDS = DAY_SECONDS
"""What happens so long after the last day still belongs to visits that began before."""
_COUNTED = "SELECT count(*) FROM decision WHERE at >= ? AND at < ?"
_ROWS = """
SELECT conversation, turn, id, at, signals, state, helped, handed_over, stated_route,
    inferred_route, constraints, reasons
FROM decision WHERE at >= ? AND at < ? AND (? = 1 OR drawn(conversation) % ? = 0)
ORDER BY conversation, at, turn NULLS FIRST
"""


class BrandVisitReader:
    """Reads visits of one log; its methods may raise LogUnavailable."""

    def __init__(self, place: Path | LogPlace) -> None:
        self._log = LogAccess(place)

    def visits(self, span: Span) -> list[Visit]:
        """Return the visits that began in the span.

        Of more than MOST_DECISIONS, whole conversations are drawn, always the same ones.
        """
        within = (span.since, span.until + _LATER_SECONDS)
        with self._log.connection() as database:
            if database is None:
                return []
            (decisions,) = database.execute(_COUNTED, within).fetchone()
            every = 1 + decisions // MOST_DECISIONS
            rows = database.execute(_ROWS, (*within, every, every))
            return [
                tuple(map(_step, visit))
                for _, told in groupby(rows, key=lambda row: row["conversation"])
                for visit in visits_of(told)
                if visit[0]["turn"] == 1 and visit[0]["at"] < span.until
            ]


def _step(row: Mapping[str, Any]) -> Step:
    signals, state = object_in(row["signals"]), object_in(row["state"])
    return Step(
        id=row["id"],
        at=row["at"],
        anger=float(signals.get("anger") or 0.0),
        failures=int(state.get("failures") or 0),
        helped=None if row["helped"] is None else bool(row["helped"]),
        handed_over=bool(row["handed_over"]),
        stated=row["stated_route"],
        inferred=row["inferred_route"],
        constraints=tuple(json.loads(row["constraints"])),
        reasons=tuple(reason["code"] for reason in json.loads(row["reasons"])),
    )
