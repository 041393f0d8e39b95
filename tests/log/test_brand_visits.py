from datetime import date
from pathlib import Path

import pytest

from persona_router.core.brand_visits import Step
from persona_router.log import brand_visits
from persona_router.log.brand_visits import BrandVisitReader
from persona_router.log.events import Outcome
from persona_router.log.span import Span
from tests.log.making import DAY, MONDAY, row, write

SPAN = Span(date(2026, 11, 23), date(2026, 11, 24))


def test_steps_are_told_as_they_were_logged(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    log = write(
        path,
        row("d1", turn=1, signals={"haste": 1.0}),
        row(
            "d2", at=MONDAY + 9, turn=2, signals={"anger": 0.75}, state={"failures": 2},
            stated_route="agent", inferred_route="knowledge_base",
            constraints=["closed:phone", "refused:knowledge_base"],
            reasons=[{"code": "closed", "values": {"route": "phone"}}, {"code": "anger"}],
        ),
    )  # fmt: skip
    log.note(Outcome(decision="d1", values={"helped": 0}))
    log.note(Outcome(decision="d2", values={"handed_over": 1}))
    log.close()
    assert BrandVisitReader(path).visits(SPAN) == [
        (
            Step(
                id="d1", at=MONDAY, helped=False, inferred="knowledge_base", reasons=("persona",)
            ),
            Step(
                id="d2", at=MONDAY + 9, anger=0.75, failures=2, handed_over=True, stated="agent",
                inferred="knowledge_base", constraints=("closed:phone", "refused:knowledge_base"),
                reasons=("closed", "anger"),
            ),
        )
    ]  # fmt: skip


def test_visit_belongs_to_the_day_on_which_it_began_with_all_that_came_after(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log.sqlite"
    night = SPAN.until - 60
    write(
        path,
        row("before", at=SPAN.since - 60, turn=1, conversation="c0"),
        row("cut", at=SPAN.since + 60, turn=2, conversation="c0"),
        row("d1", at=night, turn=1),
        row("d2", at=night + 120, turn=2),
        row("after", at=SPAN.until + 1, turn=1, conversation="c2"),
        row("far", at=SPAN.until + 2 * DAY, turn=2, conversation="c1"),
    ).close()
    found = BrandVisitReader(path).visits(SPAN)
    assert [[step.id for step in visit] for visit in found] == [["d1", "d2"]]


def test_large_log_is_drawn_by_whole_conversations_and_always_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.sqlite"
    write(
        path,
        *(
            row(f"d{n}-{turn}", at=MONDAY + n + turn / 10, turn=turn, conversation=f"c{n}")
            for n in range(40)
            for turn in (1, 2)
        ),
    ).close()
    monkeypatch.setattr(brand_visits, "MOST_DECISIONS", 40)
    found = BrandVisitReader(path).visits(SPAN)
    assert 0 < len(found) < 40
    assert {len(visit) for visit in found} == {2}
    assert found == BrandVisitReader(path).visits(SPAN)


def test_log_that_nobody_has_begun_has_no_visits(tmp_path: Path) -> None:
    assert BrandVisitReader(tmp_path / "log.sqlite").visits(SPAN) == []
