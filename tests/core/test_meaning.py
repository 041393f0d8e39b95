import numpy as np
import pytest

from persona_router.core.meaning import LinearClassifier, MeaningModel

SIDES = LinearClassifier(("left", "right"), np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
WISH = LinearClassifier(("other", "wish"), np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))


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
    assert MeaningModel().person_wish([np.zeros(2)]) == 0.0


def test_person_wish_is_that_of_the_clearest_sentence() -> None:
    model = MeaningModel(wish=WISH)
    vectors = [np.array([5.0, 0.0]), np.array([0.0, np.log(9.0)]), np.array([2.0, 0.0])]
    assert model.person_wish(vectors) == pytest.approx(0.9)


def test_person_wish_of_no_sentence_is_zero() -> None:
    assert MeaningModel(wish=WISH).person_wish([]) == 0.0


def test_person_wish_of_a_model_without_that_label_is_zero() -> None:
    assert MeaningModel(wish=SIDES).person_wish([np.array([1.0, 0.0])]) == 0.0
