import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest

from persona_router.chat.pages import STATIC, Pages, static_file
from persona_router.content.files import read_yaml
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.text_files import text_files
from tests.served import SERVED


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(read_policy(DEFAULT_POLICY))


@pytest.mark.parametrize(
    ("locale", "lang", "direction", "word"),
    [
        ("en-GB", "en", "ltr", "Customer"),
        ("de-AT", "de", "ltr", "Kunden"),
        ("es-MX", "es", "ltr", "cliente"),
        ("ar-AE", "ar", "rtl", "العملاء"),
    ],
)
def test_page_is_in_the_customers_language(
    pages: Pages, locale: str, lang: str, direction: str, word: str
) -> None:
    html = pages.page(locale)
    assert f'<html lang="{lang}" dir="{direction}">' in html
    assert f'data-locale="{lang}"' in html
    assert word.lower() in str(pages.strings(locale).strings).lower()
    (current,) = re.findall(r'hreflang="(\w+)"[^>]*aria-current', html)
    assert current == lang


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "hu-HU",
        "xx",
        "../../etc/passwd",
        "en\x00",
        '"><script>',
        "x" * 10_000,
        "\ud800",
        "*",
        "en;q=0.5",
    ],
)
def test_page_of_an_unknown_locale_is_the_default(pages: Pages, wanted: str | None) -> None:
    assert pages.strings(wanted).locale == "en"
    html = pages.page(wanted)
    assert '<html lang="en" dir="ltr">' in html
    assert "etc/passwd" not in html


def test_page_follows_the_configured_fallbacks() -> None:
    policy = replace(
        read_policy(DEFAULT_POLICY), languages=("ca", "en"), fallbacks={"ca": ("es", "en")}
    )
    assert Pages(policy).strings("ca-ES").locale == "es"


def test_page_lists_each_language_in_its_own_name(pages: Pages) -> None:
    names = re.findall(r'hreflang="\w+" lang="(\w+)"[^>]*>([^<]+)<', pages.page("de"))
    assert names == [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]


def test_page_loads_nothing_from_elsewhere(pages: Pages) -> None:
    sources = re.findall(r'(?:src|href)="([^"]+)"', pages.page("ar"))
    assert sources
    assert all(s.startswith(("/chat/", "#", "?", "data:")) for s in sources), sources


def test_strings_of_all_languages_have_the_same_keys() -> None:
    english, *others = (
        set(read_yaml(text_files("page", language)[-1]).node("strings").values)
        for language in SERVED
    )
    assert [english ^ own for own in others] == [set()] * (len(SERVED) - 1)


def test_strings_of_a_host_win_and_may_be_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "data" / "texts" / "page"
    own.mkdir(parents=True)
    (own / "sv.yml").write_text(
        "locale: sv\ndir: ltr\nstrings: {assistant: Kundtjänst}\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    policy = replace(read_policy(DEFAULT_POLICY), languages=("sv", "en"), fallbacks={})
    swedish = Pages(policy).strings("sv-SE")
    assert (swedish.locale, swedish.strings["assistant"]) == ("sv", "Kundtjänst")
    assert swedish.strings["launcher"] == Pages(policy).strings("en").strings["launcher"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("chat.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("LICENSES.txt", "text/plain; charset=utf-8"),
    ],
)
def test_static_file_is_served_with_its_type(name: str, kind: str) -> None:
    found = static_file(name)
    assert found is not None
    body, found_kind = found
    assert found_kind == kind
    assert gzip.decompress(body) == (STATIC / name).read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "../pages.py",
        "..",
        ".",
        "",
        "/etc/passwd",
        "../static/chat.js",
        "./chat.js",
        "chat.js/",
        "chat.js\x00",
        "a\x00.js",
        "x" * 5_000 + ".js",
        "\ud800.js",
        "%2e%2e/pages.py",
        "CHAT.JS",
        "..\\chat.js",
        "missing.js",
        "chat.js.map",
        "__init__.py",
    ],
)
def test_static_file_of_any_other_name_is_none(name: str) -> None:
    assert static_file(name) is None
