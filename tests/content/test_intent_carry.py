import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from persona_router.content.intent_carry import CarriedIntents, fit_carried, languages_with_few
from persona_router.content.languages import profile_detector

EXAMPLES = [
    "Ich möchte meine Bestellung stornieren",
    "Wo bleibt mein Paket?",
    "Where is my parcel, please?",
    "¿Cuándo llega mi pedido?",
]


@pytest.fixture(scope="module")
def carried() -> CarriedIntents:
    """Two intents on either side of a line, and a third amid the examples of the second."""
    random = np.random.default_rng(3)
    left, right = random.normal([-3, 0, 1], 0.3, (40, 3)), random.normal([3, 0, 1], 0.3, (40, 3))
    island = random.normal([2, 2, 1], 0.05, (6, 3))
    labels = np.repeat([0, 1, 2], [40, 40, 6])
    return fit_carried(np.concatenate([left, right, island]), labels)


@pytest.mark.parametrize(
    ("vector", "intent"), [((-2.0, 0.1, 1.0), 0), ((4.0, -0.2, 1.0), 1), ((2.0, 2.0, 1.0), 2)]
)
def test_carried_intents_find_the_intent_whose_examples_are_near(carried, vector, intent) -> None:
    shares = carried.shares(np.asarray(vector))
    assert shares.argmax() == intent
    assert shares[intent] > 0.6


def test_carried_intents_do_not_depend_on_the_length_of_a_vector(carried) -> None:
    vector = np.asarray([1.0, 2.0, 3.0])
    assert carried.shares(vector * 7) == pytest.approx(carried.shares(vector), abs=1e-5)


@given(arrays(float, 3, elements=st.floats(-10, 10)))
def test_carried_shares_are_probabilities(carried, vector) -> None:
    shares = carried.shares(vector)
    assert shares.shape == (3,)
    assert np.all(shares >= 0)
    assert shares.sum() == pytest.approx(1.0, abs=1e-6)


def test_carried_intents_do_with_fewer_examples_than_neighbours_are_asked() -> None:
    carried = fit_carried(np.eye(3), np.arange(3))
    assert carried.shares(np.asarray([0.0, 1.0, 0.0])).argmax() == 1


def test_languages_with_few_are_counted_as_they_are_identified() -> None:
    languages = ("de", "en", "es", "tr")
    identify = profile_detector(languages)
    assert languages_with_few(EXAMPLES, languages, identify, few=0.2) == {"tr"}
    assert languages_with_few(EXAMPLES, languages, identify, few=0.6) == {"en", "es", "tr"}
    assert languages_with_few(EXAMPLES, languages, identify, few=0) == frozenset()
    assert languages_with_few([], languages, identify, few=0.2) == frozenset()
