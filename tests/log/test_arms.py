from pathlib import Path
from typing import Any

import pytest

from persona_router.core.arms import ComparedArms
from persona_router.core.figures import Rate, Tally
from persona_router.log.arms import ArmsReader
from persona_router.log.events import Outcome
from persona_router.log.span import read_span
from tests.log.making import DAY, MONDAY, lower, row, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


def counted(path: Path, *, first: str = "2026-11-23", last: str = "2026-11-29") -> Any:
    now = MONDAY + 60 * DAY
    return ArmsReader(path).read(read_span(first, last, now=now), now=now)


def led(id: str, arm: str | None, *, differ: bool = True, **changes: Any) -> dict[str, Any]:
    """Return a decision of a conversation of its own, in a comparison with a share of 0.3."""
    share = {"a": 0.7, "b": 0.3, None: 1.0}[arm]
    told = {"propensity": share if differ else 1.0, "policy_version": f"1+{arm}"}
    return row(id, **{"arm": arm, "conversation": f"c-{id}", **told, **changes})


def test_visits_are_counted_by_the_arm_of_their_first_decision(path: Path) -> None:
    log = write(
        path,
        led("a1", "a"),
        led("a2", "a", conversation="c-a1", at=MONDAY + 60, turn=2, differ=False),
        led("a3", "a", at=MONDAY + DAY, differ=False),
        led("b1", "b"),
        led("b2", None, conversation="c-b1", at=MONDAY + 60, turn=2),
        led("n1", None),
        led("n2", "b", conversation="c-n1", at=MONDAY + 60, turn=2),
    )
    log.note(Outcome(decision="a2", values={"handed_over": 1}))
    log.note(Outcome(decision="b2", values={"helped": 1, "rating": 5}))
    found = counted(path)
    assert isinstance(found, ComparedArms)
    assert found.arms["a"].tally == Tally(visits=2, handed_over=1, watched=2, deflected=1)
    assert found.arms["b"].tally == Tally(
        visits=1, told=1, resolved=1, watched=1, deflected=1, rated=1, satisfied=1, judged=1,
        pleased=1,
    )  # fmt: skip
    assert [found.arms[arm].conversations for arm in ("a", "b")] == [2, 1]
    assert [found.arms[arm].versions for arm in ("a", "b")] == [("1+a",), ("1+b",)]
    assert (found.shares, found.differing, found.mixed) == ((0.3,), Rate(3, 5), False)


def test_conversation_that_comes_back_is_drawn_once(path: Path) -> None:
    write(path, led("b1", "b"), led("b2", "b", conversation="c-b1", at=MONDAY + DAY))
    found = counted(path)
    assert (found.arms["b"].conversations, found.arms["b"].tally.visits) == (1, 2)
    assert found.arms["b"].tally.deflected == 1
    assert found.arms["a"].tally == Tally()


def test_days_of_several_comparisons_are_told(path: Path) -> None:
    write(
        path,
        led("b1", "b"),
        led("b2", "b", at=MONDAY + DAY, policy_version="2+b"),
        led("a1", "a", propensity=0.5),
    )
    found = counted(path)
    assert found.arms["b"].versions == ("1+b", "2+b")
    assert (found.shares, found.mixed) == ((0.3, 0.5), True)
    assert counted(path, last="2026-11-23").arms["b"].versions == ("1+b",)


def test_nothing_is_told_where_nothing_was_compared(path: Path) -> None:
    assert counted(path) is None
    write(path, led("n1", None), led("b1", "b", at=MONDAY - 7 * DAY))
    assert counted(path) is None


def test_log_of_before_the_comparisons_goes_on(path: Path) -> None:
    write(path, row("d1")).close()
    lower(path, 5)
    assert counted(path) is None
    write(path, led("b1", "b"))
    assert counted(path).arms["b"].conversations == 1
