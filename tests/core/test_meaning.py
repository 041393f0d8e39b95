import numpy as np
import pytest

from persona_router.core.meaning import LinearClassifier, MeaningModel, Sentence

SIDES = LinearClassifier(("left", "right"), np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
WISHES = LinearClassifier(
    ("none", "refuse_phone", "wish_agent", "wish_phone"),
    np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]),
    np.zeros(4),
    np.log([[1.0, 1.0, 1.0, 8.0], [1.0, 1.0, 5.0, 1.0], [1.0, 1.0, 1.0, 1.0]]),
)


def sentence(vector: list[float], *columns: int) -> Sentence:
    return Sentence(np.array(vector), np.array(columns, dtype=np.int32))


def test_probabilities_are_a_softmax_of_the_scores() -> None:
    found = SIDES.probabilities(np.array([np.log(3.0), 0.0]))
    assert found == pytest.approx({"left": 0.75, "right": 0.25})


@pytest.mark.parametrize("size", [1e4, -1e4, 1e300])
def test_probabilities_survive_huge_scores(size: float) -> None:
    found = SIDES.probabilities(np.array([size, 0.0]))
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["left"] == pytest.approx(float(size > 0))


def test_bias_moves_the_odds() -> None:
    biased = LinearClassifier(("a", "b"), np.zeros((2, 2)), np.array([np.log(4.0), 0.0]))
    assert biased.probabilities(np.zeros(2)) == pytest.approx({"a": 0.8, "b": 0.2})


def test_persona_probabilities_of_a_labelled_case_come_from_the_model_without_it() -> None:
    mirrored = LinearClassifier(("right", "left"), SIDES.weights, SIDES.bias)
    model = MeaningModel(persona=SIDES, held_out={"en-001": mirrored})
    vector = np.array([9.0, 0.0])
    assert model.persona_probabilities(vector)["left"] > 0.99
    assert model.persona_probabilities(vector, case="en-001")["right"] > 0.99
    assert model.persona_probabilities(vector, case="en-002")["left"] > 0.99


def test_meaning_of_an_unfitted_model_is_unknown() -> None:
    assert MeaningModel().persona_probabilities(np.zeros(2)) == {}
    assert MeaningModel().wishes([sentence([0.0, 0.0])]) == {}


def test_wishes_are_those_of_the_clearest_sentence() -> None:
    found = MeaningModel(wish=WISHES).wishes([sentence([0.0, 0.0]), sentence([0.0, 0.0], 0)])
    assert found["wish_phone"] == pytest.approx(8 / 14)
    assert found["wish_"] == pytest.approx(9 / 13)
    assert found["refuse_phone"] == pytest.approx(1 / 7)
    assert "none" not in found


def test_wishes_in_a_story_must_be_clearer_than_alone() -> None:
    said, told = sentence([0.0, 0.0], 0), sentence([0.0, 0.0])
    alone = MeaningModel(wish=WISHES).wishes([said])
    within = MeaningModel(wish=WISHES).wishes([told, told, said, told, told])
    assert alone["wish_phone"] == pytest.approx(8 / 11)
    assert within["wish_phone"] == pytest.approx(8 / 23)


def test_wishes_add_up_over_the_letters_of_a_sentence() -> None:
    found = MeaningModel(wish=WISHES).wishes([sentence([0.0, 0.0], 0, 1)])
    eight, five = 8 ** (1 / 2**0.5), 5 ** (1 / 2**0.5)
    assert found["wish_phone"] == pytest.approx(eight / (2 + five + eight))


def test_wishes_of_no_sentence_are_none() -> None:
    assert MeaningModel(wish=WISHES).wishes([]) == {}
