import re
from pathlib import Path

import pytest

from persona_router.content.cards import read_card
from persona_router.content.cards_labels import card_labels
from persona_router.content.cards_pages import (
    Surroundings,
    card_style,
    data_address,
    render_card,
    render_cards,
)
from persona_router.content.text_files import PACKAGED
from persona_router.core.card import Card
from tests.content.card_files import FINDING, ROUTES, SIGNALS, write_card
from tests.served import SERVED

AROUND = Surroundings(
    languages=("de", "ar"), address="../{language}/{name}.html", index="index.html"
)


@pytest.fixture
def card(tmp_path: Path) -> Card:
    illustrative = {"reading": {**FINDING, "illustrative": True}, "length": FINDING}
    path = write_card(tmp_path, evidence=illustrative, name="<The> talker", written_in="de")
    return read_card(path, routes=ROUTES, signals=SIGNALS)


def page(card: Card, language: str, around: Surroundings = AROUND) -> str:
    labels = card_labels(language)
    return render_card(card, labels, around=around, default="en", picture="data:image/svg+xml,x")


@pytest.mark.parametrize("language", SERVED)
def test_labels_of_every_served_language_are_complete(language: str) -> None:
    english, own = card_labels("en"), card_labels(language)
    assert own.labels.keys() == english.labels.keys()
    text = (PACKAGED / "cards" / f"{language}.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^(\w+):", text)) == set(english.labels)
    assert "{name}" in own.labels["picture_alt"]
    assert own.signal("narrative") != "narrative"


def test_page_is_in_its_language_and_the_cards_sentences_in_theirs(card: Card) -> None:
    arabic = page(card, "ar")
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<span class="said" lang="de" dir="ltr">Erzählt gern.</span>' in arabic
    assert "الأهداف" in arabic
    assert 'href="../de/talker.html" lang="de" dir="ltr" hreflang="de"' in arabic


def test_page_shows_routes_signals_evidence_and_review(card: Card) -> None:
    shown = re.sub(r"<[^>]+>|\s+", " ", page(card, "en"))
    shown = " ".join(shown.split())
    assert "Phone Succeeds when somebody listens" in shown
    assert "Writes at length speaks for (strong) when missing: speaks against (weak)" in shown
    assert "1 chats.jsonl Nov 1, 2026 120 read and coded by two people" in shown
    assert "Owner: Karen Young Reviewed on: Nov 1, 2026 Next review: May 1, 2027" in shown
    assert "replace it by your own research" in shown
    assert "German · Portuguese (Brazil)" in shown


def test_what_people_write_is_escaped(card: Card) -> None:
    shown = page(card, "en")
    assert "&lt;The&gt; talker" in shown
    assert "<The>" not in shown


def test_card_that_rests_on_research_is_not_called_illustrative(tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path), routes=ROUTES, signals=SIGNALS)
    assert "illustrative" not in re.sub(r"<style>.*</style>", "", page(card, "en"), flags=re.S)


def test_statement_points_at_its_evidence(card: Card) -> None:
    shown = page(card, "en")
    assert '<sup><a href="#evidence-1">1</a></sup>' in shown
    assert '<tr id="evidence-1">' in shown


def test_page_with_a_style_sheet_of_its_server_has_no_style_or_script(card: Card) -> None:
    around = Surroundings(
        languages=("en",),
        address="?lang={language}",
        index="/personas",
        back="/",
        back_name="Queue",
        stylesheet="/personas/card.css",
    )
    shown = page(card, "en", around)
    assert '<link rel="stylesheet" href="/personas/card.css">' in shown
    assert '<a href="/" class="back">' in shown
    assert "<style" not in shown
    assert "<script" not in shown


def test_list_links_to_every_card(card: Card) -> None:
    shown = render_cards(
        [card], card_labels("ar"), around=AROUND, default="en", pictures={"talker": ""}
    )
    assert 'href="../ar/talker.html"' in shown
    assert "كل الأنماط" in shown


def test_styles_name_no_side_of_the_page() -> None:
    assert not re.search(r"[^-](left|right)\b", card_style())


def test_drawing_becomes_an_address() -> None:
    assert data_address(b"<svg/>") == "data:image/svg+xml;base64,PHN2Zy8+"


def test_language_without_labels_is_answered_in_english() -> None:
    labels = card_labels("sv-SE")
    assert (labels("goals"), labels.route("fax_line")) == ("Goals", "fax line")
    assert labels.signal("discount_code") == "discount code"
