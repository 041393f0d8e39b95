from pathlib import Path

import pytest
import yaml

from persona_router.content.crowds import DEFAULT_CROWD, parts_of, read_crowd
from persona_router.content.errors import ContentError
from persona_router.content.examples import read_cases

ROOT = Path(__file__).resolve().parents[2]


def test_packaged_crowd_is_read() -> None:
    crowd = read_crowd()
    assert crowd.days == 90
    assert len(crowd.hours) == 24
    assert crowd.personas["sprinter"] == (0.3, 0.45)
    assert crowd.manners.ratings == (0.06, 0.06, 0.13, 0.3, 0.45)


def test_packaged_crowd_names_what_the_sample_assistant_has() -> None:
    parts = parts_of(read_cases(ROOT / "data" / "personas" / "examples.jsonl"))
    crowd = read_crowd()
    assert set(crowd.languages) == {part.language for part in parts}
    assert set(crowd.personas) == {part.persona for part in parts} - {None}


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("days", 0, "days: 0 is outside 1 to 1000. Write a number of that range."),
        ("hours", [1] * 23, "hours: It has 23 weights. Write 24 numbers."),
        ("weekdays", [0] * 7, "weekdays: All weights are 0. Write one that is more."),
        ("growth", -1.0, "growth: '-1.0' is no weight. Write a number from 0 to 1000000."),
        ("languages", {"de": -3.0}, "languages.de: '-3.0' is no weight. Write a number"),
        ("personas", {"vip": [1]}, "personas.vip: It has 1 weights. Write 2 numbers."),
        ("manners", {"judges": 2.0}, "manners.judges: 2.0 is outside 0 to 1."),
        ("weather", "fine", "weather: Unknown key 'weather'. Known: days, hours,"),
    ],
)
def test_fault_is_told_with_its_place(tmp_path: Path, key: str, value: object, fault: str) -> None:
    content = yaml.safe_load(DEFAULT_CROWD.read_text(encoding="utf-8"))
    path = tmp_path / "crowd.yml"
    path.write_text(yaml.safe_dump({**content, key: value}), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        read_crowd(path)
    assert fault in str(raised.value)


def test_missing_key_is_told(tmp_path: Path) -> None:
    content = yaml.safe_load(DEFAULT_CROWD.read_text(encoding="utf-8"))
    del content["growth"]
    path = tmp_path / "crowd.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ContentError, match=r"growth: It is missing"):
        read_crowd(path)
