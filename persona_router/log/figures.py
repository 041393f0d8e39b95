"""What the routing log's rows add up to over some days; the database does the adding."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from persona_router.core.figures import Cell, Rate, Tally
from persona_router.log.dialect import Database, Dialect
from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.span import DAY_SECONDS, Span
from persona_router.log.store import REPEAT_SECONDS

SATISFIED_FROM = 4
"""Stars from which a rating counts as satisfied."""
MOST_ARTICLES = 50
_LATER_SECONDS = DAY_SECONDS
"""What happens so long after the last day still belongs to visits that began before."""

VISITED = """
WITH numbered AS (
    SELECT span.*, sum(CASE WHEN turn = 1 THEN 1 ELSE 0 END) OVER (
        PARTITION BY conversation ORDER BY at, turn NULLS FIRST ROWS UNBOUNDED PRECEDING
    ) AS visit
    FROM (
        SELECT at, conversation, turn, profile, handed_over, helped, rating, repeat_contact
        FROM decision{by_visit} WHERE at >= :since AND at < :later
    ) AS span
), visited AS (
    SELECT conversation, max(at) AS ended, {latest_profile} AS last,
        sum(CASE WHEN turn = 1 THEN at END) AS began,
        sum(CASE WHEN turn = 1 THEN profile END) AS first,
        CASE WHEN sum(handed_over) > 0 THEN 1 ELSE 0 END AS handed_over,
        CASE WHEN sum(repeat_contact) > 0 THEN 1 ELSE 0 END AS came_back,
        CASE WHEN count(helped) > 0 THEN 1 ELSE 0 END AS told,
        CASE WHEN sum(CASE WHEN helped = 0 THEN 1 END) > 0 THEN 1 ELSE 0 END AS not_helped,
        count(rating) AS rated, sum(CASE WHEN rating >= :satisfied THEN 1 ELSE 0 END) AS satisfied
    FROM numbered WHERE visit > 0 GROUP BY conversation, visit
)
"""
"""Visits of the values of `asked`, one a row: a query that goes on after it, for `in_dialect`."""
TALLIED = """
    count(*) AS visits,
    sum(handed_over) AS handed_over, sum(told) AS told,
    sum(told * (1 - not_helped) * (1 - handed_over)) AS resolved,
    sum(CASE WHEN ended < :watched THEN 1 ELSE 0 END) AS watched,
    sum(CASE WHEN ended < :watched THEN (1 - handed_over) * (1 - came_back) ELSE 0 END)
            AS deflected,
    sum(rated) AS rated, sum(satisfied) AS satisfied,
    sum(CASE WHEN rated > 0 THEN 1 ELSE told END) AS judged,
    sum(CASE WHEN rated = 0 THEN told * (1 - not_helped) * (1 - handed_over)
            WHEN satisfied = rated THEN 1 ELSE 0 END) AS pleased
"""
"""The values of a Tally in their order, over rows of VISITED."""
_VISITS = f"""
{VISITED}, kinds AS (
    SELECT {{day}} AS day, last, first, {TALLIED}
    FROM visited WHERE began < :until GROUP BY 1, 2, 3
)
SELECT day, latest.persona, latest.language, began.route, sum(visits), sum(handed_over), sum(told),
    sum(resolved), sum(watched), sum(deflected), sum(rated), sum(satisfied), sum(judged),
    sum(pleased)
FROM kinds JOIN profile AS latest ON latest.number = last
    JOIN profile AS began ON began.number = first
