from pathlib import Path

import pytest

from tests.distribution import _FIRST, _TOGETHER, place_of, unit_of
from tests.training import ROOT


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("tests/browser/test_cards.py", "the running assistant"),
        ("tests/browser/test_restart.py", "the running assistant"),
        ("tests/rasa/test_end_to_end_forms.py", "the assistant in this process"),
        ("tests/rasa/test_bad_input.py", "the assistant in this process"),
        ("tests/core/test_hours.py", "tests/core/test_hours.py"),
    ],
)
def test_files_that_share_a_server_are_one_unit(file: str, unit: str) -> None:
    assert unit_of(file) == unit


def test_long_files_come_before_all_that_nothing_is_known_of() -> None:
    files = ["tests/core/test_hours.py", "tests/rasa/test_questions.py", "tests/browser/test_x.py"]
    assert sorted(files, key=place_of) == files[::-1]
    assert place_of("tests/core/test_hours.py") == place_of("tests/log/test_store.py")


@pytest.mark.parametrize("start", [*_TOGETHER, *_FIRST])
def test_every_beginning_is_that_of_some_file(start: str) -> None:
    files = (path.relative_to(ROOT).as_posix() for path in Path(ROOT, "tests").rglob("test_*.py"))
    assert any(file.startswith(start) for file in files)
