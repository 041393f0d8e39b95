import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.content.language_words import load_language_words
from persona_router.core.introduction import without_introduction

KNOWN = load_language_words().introductions


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("My name is Chukwuemeka Okafor. Where is my parcel?", "Where is my parcel?"),
        ("Guten Tag, mein Name ist Mehmet Yıldız. Wo ist mein Paket?", "Wo ist mein Paket?"),
        ("Je m’appelle Fatima al-Sayed. Où est mon colis ?", "Où est mon colis ?"),
        ("Me llamo Nguyễn Thị Mai. ¿Dónde está mi pedido?", "¿Dónde está mi pedido?"),
        ("Benim adım Olga Petrova. Siparişim nerede?", "Siparişim nerede?"),
        ("اسمي محمد يلدز. أين طلبي؟", "أين طلبي؟"),
        ("Where is my parcel?\nThe name's John Smith", "Where is my parcel?"),
    ],
)
def test_introduction_is_left_out(text: str, rest: str) -> None:
    assert without_introduction(text, KNOWN).strip() == rest


@pytest.mark.parametrize(
    "text",
    [
        "My name is wrong on the invoice. Please correct it.",
        "mein Name ist falsch geschrieben. Bitte ändern.",
        "Please change the account. The new name is Anna Novak Ltd and the address Rosengasse 4.",
        "bana adım adım anlatın. Nasıl iade ederim?",
        "Where is my parcel?",
        "",
    ],
)
def test_concern_about_a_name_is_kept(text: str) -> None:
    assert without_introduction(text, KNOWN) == text


def test_introduction_alone_is_kept() -> None:
    assert without_introduction("My name is Anna Novak.", KNOWN) == "My name is Anna Novak."


@given(st.text(max_size=200))
def test_any_text_keeps_a_word_if_it_had_one(text: str) -> None:
    left = without_introduction(text, KNOWN)
    assert bool(left.strip()) or not text.strip() or left == text
