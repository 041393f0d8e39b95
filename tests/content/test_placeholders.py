"""Placeholders: found in ten languages, without taking words for them that are none."""

from pathlib import Path

import pytest

from persona_router.content.articles_placeholders import placeholder_faults
from persona_router.content.errors import ContentError
from persona_router.content.placeholders import read_placeholders
from tests.content.article_files import sound, write_article


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "TODO: ask Legal", ["TODO"]),
        ("de", "Kostet 5 € (TBD).", ["TBD"]),
        ("de", "Lorem ipsum dolor sit amet, consetetur", ["lorem ipsum", "dolor sit amet"]),
        ("fr", "Bonjour {prénom}, commande {{ numero }}", ["{prénom}", "{{ numero }}"]),
        ("fr", "TEXTE À VENIR", ["texte à venir"]),
        ("es", "TODO: revisar el plazo", ["TODO:"]),
        ("pt", "Tradução pendente.", ["tradução pendente"]),
        ("it", "Il termine è di XXX giorni.", ["XXX"]),
        ("nl", "Bel ons op ___ of 0800-XX-XX", ["___", "XX-XX"]),
        ("pl", "Do przetłumaczenia", ["do przetłumaczenia"]),
        ("tr", "Ücret ₺XX tutarındadır. ÇEVİRİ EKLENECEK", ["çeviri eklenecek", "₺XX"]),
        ("ar", "هذا نصٌّ تجريبيّ فقط", ["نص تجريبي"]),
        ("en", "Hello %s, your code is ${code}???", ["${code}", "%s", "???"]),
        ("en", "Since XX.XX.2026 <<link>>", ["<<link>>", "XX.XX"]),
    ],
)
def test_placeholder_is_found(language: str, text: str, found: list[str]) -> None:
    assert list(read_placeholders(Path()).finder(language).find(text)) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "TODO INCLUIDO: del siglo XX, todo lo que pida."),
        ("pt", "Devolva TODO o pacote."),
        ("en", "Sizes XS, XXL and XXXL, 20 %, 3 x € 5, what? Really?!"),
        ("fr", "Formulaire à compléter, 100 % remboursé, 50 %discount"),
        ("pl", "3 x 20 zł, pola do uzupełnienia"),
        ("de", "Das xx-Modell? Ja! [Enter] drücken; a_b_c; Größe 3x4"),
        ("tr", "Tüm örnekler; metinler"),
        ("ar", "النص الكامل للشروط"),
    ],
)
def test_innocent_text_is_left_alone(language: str, text: str) -> None:
    assert list(read_placeholders(Path()).finder(language).find(text)) == []


def test_articles_are_searched_everywhere_but_in_code(tmp_path: Path) -> None:
    body = "Text.\n\n- Punkt TBD\n\n| a | b |\n| - | - |\n| c | FIXME |\n\n`{id}`\n\n    {code}\n\n[x](https://shop.example/{id})"
    write_article(tmp_path, "de/a", body, title="Preise XXX", tags="Versand, TODO")
    found = [
        (f.place, f.what) for f in placeholder_faults(sound(tmp_path), read_placeholders(tmp_path))
    ]
    assert found == [
        ("title", "'XXX' is a placeholder."),
        ("tags", "'TODO' is a placeholder."),
        ("line 10", "'TBD' is a placeholder."),
        ("line 14", "'FIXME' is a placeholder."),
        ("line 20", "'{id}' is a placeholder."),
    ]


def test_assistant_adds_its_own(tmp_path: Path) -> None:
    own = tmp_path / "data" / "texts" / "placeholders.yml"
    own.parent.mkdir(parents=True)
    own.write_text(
        "words: {sv: [kommer senare]}\nexcept: {en: [WIP]}\npatterns: ['@@+']\n", "utf-8"
    )
    placeholders = read_placeholders(tmp_path)
    assert list(placeholders.finder("sv").find("Kommer  Senare @@ TODO")) == [
        "kommer senare", "TODO", "@@"
    ]  # fmt: skip
    assert list(placeholders.finder("en").find("WIP TBD")) == ["TBD"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patterns: ['(']", "patterns: '(' is no pattern"),
        ("patterns: ['x*']", "patterns: 'x*' can be empty. Let it need a character."),
        ("wordz: {}", "Unknown key 'wordz'. Known: words, except, patterns."),
        ("words: {de: TODO}", "words.de: 'TODO' is not a list."),
    ],
)
def test_malformed_list_is_named(tmp_path: Path, text: str, message: str) -> None:
    own = tmp_path / "data" / "texts" / "placeholders.yml"
    own.parent.mkdir(parents=True)
    own.write_text(text, "utf-8")
    with pytest.raises(ContentError) as raised:
        read_placeholders(tmp_path)
    assert message in str(raised.value)
