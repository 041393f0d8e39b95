"""What the routing log tells of a comparison of two policies: visits and their outcomes by arm."""

from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection

from persona_router.core.arms import ArmResult, ComparedArms
from persona_router.core.comparison_rules import ARMS
from persona_router.core.figures import Rate, Tally
from persona_router.log.figures import TALLIED, VISITED, asked, tally
from persona_router.log.opening import LogFile
from persona_router.log.span import Span

_ARMS = f"""
{VISITED}
SELECT arm, count(DISTINCT conversation), {TALLIED}
FROM visited JOIN (SELECT rowid AS place, arm FROM decision) ON place = opening
WHERE began < :until AND arm IS NOT NULL GROUP BY 1
"""
_DECISIONS = """
SELECT arm, policy_version, round(CASE arm WHEN 'b' THEN propensity ELSE 1 - propensity END, 6),
    count(*), count(CASE WHEN propensity < 1 THEN 1 END)
FROM decision INDEXED BY decision_by_arm
WHERE arm IS NOT NULL AND at >= :since AND at < :until GROUP BY 1, 2, 3 ORDER BY min(at)
"""


class ArmsReader:
    """Reads comparisons in one file of the log; safe in many threads."""

    def __init__(self, path: Path) -> None:
        self._file = LogFile(path)

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated; may raise as `read` does."""
        return self._file.is_simulated()

    def read(self, span: Span, *, now: float) -> ComparedArms | None:
        """Return what was compared on those days, None where nothing was.

        A visit counts for the arm of its first decision. `now` is in Unix seconds. May raise
        sqlite3.Error, and OSError for a file that is no usable log.
        """
        with self._file.connection() as database:
            if database is None:
                return None
            database.execute("BEGIN")  # so that all counts are of one state of the log
            return _counted(database, asked(span, now))


def _counted(database: Connection, values: Mapping[str, float]) -> ComparedArms | None:
    decisions = database.execute(_DECISIONS, values).fetchall()
    if not decisions:
        return None
    visits = {arm: (n, tally(sums)) for arm, n, *sums in database.execute(_ARMS, values)}
    results = {}
    for arm in ARMS:
        versions = [version for led, version, *_ in decisions if led == arm]
        conversations, sums = visits.get(arm, (0, Tally()))
        results[arm] = ArmResult(
            versions=tuple(dict.fromkeys(versions)), conversations=conversations, tally=sums
        )
    return ComparedArms(
        arms=results,
        shares=tuple(sorted({share for *_, share, _, differ in decisions if differ})),
        differing=Rate(sum(one[-1] for one in decisions), sum(one[-2] for one in decisions)),
    )
