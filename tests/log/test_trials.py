from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from persona_router.content.personas import DEFAULT_PERSONAS, read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.log.filters import read_filter
from persona_router.log.reader import LogReader
from persona_router.log.trials import TrialVisit, samples, trial_visits
from tests.log.making import DAY, MONDAY, row, write

POLICY = read_policy(DEFAULT_POLICY)
PERSONAS = read_personas(DEFAULT_PERSONAS, routes=POLICY.routes, signals=load_signals())
NOW = MONDAY + 30 * DAY


def tried(id: str, *, at: float = MONDAY, **changes: Any) -> dict[str, Any]:
    """Return a decision on which another way could have been tried, as it is read back."""
    told = {
        "turns": 1, "told": 1, "decibans": {}, "wished": [], "excluded": [], "failures": 0,
        "tried": [],
    }  # fmt: skip
    return {
        **row(id, at=at, **{"alternatives": ["agent", "phone"], "propensity": 0.9, "state": told}),
        "posterior": {"researcher": 0.9, "talker": 0.05, "sprinter": 0.05},
        "handed_over": None, "helped": None, "rating": None, "repeat_contact": None, **changes,
    }  # fmt: skip


def visits(*rows: dict[str, Any], now: float = NOW, among: int = 2) -> list[TrialVisit]:
    found: Iterable[TrialVisit] = trial_visits(rows, POLICY, PERSONAS, among=among, now=now)
    return list(found)


def test_visit_is_told_by_its_first_choice() -> None:
    (visit,) = visits(
        tried("d1"), tried("d2", at=MONDAY + 9, turn=2, route="agent", propensity=0.1)
    )
    assert (visit.choice.context, visit.choice.route) == ("researcher", "knowledge_base")
    assert visit.choice.propensity == 0.9
    assert visit.choice.would == "knowledge_base"
    assert visit.choice.possible == ("knowledge_base", "agent")
    assert (visit.deflected, visit.resolved) == (True, None)
    assert visit.stars is None


def test_more_routes_were_possible_where_more_were_among_them() -> None:
    (visit,) = visits(tried("d1"), among=3)
    assert visit.choice.possible == ("knowledge_base", "agent", "phone")


@pytest.mark.parametrize("lost", [{"handed_over": 1}, {"repeat_contact": 1}], ids=str)
def test_visit_that_went_on_with_people_or_later_is_not_deflected(lost: dict[str, int]) -> None:
    (visit,) = visits(tried("d1"), tried("d2", at=MONDAY + 9, turn=2, **lost))
    assert visit.deflected is False
    assert [sample.outcome for sample in samples([visit])["deflection"]] == [0.0]


def test_visit_of_this_week_is_only_known_once_it_went_wrong() -> None:
    (open_,) = visits(tried("d1"), now=MONDAY + DAY)
    (lost,) = visits(tried("d1", handed_over=1), now=MONDAY + DAY)
    assert (open_.deflected, lost.deflected) == (None, False)
    assert samples([open_])["deflection"] == []


@pytest.mark.parametrize(
    ("first", "second", "resolved"),
    [
        ({}, {}, None),
        ({"helped": 1}, {}, True),
        ({"helped": 0}, {"helped": 1}, False),
        ({"helped": 1}, {"helped": 0}, False),
        ({"helped": 1}, {"handed_over": 1}, False),
    ],
    ids=str,
)
def test_handoff_and_a_no_beat_a_yes(
    first: dict[str, int], second: dict[str, int], resolved: bool | None
) -> None:
    (visit,) = visits(tried("d1", **first), tried("d2", at=MONDAY + 9, turn=2, **second))
    assert visit.resolved is resolved


def test_rating_is_the_visits() -> None:
    (visit,) = visits(tried("d1"), tried("d2", at=MONDAY + 9, turn=2, handed_over=1, rating=4))
    assert [sample.outcome for sample in samples([visit])["rating"]] == [4.0]


def test_first_turn_begins_another_visit() -> None:
    assert len(visits(tried("d1"), tried("d2", at=MONDAY + DAY), tried("d3", at=NOW))) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"propensity": 1.0},
        {"propensity": None},
        {"arm": "a"},
        {"plan": []},
        {"failed": 1},
        {"posterior": {"somebody": 1.0}},
    ],
    ids=str,
)
def test_visit_in_which_nothing_could_be_tried_takes_no_part(changes: dict[str, Any]) -> None:
    assert visits(tried("d1", **changes)) == []


def test_log_has_what_is_needed(tmp_path: Path) -> None:
    kept = {k: v for k, v in tried("d1").items() if k not in ("helped", "handed_over", "rating")}
    write(tmp_path / "log.sqlite", kept).close()
    rows = LogReader(tmp_path / "log.sqlite").every(read_filter([]), sort="at")
    assert len(list(trial_visits(rows, POLICY, PERSONAS, among=2, now=NOW))) == 1
