"""What the routing log's rows add up to over some days; SQLite does the adding."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from persona_router.core.figures import Cell, Rate, Tally
from persona_router.log.opening import LogFile
from persona_router.log.span import DAY_SECONDS, Span
from persona_router.log.store import REPEAT_SECONDS

SATISFIED_FROM = 4
"""Stars from which a rating counts as satisfied."""
MOST_ARTICLES = 50
_LATER_SECONDS = DAY_SECONDS
"""What happens so long after the last day still belongs to visits that began before."""

VISITED = """
WITH numbered AS (
    SELECT *, sum(turn IS 1) OVER (
        PARTITION BY conversation ORDER BY at, turn ROWS UNBOUNDED PRECEDING
    ) AS visit
    FROM (
        SELECT rowid AS place, at, conversation, turn, profile, handed_over, helped, rating,
            repeat_contact
        FROM decision INDEXED BY decision_by_visit WHERE at >= :since AND at < :later
    )
), visited AS (
    -- SQLite takes the bare column of the row that max() found: what was known last.
    SELECT max(at) AS ended, profile AS last, conversation,
        sum(CASE WHEN turn = 1 THEN place END) AS opening,
        sum(CASE WHEN turn = 1 THEN at END) AS began,
        sum(CASE WHEN turn = 1 THEN profile END) AS first,
        total(handed_over) > 0 AS handed_over, total(repeat_contact) > 0 AS came_back,
        count(helped) > 0 AS told, total(helped = 0) > 0 AS not_helped,
        count(rating) AS rated, total(rating >= :satisfied) AS satisfied
    FROM numbered WHERE visit > 0 GROUP BY conversation, visit
)
"""
"""Visits of the values of `asked`, one a row; `opening` is the row of the first decision."""
TALLIED = """
    count(*) AS visits, sum(handed_over) AS handed_over, sum(told) AS told,
        sum(told AND NOT not_helped AND NOT handed_over) AS resolved,
        sum(ended < :watched) AS watched,
        sum(ended < :watched AND NOT handed_over AND NOT came_back) AS deflected,
        sum(rated) AS rated, sum(satisfied) AS satisfied,
        sum(rated > 0 OR told) AS judged,
        sum(CASE WHEN rated > 0 THEN satisfied = rated
            ELSE told AND NOT not_helped AND NOT handed_over END) AS pleased
"""
"""The values of a Tally in their order, over rows of VISITED."""
_VISITS = f"""
{VISITED}, kinds AS (
    SELECT cast((began - :since) / :day AS INTEGER) AS day, last, first, {TALLIED}
    FROM visited WHERE began < :until GROUP BY 1, 2, 3
)
SELECT day, latest.persona, latest.language, began.route, sum(visits), sum(handed_over), sum(told),
    sum(resolved), sum(watched), sum(deflected), sum(rated), sum(satisfied), sum(judged),
    sum(pleased)
FROM kinds JOIN profile AS latest ON latest.number = last
    JOIN profile AS began ON began.number = first
GROUP BY 1, 2, 3, 4
"""
_PROFILES = """
FROM (
    SELECT profile, count(*) AS number FROM decision INDEXED BY decision_by_visit
    WHERE at >= ? AND at < ? GROUP BY profile
) AS counted JOIN profile ON profile.number = counted.profile
"""
_ASKED_FOR = """
SELECT inferred_route, stated_route, count(*) FROM (
    SELECT min(at), inferred_route, stated_route FROM decision INDEXED BY decision_by_stated
    WHERE stated_route IS NOT NULL AND at >= ? AND at < ? GROUP BY conversation
) WHERE inferred_route IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC
"""
_HANDOFFS = """
SELECT json_extract(reasons, '$[0].code'), count(*) FROM decision INDEXED BY decision_by_handoff
WHERE handed_over = 1 AND at >= ? AND at < ? GROUP BY 1 ORDER BY 2 DESC
"""


@dataclass(frozen=True, kw_only=True)
class LogFigures:
    """What was counted in one span.

    `cells` hold its visits. `reasons` counts handoffs by the strongest reason of their decision,
    `unanswered` decisions by language, `translation` those of which the article was read in
    another language, by article and wanted language. `stated` counts conversations by the route
    inferred and the one asked for, when they first asked.
    """

    cells: tuple[Cell, ...] = ()
    reasons: Mapping[str | None, int]
    unanswered: Mapping[str | None, Rate]
    translation: Mapping[tuple[str, str | None], int]
    stated: Mapping[tuple[str, str], int]

    @property
    def decisions(self) -> int:
        """How many decisions were made."""
        return sum(rate.cases for rate in self.unanswered.values())


class FiguresReader:
    """Counts in one file of the log; safe in many threads.

    `unrecognised` are the intents that tell that no other one fits.
    """

    def __init__(self, path: Path, *, unrecognised: Collection[str]) -> None:
        self._file = LogFile(path)
        self._unrecognised = tuple(sorted(unrecognised))

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated; may raise as `read` does."""
        return self._file.is_simulated()

    def read(self, span: Span, *, now: float) -> LogFigures:
        """Return what is counted; `now` is in Unix seconds.

        May raise sqlite3.Error, and OSError for a file that is no usable log.
        """
        within = (span.since, span.until)
        with self._file.connection() as database:
            if database is None:
                return LogFigures(reasons={}, unanswered={}, translation={}, stated={})
            database.execute("BEGIN")  # so that all counts are of one state of the log
            return LogFigures(
                cells=_cells(database, span, now),
                reasons=dict(map(tuple, database.execute(_HANDOFFS, within))),
                unanswered=self._answered(database, within),
                translation={
                    (article, language): number
                    for article, language, number in database.execute(
                        f"SELECT article, language, sum(counted.number) {_PROFILES}"
                        " WHERE translation_demand = 1 AND article IS NOT NULL"
                        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?",
                        (*within, MOST_ARTICLES),
                    )
                },
                stated={
                    (inferred, stated): number
                    for inferred, stated, number in database.execute(_ASKED_FOR, within)
                },
            )

    def _answered(
        self, database: sqlite3.Connection, within: tuple[float, float]
    ) -> dict[str | None, Rate]:
        marks = ", ".join("?" * len(self._unrecognised))
        found = database.execute(
            "SELECT language, total(counted.number * (failed = 0 AND article IS NULL"
            f" AND ifnull(intent, '') IN ({marks}))), sum(counted.number) {_PROFILES}"
            " GROUP BY 1 ORDER BY 2 DESC, 3 DESC",
            (*self._unrecognised, *within),
        )
        return {language: Rate(int(hits), cases) for language, hits, cases in found}


def asked(span: Span, now: float) -> dict[str, float]:
    """Return the values that VISITED and TALLIED ask for; `now` is in Unix seconds."""
    return {
        "since": span.since, "until": span.until, "later": span.until + _LATER_SECONDS,
        "day": DAY_SECONDS, "satisfied": SATISFIED_FROM, "watched": now - REPEAT_SECONDS,
    }  # fmt: skip


def tally(sums: Iterable[float]) -> Tally:
    """Return the Tally whose values are `sums`, as TALLIED selects them."""
    return Tally(**dict(zip(Tally.__dataclass_fields__, map(int, sums), strict=True)))


def _cells(database: sqlite3.Connection, span: Span, now: float) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            day=day,
            persona=persona,
            language=language,
            route=route,
            tally=tally(sums),
        )
        for day, persona, language, route, *sums in database.execute(_VISITS, asked(span, now))
    )
