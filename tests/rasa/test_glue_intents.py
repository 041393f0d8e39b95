"""QuickLogisticRegressionClassifier must find what LogisticRegressionClassifier finds."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

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
