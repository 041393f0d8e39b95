"""Trainers read what nothing answered, the most asked first."""

import json
from pathlib import Path

import pytest

from persona_router.cli import main
from tests.log.making import MONDAY, row, write

DAYS = ["--from", "2026-11-23", "--to", "2026-11-23"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    texts = (
        ("en", "Where is your head office?"),
        ("en", "Do you offer gift\x1b[31m wrapping?"),
        ("de", "Können Sie das als Geschenk verpacken?"),
    )
    rows = [
        row(f"d{number}", at=MONDAY + number, conversation=f"c{number}", language=language,
            unanswered=text)
        for number, (language, text) in enumerate(texts)
    ]  # fmt: skip
    write(tmp_path / "routing_log.sqlite", *rows).close()
    return tmp_path


def test_groups_are_listed_the_largest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", *DAYS]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] in ("2 × (de 1, en 1)", "2 × (en 1, de 1)")
    assert sorted(lines[1:3]) == [
        "    Do you offer gift [31m wrapping?",
        "    Können Sie das als Geschenk verpacken?",
    ]
    assert lines[3:] == ["1 × (en 1)", "    Where is your head office?"]


def test_json_has_every_question_with_its_decision(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", *DAYS, "--language", "de", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "count": 1,
        "languages": {"de": 1},
        "questions": [
            {
                "text": "Können Sie das als Geschenk verpacken?",
                "language": "de",
                "at": "2026-11-23T09:00:02+00:00",
                "decision": "d2",
            }
        ],
    }


def test_days_without_a_question_say_what_keeps_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", "--from", "2026-01-01", "--to", "2026-01-02"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "privacy.unanswered_days" in said.err


def test_day_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", "--from", "monday"]) == 2
    assert capsys.readouterr().err.startswith("--from: 'monday'. Write a day")
