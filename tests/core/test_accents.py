import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.accents import with_accents
from persona_router.core.text import fold

SPELLINGS = {"fur": "für", "osterreich": "österreich", "الغاء": "إلغاء"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("was kostet das fur Osterreich?", "was kostet das für Österreich?", id="de"),
        pytest.param("FUR MICH", "FÜR MICH", id="capitals"),
        pytest.param("Fur  mich\nfur dich", "Für  mich\nfür dich", id="blanks"),
        pytest.param("اريد الغاء الطلب", "اريد إلغاء الطلب", id="ar"),
        pytest.param("furs erste", "furs erste", id="no part of a word"),
        pytest.param("", "", id="empty"),
    ],
)
def test_accents_are_put_where_they_usually_are(typed: str, meant: str) -> None:
    assert with_accents(typed, SPELLINGS) == meant


@pytest.mark.parametrize("typed", ["fur Jürgen", "ich heiße fur", "fur ¿dónde?"])
def test_who_types_accents_means_what_is_typed(typed: str) -> None:
    assert with_accents(typed, SPELLINGS) == typed


@given(st.text())
def test_accents_change_nothing_that_phrase_lists_see(text: str) -> None:
    assert fold(with_accents(text, SPELLINGS)) == fold(text)


@given(st.text(alphabet="abcdefgur ?.,1"))
def test_words_without_a_usual_spelling_stay(text: str) -> None:
    assert with_accents(text, {}) == text
