import json
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.examples import Case, read_cases
from persona_router.core.turn import Metadata

CASE = {
    "id": "es-1",
    "language": "es",
    "persona": "talker",
    "metadata": {"device": "mobile", "locale": "es-ES"},
    "turns": [
        {"text": "¿Me llaman?", "input": "typed", "seconds": 40},
        {"text": "Por teléfono", "input": "button", "seconds": 2},
    ],
    "intent": "call_back",
    "asks_human": True,
    "routes": ["phone", "agent"],
    "note": "asks for a call",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases.jsonl"


def test_case_is_read_with_the_sessions_metadata_in_each_turn(file: Path) -> None:
    file.write_text(json.dumps(CASE) + "\n\n", encoding="utf-8")
    (case,) = read_cases(file)
    assert (case.id, case.language, case.persona, case.intent) == (
        "es-1", "es", "talker", "call_back",
    )  # fmt: skip
    assert (case.asks_human, case.routes) == (True, ("phone", "agent"))
    assert [turn.text for turn in case.turns] == ["¿Me llaman?", "Por teléfono"]
    assert case.turns[1].metadata == Metadata(
        input="button", device="mobile", locale="es-ES", seconds=2.0
    )
    assert case.turns[0].raw_metadata == {
        "device": "mobile", "locale": "es-ES", "input": "typed", "seconds": 40,
    }  # fmt: skip


def test_case_may_leave_out_what_nobody_knows(file: Path) -> None:
    bare = {"id": 1, "language": "ar", "persona": None, "turns": [{"text": "مرحبا"}]}
    file.write_text(json.dumps(bare), encoding="utf-8")
    (case,) = read_cases(file)
    assert isinstance(case, Case)
    assert (case.id, case.persona, case.intent, case.asks_human, case.routes) == (
        "1", None, None, False, (),
    )  # fmt: skip


def test_case_may_hold_any_line_separator_of_unicode(file: Path) -> None:
    text = "one\u2028two\u0085three"
    line = json.dumps({**CASE, "turns": [{"text": text}]}, ensure_ascii=False)
    file.write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert [case.turns[0].text for case in read_cases(file)] == [text, text]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "line 2: It is no JSON (Expecting property name enclosed in double quotes)."),
        ("[]", "line 2: It is malformed ('list' object has no attribute 'get')."),
        ('"text"', "line 2: It is malformed"),
        (json.dumps({k: v for k, v in CASE.items() if k != "persona"}),
         "line 2: The key 'persona' is missing. Add it."),
        (json.dumps({**CASE, "turns": [{"input": "typed"}]}),
         "line 2: The key 'text' is missing. Add it."),
        (json.dumps({**CASE, "turns": []}), "line 2: It is malformed ('turns' is no list"),
        (json.dumps({**CASE, "turns": {"text": "x"}}), "line 2: It is malformed"),
        (json.dumps({**CASE, "turns": ["hello"]}), "line 2: It is malformed"),
        (json.dumps({**CASE, "metadata": "mobile"}), "line 2: It is malformed"),
        (json.dumps({**CASE, "metadata": 7}), "line 2: It is malformed"),
        (json.dumps({**CASE, "routes": "agent"}),
         "line 2: It is malformed ('routes' is no list)."),
    ],
)  # fmt: skip
def test_faults_name_the_line(file: Path, line: str, text: str) -> None:
    file.write_text(f"{json.dumps(CASE)}\n{line}\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_cases(file)
    assert str(caught.value).startswith(f"{file}: {text}")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_file_without_cases_is_a_fault(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ContentError) as caught:
        read_cases(file)
    assert str(caught.value) == f"{file}: It holds no case. Write one JSON object a line."


def test_file_that_cannot_be_read_is_a_fault(file: Path) -> None:
    with pytest.raises(ContentError, match="It cannot be read"):
        read_cases(file)
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ContentError, match="Name a UTF-8 file"):
        read_cases(file)
