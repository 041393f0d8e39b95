"""Article pages: language, direction, links, safety, and files that change under them."""

import dataclasses
import logging
import re
import shutil
from pathlib import Path

import pytest

from persona_router.content.articles import Article
from persona_router.content.text_files import PACKAGED
from persona_router.knowledge.labels import labels
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.pages import ArticlePages, render_article, render_index

ARTICLES = Path(__file__).parent / "articles"


def pick(articles: tuple[Article, ...], locale: str, identity: str = "returns") -> Article:
    return next(item for item in articles if (item.locale, item.id) == (locale, identity))


def every(articles: tuple[Article, ...], identity: str = "returns") -> list[Article]:
    return [item for item in articles if item.id == identity]


@pytest.mark.parametrize(
    ("locale", "direction", "date"),
    [
        ("ar", "rtl", "آخر تحديث: 3 أغسطس 2026"),
        ("de", "ltr", "Stand: 3. August 2026"),
        ("en", "ltr", "Updated on August 3, 2026"),
        ("es", "ltr", "Actualizado el 3 de agosto de 2026"),
    ],
)
def test_page_is_in_its_language_and_direction(
    articles: tuple[Article, ...], locale: str, direction: str, date: str
) -> None:
    page = render_article(pick(articles, locale), every(articles))
    assert f'<html lang="{locale}" dir="{direction}">' in page
    assert f'<time datetime="2026-08-03">{date}</time>' in page


def test_language_switch_lands_on_the_same_article(articles: tuple[Article, ...]) -> None:
    page = render_article(pick(articles, "de"), every(articles))
    links = r'<a href="([^"]+)"(?: aria-current="page")? hreflang="([^"]+)"[^>]*>([^<]+)</a>'
    assert re.findall(links, page) == [
        ("../ar/returns", "ar", "العربية"),
        ("../de/returns", "de", "Deutsch"),
        ("../en/returns", "en", "English"),
        ("../es/returns", "es", "Español"),
    ]


def test_language_switch_tells_where_one_is(articles: tuple[Article, ...]) -> None:
    current = re.compile(r'aria-current="page" hreflang="(\w+)"')
    assert current.findall(render_article(pick(articles, "ar"), every(articles))) == ["ar"]
    assert current.findall(render_index(articles, "es")) == ["es"]
    alone = pick(articles, "de")
    assert "<nav" not in render_article(alone, [alone])


def test_readers_of_other_languages_are_sent_to_the_default_locale(
    articles: tuple[Article, ...],
) -> None:
    page = render_article(pick(articles, "ar"), every(articles), default_locale="en")
    assert '<link rel="alternate" hreflang="x-default" href="../en/returns">' in page
    assert page.count("x-default") == 1
    assert "x-default" not in render_article(pick(articles, "ar"), every(articles))


def test_public_address_makes_alternates_absolute(articles: tuple[Article, ...]) -> None:
    url = "https://shop.example/help/de/invoice"
    page = render_article(pick(articles, "de", "invoice"), every(articles, "invoice"), url=url)
    assert f'<link rel="canonical" href="{url}">' in page
    assert 'hreflang="de" href="https://shop.example/help/de/invoice"' in page
    assert 'hreflang="en" href="https://shop.example/help/en/invoice"' in page


def test_links_between_articles_become_page_links(articles: tuple[Article, ...]) -> None:
    page = render_article(pick(articles, "ar"), [])
    assert '<a href="../ar/payment">طرق الدفع</a>' in page


def test_page_escapes_what_an_author_wrote(articles: tuple[Article, ...]) -> None:
    article = dataclasses.replace(
        pick(articles, "de"),
        title="<script>alert(1)</script>",
        body="<img src=x onerror=alert(1)> [x](javascript:alert(1)) `<b>`",
    )
    page = render_article(article, [article])
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_headings_can_be_linked_and_stand_below_the_title(articles: tuple[Article, ...]) -> None:
    body = "# Oben\n\n## Wer zahlt?\n\n## Wer zahlt?\n\n## متى يصل"
    page = render_article(dataclasses.replace(pick(articles, "de"), body=body), [])
    assert page.count("<h1") == 1
    assert '<h2 id="oben">' in page
    assert '<h3 id="wer-zahlt">' in page
    assert '<h3 id="wer-zahlt-1">' in page
    assert '<h3 id="متى-يصل">' in page


def test_page_asks_nothing_of_another_host(articles: tuple[Article, ...]) -> None:
    page = render_article(pick(articles, "en"), every(articles))
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert "url(" not in page
    assert "@import" not in page


def test_index_lists_a_locales_articles_by_title(articles: tuple[Article, ...]) -> None:
    page = render_index(articles, "de")
    titles = re.findall(r'<li><a href="\.\./de/[a-z]+">([^<]+)</a>', page)
    assert titles == [
        "Bestellung stornieren",
        "Passwort zurücksetzen",
        "Rechnung herunterladen",
        "Ware zurücksenden",
        "Wie lange die Lieferung dauert",
        "Zahlungsarten",
    ]
    assert 'href="../ar/"' in page


def test_every_language_has_every_label() -> None:
    for path in (PACKAGED / "articles").glob("*.yml"):
        found = labels(path.stem)
        assert sorted(found) == ["index", "languages", "none", "updated"]
        assert "{date}" in found["updated"]
    assert labels("de-AT") == labels("de")
    assert labels("sv") == labels("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(ARTICLES, tmp_path / "knowledge")


def pages_of(folder: Path) -> ArticlePages:
    return ArticlePages(LiveArticles(folder, settle=0))


def test_pages_of_a_folder_follow_its_files(folder: Path) -> None:
    pages = pages_of(folder)
    page = pages.page("de", "returns")
    assert page is not None
    assert "Ware zurücksenden" in page
    path = folder / "de" / "returns.md"
    path.write_text(path.read_text().replace("Ware zurücksenden", "Etwas zurückgeben"))
    changed = pages.page("de", "returns")
    assert changed is not None
    assert "Etwas zurückgeben" in changed
    listed = pages.index("de")
    assert listed is not None
    assert "Etwas zurückgeben" in listed


def test_broken_file_keeps_its_last_good_page(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pages = pages_of(folder)
    assert pages.page("ar", "returns") is not None
    # The name of a file need not be the article's id.
    path = (folder / "ar" / "returns.md").rename(folder / "ar" / "irja.md")
    assert pages.page("ar", "returns") is not None
    path.write_text("kaputt")
    with caplog.at_level(logging.ERROR):
        page = pages.page("ar", "returns")
        pages.page("ar", "returns")
    assert page is not None
    assert "إرجاع الطلب" in page
    (error,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert error.message.endswith("and `---` again.")
    path.unlink()
    assert pages.page("ar", "returns") is None


def test_pages_stay_while_the_folder_is_away(folder: Path) -> None:
    pages = pages_of(folder)
    before = pages.page("es", "returns")
    folder.rename(folder.with_name("away"))
    assert before is not None
    assert pages.page("es", "returns") == before


@pytest.mark.parametrize(
    ("locale", "identity"),
    [("de", "nope"), ("fr", "returns"), ("..", "returns"), ("de", "../en/returns"), ("", "")],
)
def test_unknown_page_is_none(folder: Path, locale: str, identity: str) -> None:
    assert pages_of(folder).page(locale, identity) is None


def test_index_of_a_locale_without_articles_is_none(folder: Path) -> None:
    assert pages_of(folder).index("fr") is None
    assert pages_of(folder / "none").index("de") is None
