"""QuickLogisticRegressionClassifier must find what LogisticRegressionClassifier finds."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.rasa.conversation import LANGUAGE
from persona_router.rasa.intents import QuickLogisticRegressionClassifier
from tests.rasa.parts import CONTEXT, storage

KINDS = ("sparse", "dense")
EXAMPLES = {
    "track_order": ["where is my parcel", "wo ist mein Paket", "¿dónde está mi pedido?"],
    "refund": ["I want my money back", "Geld zurück bitte", "أريد استرداد المبلغ"],
    "greet": ["hello", "Guten Tag", "مرحبا"],
}


def featurized(text: str, kinds: tuple[str, ...], intent: str | None = None) -> Message:
    """Return a message with counted characters as sparse and a made-up vector as dense feature."""
    message = Message({TEXT: text} | ({INTENT: intent} if intent else {}))
    if "sparse" in kinds:
        counts = np.bincount([ord(letter) % 40 for letter in text], minlength=40)
        row = scipy.sparse.coo_matrix([counts.astype(float)])
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, "letters"))
    if "dense" in kinds:
        vector = np.random.default_rng(len(text)).normal(size=(1, 6))
        message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "vectors"))
    return message


def trained(kind: type[LogisticRegressionClassifier], folder: Path, kinds: tuple[str, ...]):
    """Return the classifier as a model loads it."""
    config, models = kind.get_default_config(), storage(folder)
    resource = Resource(kind.__name__)
    data = TrainingData([featurized(t, kinds, i) for i, texts in EXAMPLES.items() for t in texts])
    kind.create(config, models, resource, CONTEXT).train(data)
    return kind.load(config, models, resource, CONTEXT)


@pytest.mark.parametrize("kinds", [KINDS, ("sparse",), ("dense",)], ids="+".join)
def test_the_same_intents_are_found_with_the_same_certainty(tmp_path: Path, kinds) -> None:
    found = []
    for kind in (LogisticRegressionClassifier, QuickLogisticRegressionClassifier):
        messages = [featurized(text, kinds) for text in ("wo ist es", "hello there", "dinero")]
        trained(kind, tmp_path / kind.__name__, kinds).process(messages)
        found.append([message.get("intent_ranking") for message in messages])
    theirs, ours = found
    for expected, ranking in zip(theirs, ours, strict=True):
        assert [each["name"] for each in ranking] == [each["name"] for each in expected]
        assert [each["confidence"] for each in ranking] == pytest.approx(
            [each["confidence"] for each in expected], abs=1e-5
        )


def test_two_intents_are_told_apart_as_by_the_original(tmp_path: Path) -> None:
    few = {name: EXAMPLES[name] for name in ("refund", "greet")}
    data = TrainingData([featurized(t, KINDS, i) for i, texts in few.items() for t in texts])
    config, models = QuickLogisticRegressionClassifier.get_default_config(), storage(tmp_path)
    parts = (config, models, Resource("two"), CONTEXT)
    QuickLogisticRegressionClassifier.create(*parts).train(data)
    [found] = QuickLogisticRegressionClassifier.load(*parts).process([featurized("hello", KINDS)])
    assert found.get(INTENT)["name"] == "greet"
    assert sum(each["confidence"] for each in found.get("intent_ranking")) == pytest.approx(1.0)


def test_features_stand_side_by_side_sparse_first() -> None:
    config = QuickLogisticRegressionClassifier.get_default_config()
    quick = QuickLogisticRegressionClassifier(config, "quick", None, None)
    messages = [featurized("aab", KINDS), featurized("Paket", KINDS)]
    matrix = quick._create_X(messages)
    assert matrix.shape == (2, 46)
    assert matrix[0, ord("a") % 40] == 2.0
    theirs = LogisticRegressionClassifier(config, "rasa", None, None)._create_X(messages)
    assert np.array_equal(matrix.toarray(), theirs.toarray())


def test_a_model_without_intents_is_loaded_untrained(tmp_path: Path) -> None:
    config = QuickLogisticRegressionClassifier.get_default_config()
    loaded = QuickLogisticRegressionClassifier.load(
        config, storage(tmp_path), Resource("none"), CONTEXT
    )
    assert not hasattr(loaded.clf, "coef_")


def in_language(text: str, code: str) -> Message:
    """Return a message of a conversation in a language, with both kinds of features."""
    message = featurized(text, KINDS)
    message.set(LANGUAGE, {"code": code})
    return message


def carrying(folder: Path, **settings) -> QuickLogisticRegressionClassifier:
    """Return the classifier as loaded, fitted on examples in German, English, Spanish, Arabic."""
    config = {**QuickLogisticRegressionClassifier.get_default_config(), **settings}
    models, resource = storage(folder), Resource("carrying")
    data = TrainingData([featurized(t, KINDS, i) for i, texts in EXAMPLES.items() for t in texts])
    QuickLogisticRegressionClassifier.create(config, models, resource, CONTEXT).train(data)
    return QuickLogisticRegressionClassifier.load(config, models, resource, CONTEXT)


def confidences(classifier, message: Message) -> dict[str, float]:
    classifier.process([message])
    return {each["name"]: each["confidence"] for each in message.get("intent_ranking")}


def test_a_language_with_few_examples_goes_by_meaning_alone(tmp_path: Path) -> None:
    classifier = carrying(tmp_path, few_examples=0.5)
    spanish = confidences(classifier, in_language("quiero mi dinero", "es"))
    # Of its letters nothing may count: with none at all, the same is found.
    without_letters = featurized("quiero mi dinero", ("dense",))
    without_letters.set(LANGUAGE, {"code": "es"})
    assert confidences(classifier, without_letters) == pytest.approx(spanish)
    german = confidences(classifier, in_language("quiero mi dinero", "de"))
    assert german != pytest.approx(spanish, abs=1e-3)
    assert sum(spanish.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("settings", [{"few_examples": 0}, {"few_examples": 0.5}])
def test_a_language_with_examples_is_classified_as_by_the_original(tmp_path, settings) -> None:
    expected = featurized("wo ist es", KINDS)
    trained(LogisticRegressionClassifier, tmp_path / "rasa", KINDS).process([expected])
    ranking = {each["name"]: each["confidence"] for each in expected.get("intent_ranking")}
    classifier = carrying(tmp_path / "ours", **settings)
    for language in ("de", "es") if settings["few_examples"] == 0 else ("de",):
        found = confidences(classifier, in_language("wo ist es", language))
        assert found == pytest.approx(ranking, abs=1e-5)


def test_nothing_is_carried_over_without_sentence_vectors(tmp_path: Path) -> None:
    classifier = trained(QuickLogisticRegressionClassifier, tmp_path, ("sparse",))
    message = featurized("quiero mi dinero", ("sparse",))
    message.set(LANGUAGE, {"code": "es"})
    assert sum(confidences(classifier, message).values()) == pytest.approx(1.0)


def test_a_model_of_an_earlier_release_is_loaded_without_what_is_carried_over(tmp_path) -> None:
    classifier = carrying(tmp_path, few_examples=0.5)
    [file] = tmp_path.rglob("intents.npz")
    with np.load(file) as stored:
        earlier = {name: stored[name] for name in ("coefficients", "intercepts", "intents")}
    np.savez(file, **earlier)
    config = QuickLogisticRegressionClassifier.get_default_config()
    loaded = QuickLogisticRegressionClassifier.load(
        config, storage(tmp_path), Resource("carrying"), CONTEXT
    )
    german = in_language("wo ist es", "de")
    assert confidences(loaded, in_language("wo ist es", "es")) == pytest.approx(
        confidences(classifier, german)
    )


@pytest.mark.parametrize("number", [-0.1, "many", 2, True, float("nan")])
def test_a_share_of_examples_that_is_none_is_refused(number) -> None:
    config = QuickLogisticRegressionClassifier.get_default_config()
    with pytest.raises(
        InvalidConfigException, match=r"few_examples.*a share of the examples, 0 to 1"
    ):
        QuickLogisticRegressionClassifier.validate_config({**config, "few_examples": number})
