import numpy as np

from persona_router.content.wish_fit import fit_wishes
from persona_router.core.meaning import Sentence
from persona_router.spelling import letter_columns

LEFT, RIGHT = np.eye(2)


def sentences(text: str, vector: np.ndarray, times: int) -> list[Sentence]:
    return [Sentence(vector, letter_columns(text))] * times


def test_fit_wishes_needs_five_examples_of_two_labels() -> None:
    assert fit_wishes([], []) is None
    assert fit_wishes(sentences("a", LEFT, 9), ["none"] * 9) is None
    few = [*sentences("a", LEFT, 9), *sentences("b", RIGHT, 4)]
    assert fit_wishes(few, ["none"] * 9 + ["wish_phone"] * 4) is None


def test_fit_wishes_learns_from_meaning_and_from_letters() -> None:
    shown = [
        *sentences("wo ist mein Paket", LEFT, 9),
        *sentences("ruft mich an", RIGHT, 9),
        *sentences("bloß nicht anrufen", LEFT, 9),
    ]
    labels = ["none"] * 9 + ["wish_phone"] * 9 + ["refuse_phone"] * 9
    classifier = fit_wishes(shown, labels)
    assert classifier is not None
    for sentence, label in zip(shown[::9], labels[::9], strict=True):
        found = classifier.probabilities(sentence.vector, sentence.columns)
        assert max(found, key=found.__getitem__) == label
    similar = classifier.probabilities(LEFT, letter_columns("blos nich anruffen"))
    assert similar["refuse_phone"] > similar["none"]


def test_fit_wishes_keeps_the_shares_of_the_labels() -> None:
    shown = [*sentences("x", LEFT, 45), *sentences("x", LEFT, 5)]
    classifier = fit_wishes(shown, ["none"] * 45 + ["wish_phone"] * 5)
    assert classifier is not None
    assert 0.85 < classifier.probabilities(LEFT, letter_columns("x"))["none"] < 0.95
