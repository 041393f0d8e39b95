"""Slugs that can be read and are safe as names of files; text without what nobody sees."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.knowledge.imports.text import LONGEST_SLUG, free_slug, one_line, readable, slug


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("How do I return an item?", "how-do-i-return-an-item", id="en"),
        pytest.param("Größen & Maße", "grossen-masse", id="de"),
        pytest.param(
            "Puis-je être livré à l’étranger ?", "puis-je-etre-livre-a-letranger", id="fr"
        ),
        pytest.param("İade koşulları ve ücretleri", "iade-kosullari-ve-ucretleri", id="tr"),
        pytest.param("Łącznie: płatność w ratach", "lacznie-platnosc-w-ratach", id="pl"),
        pytest.param("إلغاء الطلب", "ilgha-altlb", id="ar"),
        pytest.param("Где мой заказ", "gde-moy-zakaz", id="ru"),
        pytest.param("../../etc/passwd", "etc-passwd", id="path"),
        pytest.param("C:\\temp\\x.md", "c-temp-x-md", id="windows-path"),
        pytest.param("???", "", id="no-letters"),
        pytest.param("💳", "credit-card", id="symbol"),
    ],
)
def test_slug_of_a_title_can_be_read(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_slug_of_a_long_title_ends_with_a_whole_word() -> None:
    title = "Wie beantrage ich die Erstattung meiner Versandkosten nach einem Widerruf"
    assert slug(title) == "wie-beantrage-ich-die-erstattung-meiner-versandkosten-nach"
    assert len(slug("Donaudampfschifffahrt" * 9)) == LONGEST_SLUG


@given(st.text(max_size=200))
def test_slug_of_anything_is_a_safe_name_or_empty(title: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(title))
    assert len(slug(title)) <= LONGEST_SLUG


def test_slug_that_is_taken_gets_a_number() -> None:
    assert free_slug("returns", {"returns", "returns-2"}) == "returns-3"
    assert free_slug("returns", {"refunds"}) == "returns"
    longest = "a" * LONGEST_SLUG
    assert free_slug(longest, {longest}) == "a" * (LONGEST_SLUG - 2) + "-2"


def test_text_loses_what_nobody_sees_and_keeps_joiners_of_persian() -> None:
    assert readable("Rück\u00adgabe\x00\u200b\r\nneu\u2028Zeile") == "Rückgabe\nneu\nZeile"
    assert readable("می\u200cخواهم") == "می\u200cخواهم"
    assert readable("\ud83d\udc4d und \ud83d") == "👍 und \ufffd"
    assert one_line("  zwei\n\tZeilen ") == "zwei Zeilen"
