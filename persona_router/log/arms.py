"""What the routing log tells of a comparison of two policies: visits and their outcomes by arm."""

from collections.abc import Mapping
from pathlib import Path

from persona_router.core.arms import ArmResult, ComparedArms
from persona_router.core.comparison_rules import ARMS
from persona_router.core.figures import Rate, Tally
from persona_router.log.dialect import Database
from persona_router.log.figures import TALLIED, VISITED, asked, in_dialect, tally
from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.span import Span

_ARMS = f"""
{VISITED}
SELECT arm, count(DISTINCT conversation), {TALLIED}
FROM visited JOIN (
    SELECT conversation AS whose, at AS opened, arm FROM decision
    WHERE turn = 1 AND arm IS NOT NULL
) AS opening ON whose = conversation AND opened = began
WHERE began < :until GROUP BY 1
"""
_DECISIONS = """
SELECT arm, policy_version, CASE arm WHEN 'b' THEN propensity ELSE 1 - propensity END,
    count(*), count(CASE WHEN propensity < 1 THEN 1 END)
FROM decision{by_arm}
WHERE arm IS NOT NULL AND at >= :since AND at < :until GROUP BY 1, 2, 3 ORDER BY min(at)
"""


class ArmsReader:
    """Reads comparisons in one log; safe in many threads."""

    def __init__(self, place: Path | LogPlace) -> None:
        self._log = LogAccess(place)

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated; may raise as `read` does."""
        return self._log.is_simulated()

    def read(self, span: Span, *, now: float) -> ComparedArms | None:
        """Return what was compared on those days, None where nothing was.

        A visit counts for the arm of its first decision. `now` is in Unix seconds. Raises
        LogUnavailable.
        """
        with self._log.connection() as database:
            if database is None:
                return None
            return _counted(database, asked(span, now))


def _counted(database: Database, values: Mapping[str, float]) -> ComparedArms | None:
    dialect = database.dialect
    decisions = database.execute(in_dialect(_DECISIONS, dialect), values).fetchall()
    if not decisions:
        return None
    counted = database.execute(in_dialect(_ARMS, dialect), values)
    visits = {arm: (n, tally(sums)) for arm, n, *sums in counted}
    results = {}
    for arm in ARMS:
        versions = [version for led, version, *_ in decisions if led == arm]
        conversations, sums = visits.get(arm, (0, Tally()))
        results[arm] = ArmResult(
            versions=tuple(dict.fromkeys(versions)), conversations=conversations, tally=sums
        )
    return ComparedArms(
        arms=results,
        shares=tuple(sorted({round(share, 6) for *_, share, _, differ in decisions if differ})),
        differing=Rate(sum(one[-1] for one in decisions), sum(one[-2] for one in decisions)),
    )
