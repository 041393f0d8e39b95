import numpy as np
import pytest
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.encoder import LONGEST, shared_encoder
from persona_router.rasa.encoder import VECTOR, SentenceEncoder
from tests.rasa.parts import CONTEXT, RESOURCE, message


@pytest.fixture(scope="module")
def component() -> SentenceEncoder:
    return SentenceEncoder.create(
        {**SentenceEncoder.get_default_config(), "scale": 3.0}, None, RESOURCE, CONTEXT
    )


def features(found: Message) -> np.ndarray:
    [only] = [f for f in found.features if f.type == FEATURE_TYPE_SENTENCE]
    return np.asarray(only.features)


def test_message_carries_one_vector_as_feature_and_for_sharing(component: SentenceEncoder) -> None:
    [found] = component.process([message("¿Dónde está mi pedido?")])
    vector = found.get(VECTOR)
    assert vector.shape == (512,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)
    assert features(found).shape == (1, 512)
    assert features(found)[0] == pytest.approx(vector * 3.0)


def test_sentences_of_one_meaning_are_near_in_every_language(component: SentenceEncoder) -> None:
    texts = ["Where is my order?", "Wo ist meine Bestellung?", "أين طلبي؟", "I like jazz music"]
    vectors = [m.get(VECTOR) for m in component.process([message(text) for text in texts])]
    near = [float(vectors[0] @ other) for other in vectors[1:]]
    assert near[0] > 0.7
    assert near[1] > 0.6
    assert near[2] < 0.3


def test_vector_is_encoded_once_and_the_memory_gives_it_again(component: SentenceEncoder) -> None:
    [found] = component.process([message("Je cherche mon colis")])
    assert np.array_equal(shared_encoder().encode(["Je cherche mon colis"])[0], found.get(VECTOR))


def test_batches_give_the_same_vectors_in_the_same_order(component: SentenceEncoder) -> None:
    texts = [f"order number {number}" for number in range(130)]
    batch = component.process([message(text) for text in texts])
    for place in (0, 63, 64, 129):
        [alone] = component.process([message(texts[place])])
        assert batch[place].get(VECTOR) == pytest.approx(alone.get(VECTOR), abs=1e-4)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud83d", "🙂🙂", "‮"], ids=repr)
def test_text_without_words_has_a_finite_vector(component: SentenceEncoder, text: str) -> None:
    [found] = component.process([message(text)])
    assert np.isfinite(found.get(VECTOR)).all()


def test_message_without_text_has_a_vector_too(component: SentenceEncoder) -> None:
    [found] = component.process([Message(data={})])
    assert np.isfinite(found.get(VECTOR)).all()


def test_long_text_is_cut_before_it_is_encoded(component: SentenceEncoder) -> None:
    start = "wo bleibt mein Paket? " * 60
    assert len(start) > LONGEST
    long, longer = component.process([message(start), message(start + "x" * 20_000)])
    assert np.array_equal(long.get(VECTOR), longer.get(VECTOR))


def test_training_examples_are_featurized_and_responses_left_alone(
    component: SentenceEncoder,
) -> None:
    examples = TrainingData([Message(data={TEXT: "hallo"}), Message(data={"response": "hi"})])
    spoken, silent = component.process_training_data(examples).training_examples
    assert features(spoken).shape == (1, 512)
    assert silent.features == []
