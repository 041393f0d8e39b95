import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.text import MAX_CHARACTERS, fold, sentences, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("¿Dónde ESTÁ mi pedido?", "¿donde esta mi pedido?", id="es"),
        pytest.param("Straße", "strasse", id="de-sharp-s"),
        pytest.param("Rückerstattung", "ruckerstattung", id="de-umlaut"),
        pytest.param("İADE", "iade", id="tr-dotted-capital"),
        pytest.param("أُريدُ إلغاءَ الطلبيّة", "اريد الغاء الطلبيه", id="ar-vocalised"),
        pytest.param("مـــرحبا", "مرحبا", id="ar-stretched"),
        pytest.param("مستشفى", "مستشفي", id="ar-final-ya"),
        pytest.param("don’t call me", "don't call me", id="en-curly-apostrophe"),
        pytest.param("don´t  CALL\tme", "don't call me", id="en-acute-accent-as-apostrophe"),
        pytest.param("e‑mail", "e-mail", id="non-breaking-hyphen"),
        pytest.param("ＯＫ！", "ok!", id="full-width"),
        pytest.param("a\u202eb\u200bc\x00d", "abcd", id="invisible"),
        pytest.param("", "", id="empty"),
        pytest.param("🙏🏽👨‍👩‍👧", "🙏🏽👨👩👧", id="emoji"),
        pytest.param("Zażółć gęślą jaźń", "zazolc gesla jazn", id="pl-strokes"),
        pytest.param("IŞIK ılık İzmir", "isik ilik izmir", id="tr-dots"),
    ],
)
def test_fold_gives_each_phrase_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_looks_at_a_bounded_part_of_a_long_text() -> None:
    assert fold("x" * 20_000) == "x" * MAX_CHARACTERS


@given(st.text(max_size=300))
def test_fold_never_raises_and_leaves_single_blanks(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert "\x00" not in folded


@given(st.lists(st.sampled_from(["\x00", "\u202e", "\ud800", "ﷺ", "ß", "İ", "ا", "\n", "a\u0301"])))
def test_fold_never_raises_on_odd_characters(pieces: list[str]) -> None:
    assert isinstance(fold("".join(pieces)), str)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Wo ist mein Paket?", ("Wo", "ist", "mein", "Paket"), id="de"),
        pytest.param("don't I’ve", ("don't", "I’ve"), id="apostrophes"),
        pytest.param("order 4471903!", ("order", "4471903"), id="number"),
        pytest.param("مُحَمَّد يسأل", ("محمد", "يسأل"), id="ar-vocalised-is-one-word"),
        pytest.param("cafe\u0301 creme", ("café", "creme"), id="decomposed"),
        pytest.param("🙂 … !? —", (), id="no-words"),
        pytest.param("snake_case", ("snake", "case"), id="underscore"),
    ],
)
def test_words_are_what_a_reader_counts(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


def test_words_of_a_long_text_are_bounded() -> None:
    assert len(words("ab " * 20_000)) == 1_334


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Hi. Where is it? Now!", ("Hi.", "Where is it?", "Now!"), id="en"),
        pytest.param("أين طلبي؟ شكرا", ("أين طلبي؟", "شكرا"), id="ar"),
        pytest.param("one\n\n🙂\ntwo", ("one", "two"), id="lines-without-words-are-none"),
        pytest.param("Kostet 12.50 EUR.", ("Kostet 12.50 EUR.",), id="decimal-point"),
        pytest.param("", (), id="empty"),
    ],
)
def test_sentences_end_at_marks_and_lines(text: str, found: tuple[str, ...]) -> None:
    assert sentences(text) == found


def test_sentences_keeps_the_last_ones() -> None:
    assert sentences("a. b. c. d.", limit=2) == ("c.", "d.")
