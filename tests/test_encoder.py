import numpy as np
import pytest

from persona_router import encoder as module
from persona_router.encoder import DIMENSIONS, LONGEST, Encoder, shared_encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return shared_encoder()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> tuple[Encoder, list[str]]:
    """An encoder with an empty memory, and the texts that it really had to encode."""
    encoded: list[str] = []
    real = encoder._use

    class Counting:
        def encode(self, texts: list[str]) -> np.ndarray:
            encoded.extend(texts)
            return real.encode(texts)

    monkeypatch.setattr(encoder, "_use", Counting())
    monkeypatch.setattr(encoder, "_recent", {})
    return encoder, encoded


def test_vectors_are_unit_vectors_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.encode(["wo ist mein Paket", "cancel my order"])
    assert vectors.shape == (2, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-3)
    again = encoder.encode(["cancel my order", "wo ist mein Paket"])
    assert np.array_equal(again, vectors[::-1])


def test_vectors_of_one_meaning_are_close_in_all_languages(encoder: Encoder) -> None:
    english, german, spanish, arabic, other = encoder.encode(
        [
            "I want to cancel my order",
            "Ich möchte meine Bestellung stornieren",
            "Quiero cancelar mi pedido",
            "أريد إلغاء طلبي",
            "The weather is nice today",
        ]
    )
    for translated in (german, spanish, arabic):
        assert english @ translated > 0.6
    assert english @ other < 0.3


def test_encode_of_nothing_is_an_empty_array(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize("text", ["", " ", "🙂", "\x00", "\u202e", "x" * 20_000])
def test_encode_survives_odd_texts(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_encode_remembers_recent_texts(counting) -> None:
    encoder, encoded = counting
    encoder.encode(["a", "b", "a"])
    encoder.encode(["b", "c"])
    assert encoded == ["a", "b", "c"]


def test_encode_cuts_long_texts(counting) -> None:
    encoder, encoded = counting
    encoder.encode(["x" * (LONGEST + 1), "x" * (LONGEST + 2)])
    assert encoded == ["x" * LONGEST]


def test_encode_forgets_the_oldest_texts(counting, monkeypatch) -> None:
    encoder, encoded = counting
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    vectors = encoder.encode(["a", "b", "c"])
    assert vectors.shape == (3, DIMENSIONS)
    encoder.encode(["c", "b"])
    encoder.encode(["a"])
    assert encoded == ["a", "b", "c", "a"]


def test_shared_encoder_is_one() -> None:
    assert shared_encoder() is shared_encoder()


def test_many_texts_in_several_threads_keep_their_order(encoder: Encoder) -> None:
    texts = [f"Bestellung {number}" for number in range(150)]
    vectors = encoder.encode(texts)
    assert vectors.shape == (150, DIMENSIONS)
    for place in (0, 63, 64, 149):
        alone = Encoder().encode([texts[place]])[0]
        assert np.allclose(vectors[place], alone, atol=1e-5)
