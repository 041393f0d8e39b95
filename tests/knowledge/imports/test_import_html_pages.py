"""Pages of a website saved on disk, with and without a sitemap."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.content.articles import read_articles
from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.html_markdown import read_html
from persona_router.knowledge.imports.html_pages import read_html_pages
from persona_router.knowledge.imports.html_tidy import parse
from persona_router.knowledge.imports.sitemap import read_sitemap
from persona_router.knowledge.imports.source import Reading
from persona_router.knowledge.markdown import markdown_parser
from persona_router.knowledge.pages import render_article
from tests.knowledge.imports.conftest import EXPORTS

EXPORT = EXPORTS / "html"
HOST = "help.example.org"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(EXPORT, tmp_path / "site")
    return tmp_path / "site"


def save(folder: Path, name: str, body: str, head: str = "", lang: str = "de") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    language = f' lang="{lang}"' if lang else ""
    text = f"<html{language}><head>{head}</head><body>{body}</body></html>"
    path.write_text(text, encoding="utf-8")
    return path


def test_pages_of_the_sitemap_are_read_with_its_dates_and_addresses(reading: Reading) -> None:
    source = read_html_pages(EXPORT, reading)
    assert not reading.faults
    assert [(a.title, a.locale, str(a.updated), a.url) for a in source.articles] == [
        ("Gutscheine", "de-DE", "2026-05-06", f"https://{HOST}/de/gutscheine"),
        ("Gift cards", "en", "2026-05-04", f"https://{HOST}/en/gift-cards"),
        ("Questions about payment", "en", "None", f"https://{HOST}/en/questions"),
    ]
    assert source.articles[1].tags == ("voucher", "gift card", "balance")


def test_what_is_only_saved_or_only_listed_is_told(reading: Reading) -> None:
    source = read_html_pages(EXPORT, reading)
    assert [(item.what, item.reason) for item in source.skipped] == [
        (f"{HOST}/en/search.html", "not in the sitemap"),
        (f"https://{HOST}/en/newsletter", "in the sitemap and not saved"),
    ]


def test_pages_that_name_each_other_as_translations_share_a_group(reading: Reading) -> None:
    german, english, other = read_html_pages(EXPORT, reading).articles
    assert german.group == english.group != other.group
    assert (german.primary, english.primary) == (False, True)


def test_sitemap_itself_may_be_named(reading: Reading) -> None:
    assert len(read_html_pages(EXPORT / "sitemap.xml", reading).articles) == 3


def test_charset_that_a_page_declares_is_believed(reading: Reading) -> None:
    german = read_html_pages(EXPORT, reading).articles[0]
    assert "Öffnen Sie den Warenkorb" in german.html


def test_without_a_sitemap_every_page_is_read_and_translations_by_relative_links(
    tmp_path: Path, reading: Reading
) -> None:
    alternate = '<link rel="alternate" hreflang="tr" href="../tr/iade.html">'
    save(tmp_path, "de/rueckgabe.html", "<h1>Rückgabe</h1>", alternate)
    save(tmp_path, "tr/iade.html", "<h1>İade</h1>", lang="tr")
    german, turkish = read_html_pages(tmp_path, reading).articles
    assert (german.group, german.key) == (turkish.group, "de/rueckgabe.html")
    assert (german.url, turkish.locale) == ("", "tr")


def test_single_page_is_read(tmp_path: Path, reading: Reading) -> None:
    path = save(tmp_path, "a.html", "<p>Text</p>", "<title>Hilfe</title>")
    assert [a.title for a in read_html_pages(path, reading).articles] == ["Hilfe"]


@pytest.mark.parametrize(
    ("head", "lang", "option", "locale"),
    [
        ("", "pt-br", "de", "pt-BR"),
        ('<meta property="og:locale" content="es_MX">', "", "de", "es-MX"),
        ("", "", "de", "de"),
    ],
)
def test_locale_is_the_pages_own_before_the_option(
    tmp_path: Path,
    make_reading: Callable[..., Reading],
    head: str,
    lang: str,
    option: str,
    locale: str,
) -> None:
    save(tmp_path, "a.html", "<h1>A</h1>", head, lang)
    (article,) = read_html_pages(tmp_path, make_reading(locale=option)).articles
    assert article.locale == locale


def test_page_without_locale_or_title_is_named(tmp_path: Path, reading: Reading) -> None:
    save(tmp_path, "a.html", "<h1>A</h1>", lang="")
    save(tmp_path, "b.html", "<p>b</p>")
    read_html_pages(tmp_path, reading)
    assert [(Path(f.file).name, f.what) for f in reading.faults] == [
        ("a.html", "No locale is given."),
        ("b.html", "It has no title."),
    ]


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("../de/b.html#x", "/de/b"),
        ("/de/", "/de"),
        ("/de/index.html", "/de"),
        ("c%20d.htm", "/en/c d"),
        ("HTTPS://A.Example/x/index.html?y=1", "a.example/x?y=1"),
        ("mailto:a@b.example", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_links_between_saved_pages_are_known(
    tmp_path: Path, reading: Reading, href: str, address: str | None
) -> None:
    save(tmp_path, "en/a.html", "<h1>A</h1>")
    source = read_html_pages(tmp_path, reading)
    assert source.address(source.articles[0], {"href": href}) == address


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<urlset", "It is no XML."),
        ('<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', "It declares a document type."),
        (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/'
            "</loc><lastmod>gestern</lastmod></url></urlset>",
            "'gestern' is no date of https://a.example/.",
        ),
    ],
)
def test_sitemap_that_is_none_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "sitemap.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_sitemap(path)
    assert caught.value.what == what


def test_pages_of_our_own_articles_come_back_as_they_were(tmp_path: Path, reading: Reading) -> None:
    articles = read_articles(Path(__file__).parents[1] / "articles")
    for article in articles:
        path = tmp_path / article.locale / f"{article.id}.html"
        path.parent.mkdir(exist_ok=True)
        versions = [other for other in articles if other.id == article.id]
        path.write_text(render_article(article, versions), encoding="utf-8")
    found = read_html_pages(tmp_path, reading).articles
    assert len({article.group for article in found}) == len({article.id for article in articles})
    by_title = {(article.locale, article.title): article for article in found}
    for article in articles:
        page = by_title[article.locale, article.title]
        text = read_html(page.html, page.title).plain
        assert _words(article.body) in _words(text), article.id


def _words(markdown: str) -> str:
    shown = markdown_parser().render(markdown)
    return " ".join(parse(shown).get_text().split())
