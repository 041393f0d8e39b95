import copy

import numpy as np
import scipy.sparse
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.rasa.examples import Example, with_quick_examples
from persona_router.rasa.features import LetterFeature, SentenceFeature


def example(text: str = "Wo ist mein Paket?", intent: str = "track_order") -> Example:
    return Example({TEXT: text, INTENT: intent, ENTITIES: [{"entity": "order", "start": 0}]})


def test_copy_shares_nothing_that_can_be_changed() -> None:
    original = example()
    original.add_features(SentenceFeature(np.ones((1, 3)), "encoder"))
    copied = copy.deepcopy(original)
    copied.get(ENTITIES)[0]["entity"] = "invoice"
    copied.set(INTENT, "get_invoice", add_to_output=True)
    copied.add_features(SentenceFeature(np.zeros((1, 3)), "other"))
    assert original.get(ENTITIES) == [{"entity": "order", "start": 0}]
    assert original.get(INTENT) == "track_order"
    assert original.output_properties == {TEXT}
    assert len(original.features) == 1
    assert isinstance(copied, Example)


def test_copy_is_equal_until_changed() -> None:
    original = example()
    copied = copy.deepcopy(original)
    assert copied == original
    copied.set(TEXT, "¿Dónde está mi paquete?")
    assert copied != original


def test_examples_differ_by_text_intent_entities_tokens_and_features() -> None:
    tokens, vector, letters = example(), example(), example()
    tokens.set(TEXT_TOKENS, [Token("Wo", 0), Token("ist", 3)])
    vector.add_features(SentenceFeature(np.ones((1, 3)), "encoder"))
    row = scipy.sparse.coo_matrix(([1.0], ([0], [5])), shape=(1, 9))
    letters.add_features(LetterFeature(row, "ngrams", usual=True))
    plain = Example({TEXT: "Wo ist mein Paket?", INTENT: "track_order"})
    others = [example("Wo bleibt mein Paket?"), example(intent="greet"), tokens, vector, letters]
    assert len({one.fingerprint() for one in [example(), plain, *others]}) == 7


def test_tokens_count_with_their_data_and_places() -> None:
    def of(token: Token) -> str:
        told = example()
        told.set(TEXT_TOKENS, [token])
        return told.fingerprint()

    tagged = Token("Paket", 0, data={"pos": "NOUN"})
    assert of(Token("Paket", 0)) == of(Token("Paket", 0))
    assert len({of(Token("Paket", 0)), of(Token("Paket", 2)), of(tagged)}) == 3


def test_training_data_keeps_its_content_and_merges_as_ever() -> None:
    messages = [Message({TEXT: t, INTENT: "greet"}) for t in ("salut", "merhaba", "salut")]
    data = TrainingData(messages, {"colis": "paquet"}, responses={"utter": [{"text": "!"}]})
    quick = with_quick_examples(data)
    assert [m.get(TEXT) for m in quick.training_examples] == ["salut", "merhaba"]
    assert quick.entity_synonyms == {"colis": "paquet"}
    merged = quick.merge(TrainingData([Message({TEXT: "cześć", INTENT: "greet"})]))
    assert [m.get(TEXT) for m in merged.training_examples] == ["salut", "merhaba", "cześć"]
    assert merged.responses == {"utter": [{"text": "!"}]}


def test_features_are_hashed_by_their_numbers() -> None:
    def sparse(*columns: int) -> LetterFeature:
        values = np.ones(len(columns))
        row = scipy.sparse.coo_matrix((values, (np.zeros(len(columns)), columns)), shape=(1, 9))
        return LetterFeature(row, "ngrams", usual=True)

    assert sparse(1, 5).fingerprint() == sparse(1, 5).fingerprint()
    assert sparse(1, 5).fingerprint() != sparse(1, 6).fingerprint()
    one, two = (SentenceFeature(np.array([[n, 0.0]]), "encoder") for n in (1.0, 2.0))
    assert one.fingerprint() != two.fingerprint()
