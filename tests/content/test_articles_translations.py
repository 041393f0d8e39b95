"""Missing and outdated translations: one sentence a language."""

from pathlib import Path

from persona_router.content.articles_translations import translation_warnings
from persona_router.content.errors import ContentWarning
from persona_router.core.policy import ArticleRules
from tests.content.article_files import sound, write_article


def told(folder: Path, rules: ArticleRules | None = None, languages: str = "en de tr") -> list[str]:
    found = list(
        translation_warnings(
            folder, sound(folder), languages=languages.split(), default="en",
            rules=rules or ArticleRules(),
        )
    )  # fmt: skip
    assert all(isinstance(warning, ContentWarning) for warning in found)
    return [f"{Path(warning.file).name}: {warning.what}" for warning in found]


def write(folder: Path, *names: str, updated: str = "2026-09-14") -> None:
    for name in names:
        write_article(folder, name, "Text.", updated=updated)


def test_missing_translations_are_grouped_by_language(tmp_path: Path) -> None:
    write(tmp_path, "en/a", "en/b", "en/c", "de/a", "de/b", "de/d")
    assert told(tmp_path) == [
        "en: 1 of 4 articles is missing: d.",
        "de: 1 of 4 articles is missing: c.",
        "tr: 4 of 4 articles are missing: a, b, c, d.",
    ]


def test_long_lists_are_cut(tmp_path: Path) -> None:
    write(tmp_path, *(f"en/a{number:02}" for number in range(20)))
    (sentence,) = told(tmp_path, languages="en de")
    assert sentence.endswith("a10, a11 and 8 more.")


def test_locale_of_a_language_serves_it(tmp_path: Path) -> None:
    write(tmp_path, "en-GB/a", "de-AT/a", "tr/a")
    assert told(tmp_path) == []


def test_newest_locale_speaks_for_its_language(tmp_path: Path) -> None:
    write(tmp_path, "en/a", "de/a", "de-CH/b", "en/b", updated="2026-11-02")
    write(tmp_path, "de-AT/a", "de/b", updated="2026-09-01")
    assert told(tmp_path, languages="en de") == []


def test_article_that_needs_no_translation_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, "en/a", "de/a", "de/widerruf")
    assert told(tmp_path, ArticleRules(local=frozenset({"widerruf"})), languages="en de") == []


def test_language_that_is_not_served_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, "en/a", "sv/a", "sv/b")
    assert told(tmp_path, languages="en") == []


def test_translation_older_than_its_source_is_named(tmp_path: Path) -> None:
    write(tmp_path, "en/a", "en/b", "tr/b", updated="2026-11-02")
    write(tmp_path, "de/a", "de/b", "tr/a", updated="2026-10-30")
    assert told(tmp_path) == [
        "de: 2 articles are older than what is translated: a (2026-10-30; en 2026-11-02), "
        "b (2026-10-30; en 2026-11-02).",
        "tr: 1 article is older than what is translated: a (2026-10-30; en 2026-11-02).",
    ]
    assert told(tmp_path, ArticleRules(translation_grace_days=3)) == []
    assert len(told(tmp_path, ArticleRules(translation_grace_days=2))) == 2


def test_newer_translation_makes_the_source_no_older(tmp_path: Path) -> None:
    write(tmp_path, "en/a", updated="2026-09-01")
    write(tmp_path, "de/a", "tr/a", updated="2026-11-02")
    assert told(tmp_path) == []


def test_what_the_default_lacks_is_translated_from_the_next_language(tmp_path: Path) -> None:
    write(tmp_path, "de/a", updated="2026-11-02")
    write(tmp_path, "tr/a", updated="2026-09-01")
    assert told(tmp_path) == [
        "en: 1 of 1 article is missing: a.",
        "tr: 1 article is older than what is translated: a (2026-09-01; de 2026-11-02).",
    ]
