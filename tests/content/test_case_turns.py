import json
from pathlib import Path

from persona_router.content.case_turns import case_turns
from persona_router.content.examples import read_cases
from persona_router.content.lexicons import read_lexicons
from persona_router.content.policies import read_policy
from persona_router.core.turn import Typing

POLICY = Path("data/routing.yml")


def test_turns_of_a_case_know_what_was_typed_before_and_the_device(tmp_path: Path) -> None:
    case = {
        "id": "1",
        "language": "nl",
        "persona": "sprinter",
        "metadata": {"device": "mobile", "page": "/help/x"},
        "turns": [
            {"text": "Uitschrijven", "input": "typed", "seconds": 4},
            {"text": "Zoek een artikel", "input": "button"},
            {"text": "Uitschrijven", "input": "typed", "seconds": 4},
        ],
    }
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case), encoding="utf-8")
    (read,) = read_cases(path)
    turns = case_turns(read, lexicons=read_lexicons(["nl"]), policy=read_policy(POLICY))
    assert [turn.earlier for turn in turns] == [(), ("uitschrijven",), ("uitschrijven",)]
    assert [turn.number for turn in turns] == [1, 2, 3]
    assert turns[0].typing == Typing(0.72, 0.85)
    assert turns[0].lexicon.language == "nl"
    assert "help" in turns[0].reading_pages
