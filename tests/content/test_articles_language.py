"""Articles in the wrong language are found, wholly or in a paragraph, and others are not."""

from pathlib import Path

import pytest

from persona_router.content.articles_language import language_faults
from persona_router.core.policy import ArticleRules
from tests.content.article_files import sound, write_article
from tests.served import SERVED

NATIVE = {
    "ar": "يمكنكم إرجاع المنتجات خلال ثلاثين يومًا من استلام الطلب.",
    "de": "Sie können die Ware innerhalb von dreißig Tagen zurückschicken.",
    "en": "You can send the goods back within thirty days of receiving them.",
    "es": "Puede devolver los artículos en un plazo de treinta días.",
    "fr": "Vous pouvez renvoyer les articles dans un délai de trente jours.",
    "it": "Può restituire gli articoli entro trenta giorni dalla consegna.",
    "nl": "U kunt de artikelen binnen dertig dagen na ontvangst terugsturen.",
    "pl": "Towar można odesłać w ciągu trzydziestu dni od otrzymania przesyłki.",
    "pt": "Pode devolver os artigos no prazo de trinta dias após a receção.",
    "tr": "Ürünleri teslim aldıktan sonra otuz gün içinde iade edebilirsiniz.",
}


def faults(folder: Path) -> list[tuple[str, str, str]]:
    found = language_faults(sound(folder), SERVED, ArticleRules())
    return [(Path(fault.file).parent.name, fault.place, fault.what) for fault in found]


def test_article_in_its_language_is_left_alone(tmp_path: Path) -> None:
    for language, text in NATIVE.items():
        write_article(
            tmp_path, f"{language}/returns", f"{text}\n\n- {text}\n- DE, AT, FR, ES, IT, PT, NL, BE"
        )
    assert set(NATIVE) == set(SERVED)
    assert faults(tmp_path) == []


@pytest.mark.parametrize("written", sorted(NATIVE))
def test_article_in_another_language_is_named_once(tmp_path: Path, written: str) -> None:
    folders = [language for language in NATIVE if language != written]
    for language in folders:
        write_article(tmp_path, f"{language}/a", f"{NATIVE[written]}\n\n{NATIVE[written]}")
    assert faults(tmp_path) == [
        (language, "", f"It is written in {written}, not in {language}.")
        for language in sorted(folders)
    ]


def test_paragraph_that_was_left_in_another_language_is_named(tmp_path: Path) -> None:
    body = f"{NATIVE['pl']}\n\n{NATIVE['en']}\n\n- {NATIVE['pl']}\n- {NATIVE['de']}"
    write_article(tmp_path, "pl/zwroty", body, title="Zwroty i terminy")
    assert faults(tmp_path) == [
        ("pl", "line 10", "'You can send the goods back within thirty days of receiving…' is "
         "written in en, not in pl."),
        ("pl", "line 13", "'Sie können die Ware innerhalb von dreißig Tagen zurückschic…' is "
         "written in de, not in pl."),
    ]  # fmt: skip


def test_title_that_was_left_in_another_language_is_named(tmp_path: Path) -> None:
    title = "Track your order: what each status means"
    write_article(tmp_path, "tr/takip", NATIVE["tr"], title=title)
    assert [fault[1] for fault in faults(tmp_path)] == ["title"]


def test_short_texts_are_judged_together(tmp_path: Path) -> None:
    body = "## Wie lange?\n\n- dreißig Tage\n- nach Erhalt\n\n## Wer zahlt?\n\n- der Käufer"
    write_article(tmp_path, "nl/a", body, title="Rückgabe")
    assert faults(tmp_path) == [("nl", "", "It is written in de, not in nl.")]


def test_quotation_and_code_may_be_in_another_language(tmp_path: Path) -> None:
    body = f"{NATIVE['ar']}\n\n> {NATIVE['en']}\n\n```\n{NATIVE['en']}\n```\n\n`{NATIVE['en']}`"
    write_article(tmp_path, "ar/a", body)
    assert faults(tmp_path) == []


def test_language_that_is_not_served_is_named_too(tmp_path: Path) -> None:
    ukrainian = "Ви можете повернути товар протягом тридцяти днів після отримання."
    write_article(tmp_path, "pl/a", ukrainian)
    write_article(tmp_path, "uk/a", ukrainian)
    write_article(tmp_path, "uk/b", NATIVE["pl"])
    assert faults(tmp_path) == [
        ("pl", "", "It is written in uk, not in pl."),
        ("uk", "", "It is written in pl, not in uk."),
    ]


def test_folder_of_a_language_that_nobody_can_tell_is_not_judged(tmp_path: Path) -> None:
    write_article(
        tmp_path, "haw/a", "E hiki iā ʻoe ke hoʻihoʻi i nā mea i loko o nā lā he kanakolu."
    )
    assert faults(tmp_path) == []