GROUP BY 1, 2, 3, 4
"""
_INDEXES = ("visit", "stated", "handoff", "arm")
_PROFILES = """
FROM (
    SELECT profile, count(*) AS number FROM decision{by_visit}
    WHERE at >= ? AND at < ? GROUP BY profile
) AS counted JOIN profile ON profile.number = counted.profile
"""
_ASKED_FOR = """
SELECT inferred, stated, count(*) FROM (
    SELECT min(at), {first_inferred} AS inferred, {first_stated} AS stated FROM decision{by_stated}
    WHERE stated_route IS NOT NULL AND at >= ? AND at < ? GROUP BY conversation
) AS asked WHERE inferred IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC
"""
_HANDOFFS = """
SELECT {first_reason}, count(*) FROM decision{by_handoff}
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
    """Counts in one log; safe in many threads.

    `unrecognised` are the intents that tell that no other one fits.
    """

    def __init__(self, place: Path | LogPlace, *, unrecognised: Collection[str]) -> None:
        self._log = LogAccess(place)
        self._unrecognised = tuple(sorted(unrecognised))

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated; may raise as `read` does."""
        return self._log.is_simulated()

    def read(self, span: Span, *, now: float) -> LogFigures:
        """Return what is counted; `now` is in Unix seconds. May raise LogUnavailable."""
        within = (span.since, span.until)
        with self._log.connection() as database:
            if database is None:
                return LogFigures(reasons={}, unanswered={}, translation={}, stated={})
            asked = {name: in_dialect(one, database.dialect) for name, one in _QUERIES.items()}
            return LogFigures(
                cells=_cells(database, asked["visits"], span, now),
                reasons=dict(map(tuple, database.execute(asked["handoffs"], within))),
                unanswered=self._answered(database, asked["profiles"], within),
                translation={
                    (article, language): number
                    for article, language, number in database.execute(
                        f"SELECT article, language, sum(counted.number) {asked['profiles']}"
                        " WHERE translation_demand = 1 AND article IS NOT NULL"
                        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?",
                        (*within, MOST_ARTICLES),
                    )
                },
                stated={
                    (inferred, stated): number
                    for inferred, stated, number in database.execute(asked["asked for"], within)
                },
            )

    def _answered(
        self, database: Database, profiles: str, within: tuple[float, float]
    ) -> dict[str | None, Rate]:
        marks = ", ".join("?" * len(self._unrecognised)) or "NULL"
        found = database.execute(
            "SELECT language, sum(CASE WHEN failed = 0 AND article IS NULL"
            f" AND intent IN ({marks}) THEN counted.number ELSE 0 END),"
            f" sum(counted.number) {profiles} GROUP BY 1 ORDER BY 2 DESC, 3 DESC",
            (*self._unrecognised, *within),
        )
        return {language: Rate(int(hits), cases) for language, hits, cases in found}


_QUERIES = {
    "visits": _VISITS, "profiles": _PROFILES, "asked for": _ASKED_FOR, "handoffs": _HANDOFFS,
}  # fmt: skip


def in_dialect(query: str, dialect: Dialect) -> str:
    """Return a query such as those above as the database reads it."""
    return query.format(
        **{f"by_{name}": dialect.hint.format(f"decision_by_{name}") for name in _INDEXES},
        latest_profile=dialect.at_latest.format("profile"),
        first_inferred=dialect.at_earliest.format("inferred_route"),
        first_stated=dialect.at_earliest.format("stated_route"),
        first_reason=dialect.first_reason,
        day=dialect.whole.format("(began - :since) / :day"),
    )


def asked(span: Span, now: float) -> dict[str, float]:
    """Return the values that VISITED and TALLIED ask for; `now` is in Unix seconds."""
    return {
        "since": span.since, "until": span.until, "later": span.until + _LATER_SECONDS,
        "day": DAY_SECONDS, "satisfied": SATISFIED_FROM, "watched": now - REPEAT_SECONDS,
    }  # fmt: skip


def tally(sums: Iterable[float]) -> Tally:
    """Return the Tally whose values are `sums`, as TALLIED selects them."""
    return Tally(**dict(zip(Tally.__dataclass_fields__, map(int, sums), strict=True)))


def _cells(database: Database, query: str, span: Span, now: float) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            day=day,
            persona=persona,
            language=language,
            route=route,
            tally=tally(sums),
        )
        for day, persona, language, route, *sums in database.execute(query, asked(span, now))
    )
