import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.errors import ContentError
from persona_router.encoder import shared_encoder
from persona_router.rasa.search import KnowledgeSearch
from tests.rasa.parts import (
    CONTEXT,
    RESOURCE,
    button,
    conversation,
    message,
    policy_file,
    storage,
    uttered,
)

ARTICLE = """\
---
id: {id}
title: "{title}"
updated: 2026-10-01
tags: [help]
intents: [{intent}]
---
{body}
"""
HOURS_DE = "Der Laden ist montags bis samstags von 9 bis 18 Uhr geöffnet, sonntags geschlossen."
HOURS_EN = "The shop is open from 9 to 6, Monday to Saturday. We are closed on Sundays."
PETS_EN = "Dogs are welcome in the shop as long as they are on a lead."


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], KnowledgeSearch]:
    """Return a function that loads the component over the articles of the test's folder."""
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    config = {
        **KnowledgeSearch.get_default_config(),
        "routing": str(policy_file(tmp_path)),
        "articles": str(tmp_path / "articles"),
    }
    models = storage(tmp_path / "model")
    KnowledgeSearch.create(config, models, RESOURCE, CONTEXT).train(TrainingData())
    return lambda: KnowledgeSearch.load(config, models, RESOURCE, CONTEXT)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Return the folder of two articles, one of them in German too."""
    folder = tmp_path / "articles"
    for locale, id_, title, body in (
        ("en", "hours", "Opening hours", HOURS_EN),
        ("de", "hours", "Öffnungszeiten", HOURS_DE),
        ("en", "pets", "Pets in the shop", PETS_EN),
    ):
        (folder / locale).mkdir(parents=True, exist_ok=True)
        text = ARTICLE.format(id=id_, title=title, intent="opening", body=body)
        (folder / locale / f"{id_}.md").write_text(text, encoding="utf-8")
    return folder


def search(component: KnowledgeSearch, text: str, locale: str = "en", **data: Any) -> Any:
    """Return what the component adds to a message in a conversation."""
    vector = shared_encoder().encode([text])[0]
    asked = message(text, language={"locale": locale}, sentence_vector=vector, **data)
    [found] = component.process([asked], conversation(uttered("…")))
    return found.get("knowledge")


def test_answer_is_in_the_customers_language(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    best = search(load(), "Wann haben Sie geöffnet?", "de-AT", intent="opening")[0]
    assert (best["article"], best["locale"], best["fallback"]) == ("hours", "de", False)
    assert best["passage"] == HOURS_DE
    assert best["updated"] == "2026-10-01"
    assert 0 < best["score"] <= 1


def test_article_of_another_language_is_marked_as_such(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    best = search(load(), "هل يمكنني إحضار كلبي إلى المتجر؟", "ar")[0]
    assert (best["article"], best["locale"], best["fallback"]) == ("pets", "en", True)


@pytest.mark.parametrize("text", ["", "   ", "\n\x00"], ids=repr)
def test_nothing_is_searched_for_empty_text(
    load: Callable[[], KnowledgeSearch], articles: Path, text: str
) -> None:
    assert not search(load(), text)


def test_nothing_is_searched_for_a_button(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    assert search(load(), "Opening hours", metadata=button("route:agent")) is None


def test_nothing_is_searched_outside_a_conversation(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    [found] = load().process([message("Opening hours?")])
    assert found.get("knowledge") is None


def test_very_long_question_is_answered(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    assert search(load(), "when are you open on Saturday? " + "please tell me " * 1300)


def test_missing_folder_finds_nothing_and_says_so(
    load: Callable[[], KnowledgeSearch], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert search(load(), "when are you open?") is None
    assert "the knowledge base finds nothing" in caplog.text


def test_faulty_article_is_reported_and_the_others_are_served(
    load: Callable[[], KnowledgeSearch], articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (articles / "en" / "broken.md").write_text("---\nid: [\n---\nnothing", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        found = search(load(), "when are you open?")
    assert found[0]["article"] == "hours"
    assert "broken.md" in caplog.text


def test_damaged_index_is_built_again(
    load: Callable[[], KnowledgeSearch], articles: Path, tmp_path: Path
) -> None:
    load()._index.close()
    (tmp_path / "state" / "knowledge.sqlite").write_bytes(b"\x00garbage" * 4_000)
    assert search(load(), "when are you open?")[0]["article"] == "hours"


def test_edited_article_is_found_without_training(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    search(load(), "Dürfen Hunde mit?", "de")
    text = ARTICLE.format(id="pets", title="Hunde", intent="opening", body="Hunde dürfen mit.")
    (articles / "de" / "pets.md").write_text(text, encoding="utf-8")
    best = search(load(), "Dürfen Hunde mit in den Laden?", "de")[0]
    assert (best["locale"], best["passage"]) == ("de", "Hunde dürfen mit.")


def test_index_that_fails_while_serving_costs_only_the_articles(
    load: Callable[[], KnowledgeSearch], articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    component = load()
    component._index.close()
    with caplog.at_level(logging.ERROR):
        assert search(component, "my secret question about hours") is None
    assert "knowledge search failed" in caplog.text


def test_index_that_cannot_be_written_costs_only_the_articles(
    load: Callable[[], KnowledgeSearch], articles: Path, tmp_path: Path
) -> None:
    (tmp_path / "state" / "knowledge.sqlite").mkdir(parents=True)
    assert search(load(), "when are you open?") is None


def test_index_locked_by_another_process_is_read(
    load: Callable[[], KnowledgeSearch], articles: Path, tmp_path: Path
) -> None:
    load()
    other = sqlite3.connect(tmp_path / "state" / "knowledge.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert search(load(), "when are you open?")[0]["article"] == "hours"
    other.close()


def test_corrupt_policy_stops_the_training_with_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "routing.yml"
    broken.write_text("version: [", encoding="utf-8")
    config = {**KnowledgeSearch.get_default_config(), "routing": str(broken)}
    with pytest.raises(ContentError, match=r"routing\.yml") as raised:
        KnowledgeSearch.create(config, storage(tmp_path / "m"), RESOURCE, CONTEXT)
    assert "\n" not in str(raised.value)


def test_passage_that_was_just_shown_is_not_found_again(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    component, asked = load(), "When are you open?"
    first = search(component, asked)
    vector = shared_encoder().encode([asked])[0]
    again = message(asked, language={"locale": "en"}, sentence_vector=vector)
    answered = uttered(asked, knowledge=first, routing={"plan": ["utter_article"]})
    [found] = component.process([again], conversation(answered))
    assert first[0]["article"] == "hours"
    assert [hit["article"] for hit in found.get("knowledge")] == ["pets"]
    offered = uttered(asked, knowledge=first, routing={"plan": ["utter_offer_agent"]})
    [kept] = component.process([again], conversation(offered))
    assert kept.get("knowledge")[0]["article"] == "hours"
