from pathlib import Path

import pytest
import yaml

from persona_router.content.brand import DEFAULT_BRAND, read_answers, read_brand
from persona_router.content.errors import ContentError

MODEL = read_brand()


def written(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_answers_are_read_and_empty_ones_left_out(tmp_path: Path) -> None:
    file = written(tmp_path / "brand.yml", {"answers": {"reach": 4, "time": None, "weekly": 1}})
    assert read_answers(file, MODEL) == {"reach": 4, "weekly": 1}


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"reach": 6}, "answers.reach: 6 is outside 1 to 5."),
        ({"reach": "often"}, "answers.reach: 'often' is not a whole number."),
        ({"mood": 3}, "answers.mood: Unknown key 'mood'. Known: reach, same_person,"),
    ],
)
def test_wrong_answer_names_value_and_choices(
    tmp_path: Path, answers: dict[str, object], fault: str
) -> None:
    with pytest.raises(ContentError) as raised:
        read_answers(written(tmp_path / "brand.yml", {"answers": answers}), MODEL)
    assert fault in str(raised.value)


def test_unknown_axis_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load(DEFAULT_BRAND.read_text(encoding="utf-8"))
    content["questions"]["reach"]["axis"] = "charm"
    with pytest.raises(ContentError, match=r"Unknown axis 'charm'\. Choose from human_touch"):
        read_brand(written(tmp_path / "model.yml", content))


def test_type_needs_every_axis(tmp_path: Path) -> None:
    content = yaml.safe_load(DEFAULT_BRAND.read_text(encoding="utf-8"))
    del content["types"]["selfie"]["metrics"]
    with pytest.raises(ContentError, match=r"types.selfie.metrics: It is missing"):
        read_brand(written(tmp_path / "model.yml", content))
