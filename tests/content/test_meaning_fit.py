from pathlib import Path

import numpy as np
import pytest

from persona_router.content.examples import Case
from persona_router.content.meaning_fit import (
    fit_held_out,
    fit_persona,
    load_meaning,
    save_meaning,
)
from persona_router.core.meaning import LinearClassifier, MeaningModel, Sentence

LEFT, RIGHT, UP = np.eye(3)


def case(id_: str, persona: str | None) -> Case:
    return Case(id_, "en", persona, (), None, False, ())


def test_fit_persona_tells_apart_what_differs() -> None:
    classifier = fit_persona([LEFT, RIGHT, UP] * 5, ["a", "b", "c"] * 5)
    assert classifier is not None
    assert classifier.labels == ("a", "b", "c")
    assert max(classifier.probabilities(RIGHT).items(), key=lambda p: p[1])[0] == "b"


def test_fit_persona_of_two_has_a_row_for_each() -> None:
    classifier = fit_persona([LEFT, RIGHT] * 5, ["a", "b"] * 5)
    assert classifier is not None
    assert classifier.weights.shape == (2, 3)
    found = classifier.probabilities(LEFT)
    assert found["a"] > 0.6
    assert found["a"] + found["b"] == pytest.approx(1.0)
    assert classifier.probabilities(RIGHT)["b"] == pytest.approx(found["a"], abs=1e-3)


def test_fit_persona_of_one_is_none() -> None:
    assert fit_persona([LEFT, RIGHT], ["a", "a"]) is None


def test_fit_held_out_leaves_each_case_out_of_its_own_model() -> None:
    # One case is labelled against all others: only a model without it can contradict its label.
    cases = [case(str(n), "a" if n % 2 else "b") for n in range(20)] + [case("odd", "a")]
    vectors = [[LEFT if n % 2 else RIGHT] for n in range(20)] + [[UP]]
    held_out = fit_held_out(cases, vectors)
    assert set(held_out) == {c.id for c in cases}
    everything = fit_persona([v[0] for v in vectors], [str(c.persona) for c in cases])
    assert everything is not None
    assert everything.probabilities(UP)["a"] > held_out["odd"].probabilities(UP)["a"]


def test_fit_held_out_knows_what_could_be_anybodys() -> None:
    nobodys = [case(f"x{n}", None) for n in range(12)]
    cases = [*nobodys, *(case(str(n), "ab"[n % 2]) for n in range(12))]
    vectors = [*([UP] for _ in nobodys), *([[LEFT, RIGHT][n % 2]] for n in range(12))]
    held_out = fit_held_out(cases, vectors)
    assert set(held_out) == {c.id for c in cases}
    assert held_out["x0"].probabilities(UP)["none"] > 0.5


def test_what_could_be_anybodys_is_as_likely_of_each_persona() -> None:
    classifier = fit_persona([LEFT, RIGHT, UP] * 8, ["a", "b", "none"] * 8)
    told = MeaningModel(classifier).persona_probabilities(UP)
    assert told["none"] > 0.5
    assert told["a"] == pytest.approx(told["b"], abs=0.01)
    assert told["a"] + told["b"] == pytest.approx(1.0)


def test_fit_held_out_of_a_single_persona_is_empty() -> None:
    assert fit_held_out([case("x", "a"), case("y", "a")], [[LEFT], [RIGHT]]) == {}


def test_saved_meaning_says_the_same_again(tmp_path: Path) -> None:
    persona = fit_persona([LEFT, RIGHT, UP] * 5, ["a", "b", "c"] * 5)
    letters = np.zeros((3, 2))
    wish = LinearClassifier(("none", "wish_phone"), np.eye(2, 3), np.zeros(2), letters)
    assert persona is not None
    path = tmp_path / "m.npz"
    save_meaning(MeaningModel(persona, wish, {"de-001|x": persona}), path)
    loaded = load_meaning(path)
    expected = {**persona.probabilities(UP), "none": 0.0}
    assert loaded.persona_probabilities(UP) == pytest.approx(expected, abs=1e-5)
    assert loaded.persona_probabilities(UP, case="de-001|x") == pytest.approx(expected, abs=1e-5)
    sentence = Sentence(RIGHT, np.array([0, 2], dtype=np.int32))
    assert loaded.wishes([sentence]) == pytest.approx(MeaningModel(wish=wish).wishes([sentence]))


def test_saved_meaning_of_nothing_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    save_meaning(MeaningModel(), path)
    assert load_meaning(path).persona_probabilities(UP) == {}


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 cut off", b"\x80\x04N."])
def test_load_meaning_of_another_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"pickled data|is no saved meaning model"):
        load_meaning(path)


def test_load_meaning_of_other_arrays_is_an_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", **{"persona|labels": np.zeros(2)})
    with pytest.raises(ValueError, match=r"is no saved meaning model\. Train again\."):
        load_meaning(tmp_path / "m.npz")


def test_load_meaning_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"m\.npz"):
        load_meaning(tmp_path / "m.npz")
