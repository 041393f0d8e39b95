import numpy as np
import pytest
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import HashingVectorizer

from persona_router.rasa.ngrams import CharacterNgrams
from persona_router.spelling import spelling
from tests.rasa.parts import CONTEXT, RESOURCE, message


@pytest.fixture(scope="module")
def component() -> CharacterNgrams:
    config = CharacterNgrams.get_default_config()
    return CharacterNgrams.create(config, None, RESOURCE, CONTEXT)


def columns(component: CharacterNgrams, text: str) -> frozenset[int]:
    """Return which letter sequences a text has."""
    [found] = component.process([message(text)])
    [only] = [f for f in found.features if f.type == FEATURE_TYPE_SENTENCE]
    assert only.features.shape == (1, CharacterNgrams.get_default_config()["columns"])
    return frozenset(only.features.col.tolist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wo ist 4471903?", "wo ist 0000000?"),
        ("¿Dónde ESTÁ?", "¿donde esta?"),
        ("أين الطلب ٤٤٧", "اين الطلب 000"),
    ],
)
def test_spelling_is_folded_and_every_digit_alike(text: str, expected: str) -> None:
    assert spelling(text) == expected


def test_numbers_of_one_length_are_one_spelling(component: CharacterNgrams) -> None:
    assert columns(component, "order 4471903") == columns(component, "Order 8812093")
    assert columns(component, "order 4471903") != columns(component, "invoice 4471903")


def test_dialect_form_shares_letters_with_its_standard(component: CharacterNgrams) -> None:
    standard, dialect, other = (
        columns(component, text) for text in ("zurückschicken", "zruckschicken", "bezahlen")
    )
    assert len(standard & dialect) > 3 * len(standard & other)


@pytest.mark.parametrize(
    "text", ["Wo ist mein Paket 4471903?", "a", "çok   teşekkürler", "أين الطلب", "ab a ab", "🙂"]
)
def test_letter_sequences_are_those_of_scikit_learn(component: CharacterNgrams, text: str) -> None:
    vectorizer = HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), n_features=8_192, alternate_sign=False,
        binary=True, preprocessor=spelling,
    )  # fmt: skip
    [found] = component.process([message(text)])
    theirs = vectorizer.transform([text]).toarray() * 4.0
    assert np.allclose(found.features[-1].features.toarray(), theirs)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud83d", "🙂", "x" * 20_000], ids=len)
def test_any_text_has_features(component: CharacterNgrams, text: str) -> None:
    columns(component, text)


def test_training_examples_are_featurized_and_responses_left_alone(
    component: CharacterNgrams,
) -> None:
    examples = TrainingData([Message(data={TEXT: "hallo"}), Message(data={"response": "hi"})])
    spoken, silent = component.process_training_data(examples).training_examples
    assert len(spoken.features) == 1
    assert silent.features == []


@pytest.mark.parametrize(("shortest", "longest"), [(0, 3), (4, 2), (1, 9)])
def test_lengths_that_make_no_range_are_refused(shortest: int, longest: int) -> None:
    config = {**CharacterNgrams.get_default_config(), "shortest": shortest, "longest": longest}
    with pytest.raises(ValueError, match=f"shortest {shortest} and longest {longest}"):
        CharacterNgrams.validate_config(config)


def test_fingerprint_tells_spellings_apart_and_repeats(component: CharacterNgrams) -> None:
    def fingerprint(text: str) -> str:
        [found] = component.process([message(text)])
        [feature] = [f for f in found.features if f.type == FEATURE_TYPE_SENTENCE]
        return feature.fingerprint()

    assert fingerprint("Wo ist mein Paket?") == fingerprint("Wo ist mein Paket?")
    assert fingerprint("Wo ist mein Paket?") != fingerprint("Wo ist dein Paket?")
