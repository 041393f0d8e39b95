"""Questions are kept beside their decisions, go with them, and have days of their own."""

from pathlib import Path

import pytest

from persona_router.log.questions import Question, QuestionsOfAge, QuestionsReader
from persona_router.log.span import read_span
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, MONDAY, row, write

ASKED = (
    row("d1", at=MONDAY, language="de", unanswered="Verpacken Sie Geschenke?"),
    row("d2", at=MONDAY + 60, turn=2),
    row("d3", at=MONDAY - DAY, conversation="c2", language="ar", unanswered="هل تغلّفون الهدايا؟"),
)


@pytest.fixture
def log(tmp_path: Path) -> RoutingLog:
    return write(tmp_path / "log.sqlite", *ASKED)


def read(path: Path, **chosen: str) -> list[str]:
    span = read_span("2026-11-01", "2026-11-30", now=MONDAY)
    return [one.decision for one in QuestionsReader(path).read(span, **chosen)]


def test_questions_are_read_newest_first_by_days_and_language(
    log: RoutingLog, tmp_path: Path
) -> None:
    path = tmp_path / "log.sqlite"
    assert read(path) == ["d1", "d3"]
    assert read(path, language="ar") == ["d3"]
    day = read_span("2026-11-23", "2026-11-23", now=MONDAY)
    assert QuestionsReader(path).read(day) == (
        Question(decision="d1", at=MONDAY, language="de", text="Verpacken Sie Geschenke?"),
    )
    assert QuestionsReader(tmp_path / "none.sqlite").read(day) == ()


def test_row_that_comes_twice_asks_once(log: RoutingLog, tmp_path: Path) -> None:
    log.add_all(ASKED)
    assert read(tmp_path / "log.sqlite") == ["d1", "d3"]


def test_question_goes_with_its_customer_and_is_handed_out(log: RoutingLog, tmp_path: Path) -> None:
    kept = log.of_conversation("c1")
    assert [one["text"] for one in kept["question"]] == ["Verpacken Sie Geschenke?"]
    assert log.forget_conversation("c1") == {"question": 1, "decision": 2}
    assert read(tmp_path / "log.sqlite") == ["d3"]


def test_question_goes_with_its_old_decision(log: RoutingLog, tmp_path: Path) -> None:
    log.forget_older(MONDAY, but=(), most=10)
    assert read(tmp_path / "log.sqlite") == ["d1"]


def test_questions_may_go_before_their_decisions(log: RoutingLog, tmp_path: Path) -> None:
    asked = QuestionsOfAge(log)
    assert asked.older(MONDAY, but=()) == 1
    assert asked.forget_older(MONDAY, but=(), most=10) == 1
    assert read(tmp_path / "log.sqlite") == ["d1"]
    assert len(log.rows()) == 3
