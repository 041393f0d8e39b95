"""Chatwoot: the answers of its API, as its own document describes them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from persona_router.knowledge.imports.chatwoot import read_chatwoot
from persona_router.knowledge.imports.source import Reading, SourceArticle
from tests.knowledge.imports.conftest import EXPORTS

EXPORT = EXPORTS / "chatwoot"


def payload(name: str) -> list[dict[str, Any]]:
    loaded: dict[str, Any] = json.loads((EXPORT / name).read_text(encoding="utf-8"))
    return list(loaded["payload"])


@pytest.fixture
def by_key(reading: Reading) -> Mapping[str, SourceArticle]:
    source = read_chatwoot(EXPORT, reading)
    assert not reading.faults
    return {article.key: article for article in source.articles}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], Path]:
    def write(loaded: Any) -> Path:
        path = tmp_path / "articles.json"
        path.write_text(json.dumps(loaded), encoding="utf-8")
        return path

    return write


def one(**fields: object) -> dict[str, object]:
    return {"id": 7, "title": "T", "slug": "t", "content": "Text.", "status": 1, **fields}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("articles.1.json", "article"),
        ("articles.2.json", "article"),
        ("portals.json", "portal_item"),
    ],
)
def test_sample_is_what_the_vendors_document_describes(name: str, schema: str) -> None:
    document = json.loads((EXPORTS / "chatwoot.schemas.json").read_text(encoding="utf-8"))
    # The document calls a status an integer and lists names: nothing can be both.
    document["components"]["schemas"]["article"]["properties"]["status"].pop("type")
    document["components"]["schemas"]["article"]["properties"]["status"]["enum"] += [0, 1, 2]
    wanted = {**document, **document["components"]["schemas"][schema]}
    for record in payload(name):
        jsonschema.Draft7Validator(wanted).validate(record)


def test_published_articles_are_read_and_others_counted_by_status(reading: Reading) -> None:
    source = read_chatwoot(EXPORT, reading)
    assert [article.key for article in source.articles] == [
        "101",
        "102",
        "103",
        "104",
        "105",
        "108",
    ]
    assert [(item.what, item.reason) for item in source.skipped] == [
        ("Christmas opening hours (106)", "draft"),
        ("Returns until 2023 (107)", "archived"),
    ]


def test_unpublished_articles_are_read_when_asked_for(
    make_reading: Callable[..., Reading],
) -> None:
    source = read_chatwoot(EXPORT, make_reading(only_published=False))
    assert {"106", "107"} <= {article.key for article in source.articles}
    assert "Not published in the source (draft): Christmas opening hours (106)" in source.notes


def test_translations_share_the_group_of_their_root(by_key: Mapping[str, SourceArticle]) -> None:
    assert {key: (a.locale, a.group, a.primary) for key, a in by_key.items()} == {
        "101": ("en", "101", True),
        "102": ("de", "101", False),
        "103": ("tr", "103", True),
        "104": ("ar", "105", False),
        "105": ("en", "105", True),
        "108": ("en", "108", True),
    }


def test_article_keeps_date_tags_name_and_address(by_key: Mapping[str, SourceArticle]) -> None:
    article = by_key["101"]
    assert str(article.updated) == "2026-05-18"
    assert article.tags == ("return", "refund", "label")
    assert article.name == "how-do-i-return-an-item"
    assert article.url == (
        "https://hilfe.example.org/hc/help/articles/1717400000-how-do-i-return-an-item"
    )
    assert by_key["103"].name == ""  # its slug has lost letters of the Turkish title


def test_locale_comes_from_the_category_then_the_option_then_the_portal(
    write: Callable[[Any], Path], make_reading: Callable[..., Reading]
) -> None:
    category = {"category": {"id": 1, "locale": "pt_BR"}}
    portal = {"portal": {"id": 1, "meta": {"default_locale": "nl"}}}
    path = write([one(**category, **portal), one(id=8, **portal)])
    assert [a.locale for a in read_chatwoot(path, make_reading()).articles] == ["pt-BR", "nl"]
    found = read_chatwoot(path, make_reading(locale="pl")).articles
    assert [a.locale for a in found] == ["pt-BR", "pl"]


def test_links_to_articles_are_known_by_their_slug(
    reading: Reading, by_key: Mapping[str, SourceArticle]
) -> None:
    source = read_chatwoot(EXPORT, reading)
    article = by_key["101"]

    def address(href: str) -> str | None:
        return source.address(article, {"href": href})

    assert address("/hc/help/articles/1717400200-track-your-order#where") == (
        "1717400200-track-your-order"
    )
    assert address("https://hilfe.example.org/hc/help/en/articles/123456789-x") == "123456789-x"
    assert address("https://other.example/blog/articles/123456789-x") is None
    assert address("mailto:help@example.org") is None


@pytest.mark.parametrize(
    ("fields", "place", "what"),
    [
        ({"slug": "../../x"}, "[0].slug", "'../../x' is a path and no slug."),
        ({"status": "live"}, "[0].status", "'live' is no status."),
        ({"status": True}, "[0].status", "'True' is no status."),
        ({"title": "  "}, "[0]", "It has no title."),
        ({"id": "../1"}, "[0]", "'../1' is no id of an article."),
        ({"updated_at": "soon"}, "[0].updated_at", "'soon' is no time."),
        ({"updated_at": 1e99}, "[0].updated_at", "'1e+99' is no time."),
        ({"locale": "Klingon!"}, "[0].locale", "'Klingon!' is not a locale."),
        ({"locale": None}, "[0].locale", "No locale is given."),
    ],
)
def test_wrong_fields_are_named_with_place_and_remedy(
    write: Callable[[Any], Path],
    reading: Reading,
    fields: dict[str, object],
    place: str,
    what: str,
) -> None:
    path = write([one(**{"locale": "en", **fields})])
    read_chatwoot(path, reading)
    (fault,) = reading.faults
    assert (fault.file, fault.place, fault.what) == (str(path), place, what)
    assert fault.remedy


@pytest.mark.parametrize("loaded", [3, ["x"], {"payload": "x"}, [{"name": "x"}]])
def test_json_of_something_else_is_refused(
    write: Callable[[Any], Path], reading: Reading, loaded: object
) -> None:
    read_chatwoot(write(loaded), reading)
    assert len(reading.faults) == 1


def test_article_in_two_states_is_refused(tmp_path: Path, reading: Reading) -> None:
    for name, text in (("a.json", "Alt."), ("b.json", "Neu.")):
        record = one(locale="de", content=text)
        (tmp_path / name).write_text(json.dumps([record]), encoding="utf-8")
    read_chatwoot(tmp_path, reading)
    (fault,) = reading.faults
    assert fault.what == "Article 7 stands in a.json as well."
