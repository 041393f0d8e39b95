import re

import pytest

from persona_router.core.lexicon import Lexicon, compile_phrases
from persona_router.core.text import fold


def says(phrase: str, text: str) -> bool:
    return Lexicon(language="xx", patterns={"it": compile_phrases([phrase])}).says("it", fold(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        pytest.param("call me", "Please CALL ME today", id="en"),
        pytest.param("don't call", "please don’t call", id="en-curly-apostrophe"),
        pytest.param("rückruf*", "ich möchte Rückrufe", id="de-any-ending"),
        pytest.param("(sprechen|reden)", "kann ich mit wem reden?", id="de-either"),
        pytest.param("mit ... sprechen", "mit einem echten Menschen sprechen", id="de-gap"),
        pytest.param("mit ... sprechen", "mit sprechen", id="gap-of-nothing"),
        pytest.param("(llámame|que me llame*)", "que me llamen mañana", id="es"),
        pytest.param("أريد موظفًا", "أُريدُ مُوظفا", id="ar-vocalised"),
        pytest.param("c++", "I love c++ a lot", id="literal-marks"),
        pytest.param("^stop$", " STOP!! ", id="whole-message"),
        pytest.param("^nada( gracias|)$", "¡Nada gracias!", id="es-whole-message"),
        pytest.param("hablar con (una persona|alguien)", "¿hablar con alguien?", id="es-mark"),
    ],
)
def test_phrase_is_found(phrase: str, text: str) -> None:
    assert says(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        pytest.param("call", "recall the parcel", id="inside-a-word"),
        pytest.param("call", "calls", id="no-star"),
        pytest.param("mit ... sprechen", "Kam mit. Wir sprechen", id="gap-of-two-sentences"),
        pytest.param("mit ... sprechen", "mit a b c d e sprechen", id="gap-too-long"),
        pytest.param("موظف", "الموظفين", id="ar-inside-a-word"),
        pytest.param("a.c", "abc", id="dot-is-literal"),
        pytest.param("^stop$", "the bus stop", id="not-the-whole-message"),
        pytest.param("^stop$", "stop sending mails", id="only-the-beginning"),
        pytest.param("person", "", id="empty-text"),
    ],
)
def test_phrase_is_not_found(phrase: str, text: str) -> None:
    assert not says(phrase, text)


@pytest.mark.parametrize("phrase", ["(a|b", "a)", ")a(", "((a)", "^(a$"])
def test_compile_phrases_names_a_phrase_with_unmatched_brackets(phrase: str) -> None:
    error = f"phrase '{phrase}' has unmatched brackets"
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        compile_phrases(["fine", phrase])


@pytest.mark.parametrize("phrase", ["", " ", "*", "(a|)", "()", "^$", "^a*|$"])
def test_compile_phrases_refuses_a_phrase_that_every_text_holds(phrase: str) -> None:
    error = f"phrase '{phrase}' can be empty"
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        compile_phrases([phrase])


@pytest.mark.parametrize("phrase", ["wait ...", "... call me", "...", "^stop ...$"])
def test_compile_phrases_refuses_a_gap_without_a_word_beside_it(phrase: str) -> None:
    error = f"phrase '{phrase}' has no word beside its '...'"
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        compile_phrases([phrase])


def test_compile_phrases_of_nothing_finds_nothing() -> None:
    assert compile_phrases([]).search("anything at all") is None


def test_count_counts_each_phrase_of_the_text_once() -> None:
    lexicon = Lexicon(language="en", patterns={"thanks": compile_phrases(["thanks", "thank you"])})
    assert lexicon.count("thanks", "thanks a lot, thank you, thanks") == 3


def test_count_prefers_the_longer_of_two_phrases() -> None:
    lexicon = Lexicon(language="de", patterns={"x": compile_phrases(["auf", "auf wiedersehen"])})
    assert lexicon.count("x", "auf wiedersehen") == 1


def test_count_is_none_without_a_list() -> None:
    assert Lexicon(language="fr").count("anger", "scandaleux") is None
    assert not Lexicon(language="fr").says("anger", "scandaleux")
