from pathlib import Path

import pytest

from bench import language
from persona_router.content.evaluate_language import read_language_cases


def test_langdetect_as_shipped_knows_more_languages_than_are_asked_for() -> None:
    guess = language._langdetect_as_shipped(("de", "en"))
    assert guess("Wo bleibt denn eigentlich mein Päckchen?").best == "de"
    assert guess("где моя посылка").best == "ru"
    assert guess("4471903").best is None


def test_table_has_a_column_for_each_detector_and_a_dash_where_nothing_was_measured() -> None:
    lines = language._table({"ours": {"accuracy": 0.9391}, "lingua": {"latency_ms_p50": 0.2}})
    cells = {line[:16].strip(): line[16:].split() for line in lines.splitlines()}
    assert cells["all"] == ["0.939", "-"]
    assert cells["time p50, ms"] == ["-", "0.200"]


def test_a_missing_file_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert language.main([str(tmp_path / "none.jsonl")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "none.jsonl" in line


def test_the_packaged_messages_are_336_a_language() -> None:
    cases = read_language_cases(language._CASES)
    counts = {case.language: 0 for case in cases}
    for case in cases:
        counts[case.language] += 1
    assert set(counts.values()) == {336}
    assert len(counts) == 12
