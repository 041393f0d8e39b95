from pathlib import Path

import pytest

from persona_router.content.learned_files import load_learned, save_learned
from persona_router.core.learned import Learned, LearnedModel
from persona_router.core.persona import Strength

ONE = Learned({"sprinter": {"haste": Strength(3.5, -1.25)}}, meaning_weight=1.5, temperature=1.1)
OTHER = Learned({"sprinter": {"haste": Strength(2.0)}}, meaning_weight=0.5)


@pytest.mark.parametrize(
    "model",
    [LearnedModel(), LearnedModel(ONE), LearnedModel(ONE, {"a": OTHER, "b": ONE, "c": OTHER})],
)
def test_saved_model_is_read_back(tmp_path: Path, model: LearnedModel) -> None:
    path = tmp_path / "learned.json"
    save_learned(model, path)
    assert load_learned(path) == model


@pytest.mark.parametrize("text", ["{}", "[]", '{"usual": 3, "folds": [], "held_out": {}}', "x"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "learned.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"learned|Expecting"):
        load_learned(path)
