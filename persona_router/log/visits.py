"""Visits of the routing log as they ended: who they were taken for, and what they did."""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from persona_router.core.drift import Seen
from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.span import Span

MOST_DECISIONS = 200_000
"""Of more, whole conversations are drawn, always the same ones."""

_Row = Mapping[str, Any]

_ROWS = """
SELECT conversation, turn, coalesce(inferred_persona, persona) AS persona, posterior, signals,
    corrected FROM decision
WHERE at >= ? AND at < ? AND failed = 0 AND (? = 1 OR drawn(conversation) % ? = 0)
ORDER BY conversation, at, turn NULLS FIRST
"""


class VisitReader:
    """Reads visits of one log; its methods may raise LogUnavailable."""

    def __init__(self, place: Path | LogPlace) -> None:
        self._log = LogAccess(place)

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        return self._log.is_simulated()

    def seen(self, span: Span) -> list[Seen]:
        """Return the visits of the span, of which one that began before is cut off."""
        within = (span.since, span.until)
        with self._log.connection() as database:
            if database is None:
                return []
            (decisions,) = database.execute(
                "SELECT count(*) FROM decision WHERE at >= ? AND at < ?", within
            ).fetchone()
            every = 1 + decisions // MOST_DECISIONS
            rows = database.execute(_ROWS, (*within, every, every))
            return [
                _seen(visit)
                for _, told in groupby(rows, key=lambda row: row["conversation"])
                for visit in visits_of(told)
            ]


def visits_of(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows of each visit of one conversation: its first turn begins another."""
    visit: list[_Row] = []
    for row in rows:
        if row["turn"] == 1 and visit:
            yield visit
            visit = []
        visit.append(row)
    if visit:
        yield visit


def _seen(visit: list[_Row]) -> Seen:
    last = visit[-1]
    values: dict[str, list[float]] = {}
    for row in visit:
        for name, value in object_in(row["signals"]).items():
            if isinstance(value, int | float):
                values.setdefault(name, []).append(float(value))
    persona = last["persona"]
    return Seen(
        persona=persona,
        sure=float(object_in(last["posterior"]).get(persona) or 0.0),
        signals={name: sum(found) / len(found) for name, found in values.items()},
        corrected=any(row["corrected"] for row in visit),
    )


def object_in(text: str | None) -> Mapping[str, Any]:
    """Return the object in a column's JSON; an empty one where there is none."""
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}
