from datetime import date
from pathlib import Path

import pytest

from persona_router.core.drift import Seen
from persona_router.log import visits
from persona_router.log.span import Span
from persona_router.log.store import RoutingLog
from persona_router.log.visits import VisitReader
from tests.log.making import DAY, MONDAY, row, write

SPAN = Span(date(2026, 11, 23), date(2026, 11, 29))


def test_visit_is_told_by_its_last_decision_and_the_mean_of_its_signals(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(
        path,
        row("d1", at=MONDAY, turn=1, persona=None, inferred_persona=None, signals={"haste": 1.0}),
        row(
            "d2", at=MONDAY + 9, turn=2, persona="talker", inferred_persona="talker",
            posterior={"talker": 0.8, "researcher": 0.2}, signals={"haste": 0.5, "terms": 0.25},
        ),
    ).close()  # fmt: skip
    assert VisitReader(path).seen(SPAN) == [
        Seen(persona="talker", sure=0.8, signals={"haste": 0.75, "terms": 0.25})
    ]


def test_first_turn_begins_another_visit_of_the_same_conversation(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(
        path,
        row("d1", at=MONDAY, turn=1),
        row("d2", at=MONDAY + 5, turn=2),
        row("d3", at=MONDAY + DAY, turn=1),
        row("d4", at=MONDAY + 1, turn=1, conversation="c2"),
    ).close()
    assert len(VisitReader(path).seen(SPAN)) == 3


def test_corrected_visit_counts_for_the_persona_that_was_inferred(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(
        path,
        row("d1", turn=1, persona="researcher", inferred_persona="researcher"),
        row(
            "d2", at=MONDAY + 5, turn=2, persona=None, inferred_persona="researcher", corrected=1,
            posterior={"researcher": 0.9, "talker": 0.1},
        ),
    ).close()  # fmt: skip
    (seen,) = VisitReader(path).seen(SPAN)
    assert (seen.persona, seen.sure, seen.corrected) == ("researcher", 0.9, True)


def test_other_days_and_failed_decisions_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(
        path,
        row("d1", at=MONDAY - DAY),
        row("d2", at=MONDAY + 7 * DAY, conversation="c2"),
        row("d3", conversation="c3", failed=1),
    ).close()
    assert VisitReader(path).seen(SPAN) == []


def test_log_that_nobody_has_begun_has_no_visits(tmp_path: Path) -> None:
    assert VisitReader(tmp_path / "log.sqlite").seen(SPAN) == []


def test_of_too_many_decisions_whole_conversations_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.sqlite"
    log = RoutingLog(path)
    log.add_all(
        row(f"{c}-{turn}", at=MONDAY + turn, turn=turn, conversation=f"c{c}", signals={"s": turn})
        for c in range(200)
        for turn in (1, 2)
    )
    log.close()
    monkeypatch.setattr(visits, "MOST_DECISIONS", 150)
    drawn = VisitReader(path).seen(SPAN)
    assert 40 <= len(drawn) <= 95  # a third of 200
    assert all(seen.signals == {"s": 1.5} for seen in drawn)
    assert drawn == VisitReader(path).seen(SPAN)


def test_drawn_conversations_are_the_same_wherever_the_log_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.sqlite"
    names = (*(f"c{number}" for number in range(9)), "ż")
    write(
        path,
        *(
            row(name, conversation=name, signals={"number": number})
            for number, name in enumerate(names)
        ),
    ).close()
    monkeypatch.setattr(visits, "MOST_DECISIONS", 4)
    drawn = VisitReader(path).seen(SPAN)
    assert [seen.signals["number"] for seen in drawn] == [1, 6, 9]
