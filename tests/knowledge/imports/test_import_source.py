"""Names of folders for locales, and the bounds of one import."""

from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports import source
from persona_router.knowledge.imports.source import Reading, SourceArticle, locale_folder


@pytest.mark.parametrize(
    ("tag", "folder"),
    [
        ("de", "de"),
        ("pt_BR", "pt-BR"),
        ("en-us", "en-US"),
        ("ZH-hant", "zh-Hant"),
        ("qq", None),
        ("../de", None),
        ("", None),
    ],
)
def test_locales_are_folders_that_the_knowledge_base_knows(tag: str, folder: str | None) -> None:
    assert locale_folder(tag) == folder


def test_locale_of_the_source_comes_before_that_of_the_option(
    make_reading: Callable[..., Reading],
) -> None:
    reading = make_reading(locale="tr")
    assert reading.folder(Path("a.csv"), "line 2", "pl") == "pl"
    assert reading.folder(Path("a.csv"), "line 3", " ") == "tr"
    assert reading.folder(Path("a.csv"), "line 4", "Polish language") is None
    assert [fault.place for fault in reading.faults] == ["line 4"]


def test_more_articles_than_a_help_centre_has_are_refused(
    reading: Reading,
    make_article: Callable[..., SourceArticle],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "MOST_ARTICLES", 2)
    reading.add(make_article("1"))
    reading.add(make_article("2"))
    with pytest.raises(ContentError, match=r"It holds more than 2 articles\. Import it in parts\."):
        reading.add(make_article("3"))
