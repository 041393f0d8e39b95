"""Words as the index sees them: customers' spellings meet the authors'."""

import pytest

from persona_router.knowledge.words import fold, parts, words


@pytest.mark.parametrize(
    ("language", "written", "meant"),
    [
        pytest.param("ar", "ارجاع الفاتوره", "إرجاع الفاتورة", id="ar-hamza-and-haa"),
        pytest.param("ar", "الغاء طلبى", "إلغاء طلبي", id="ar-final-yaa"),
        pytest.param("ar", "التـــوصيل", "التوصيل", id="ar-tatweel"),
        pytest.param("ar", "شُحِنَت", "شحنت", id="ar-vowel-marks"),
        pytest.param("ar", "فاتورة", "الفاتورة", id="ar-article"),
        pytest.param("es", "devolucion de envios", "devolución de envío", id="es"),
        pytest.param("de", "ruckgaben", "Rückgabe", id="de-umlaut-left-out"),
        pytest.param("de", "rueckgabe", "Rückgabe", id="de-umlaut-spelt-out"),
        pytest.param("de", "STRASSE", "Straße", id="de-sharp-s"),
        pytest.param("en", "refunds", "REFUND", id="en-plural"),
        pytest.param("tr", "kargom", "KARGO", id="tr-possessive"),
        pytest.param("pl", "zwroty", "zwrotów", id="pl-case"),
    ],
)
def test_words_of_two_spellings_are_one(language: str, written: str, meant: str) -> None:
    assert words(written, language) == words(meant, language)


def test_words_of_a_language_without_stemmer_are_folded_only() -> None:
    assert words("Ödemeler, çanta!", "xx") == ["odemeler", "canta"]
    assert words("Refunds", "") == ["refunds"]


def test_words_are_letters_and_digits_alone() -> None:
    found = words('x" OR NEAR(a*) b_c\x00 🙂 ½ ٣', "en")
    assert found == ["x", "or", "near", "a", "b", "c", "1", "2", "3"]


def test_fold_writes_all_digits_alike() -> None:
    assert fold("٣٠ يوما") == fold("30 يوما")
    assert fold("Ａ４") == "a4"


def test_parts_mark_the_edges_of_words() -> None:
    assert parts("Frist ab", 4) == ["_fri", "fris", "rist", "ist_", "_ab_"]


def test_parts_of_a_compound_contain_the_word() -> None:
    assert set(parts("Rücksendefrist", 4)) >= {"fris", "rist", "ist_"}
