import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.errors import ContentError
from persona_router.encoder import shared_encoder
from persona_router.knowledge.live import shared_articles
from persona_router.knowledge.pages import ArticlePages
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
    load()._index.current.close()
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


def until(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes so within the seconds that authors are promised."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def answers(component: KnowledgeSearch, text: str, locale: str = "en") -> set[str]:
    return {hit["passage"] for hit in search(component, text, locale)}


def test_running_component_follows_edited_added_and_removed_articles(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    component, asked = load(), "Are dogs welcome in the shop?"
    assert PETS_EN in answers(component, asked)
    path = articles / "en" / "pets.md"
    path.write_text(path.read_text("utf-8").replace(PETS_EN, "No dogs, please."), "utf-8")
    assert until(lambda: "No dogs, please." in answers(component, asked))
    assert PETS_EN not in answers(component, asked)
    text = ARTICLE.format(id="pets", title="Hunde", intent="opening", body="Hunde dürfen mit.")
    (articles / "de" / "pets.md").write_text(text, encoding="utf-8")
    assert until(lambda: "Hunde dürfen mit." in answers(component, "Hunde im Laden?", "de"))
    path.unlink()
    assert until(lambda: "No dogs, please." not in answers(component, asked))
    assert HOURS_EN in answers(component, "When are you open?")


def test_running_component_keeps_the_last_good_of_a_broken_article(
    load: Callable[[], KnowledgeSearch], articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    component, asked = load(), "Are dogs welcome in the shop?"
    path = articles / "en" / "pets.md"
    whole = path.read_text("utf-8")
    with caplog.at_level(logging.ERROR):
        path.write_text("---\nid: [\n---\nnothing", encoding="utf-8")
        assert until(lambda: "pets.md" in caplog.text)
        for _ in range(3):  # longer than a few looks at the files
            assert PETS_EN in answers(component, asked)
            time.sleep(1)
    assert caplog.text.count("pets.md") == 1
    path.write_text(whole.replace(PETS_EN, "Cats, too."), encoding="utf-8")
    assert until(lambda: "Cats, too." in answers(component, asked))


def test_running_component_never_answers_from_a_file_that_is_half_written(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    component, asked = load(), "Are dogs welcome in the shop?"
    path = articles / "en" / "pets.md"
    head, tail = path.read_text("utf-8").split(PETS_EN)
    seen: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        for word in ["Dogs", "and", "cats", "are", "welcome", "all", "day"]:
            file.write(f"{word} ")
            file.flush()
            seen |= answers(component, asked)
            time.sleep(0.3)
        file.write(f"long.{tail}")
    assert until(lambda: "Dogs and cats are welcome all day long." in answers(component, asked))
    assert {passage for passage in seen if "ogs" in passage} == {PETS_EN}


def test_running_component_survives_the_loss_of_its_folder(
    load: Callable[[], KnowledgeSearch], articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    component, asked = load(), "Are dogs welcome in the shop?"
    with caplog.at_level(logging.ERROR):
        articles.rename(articles.with_name("away"))
        assert until(lambda: "is missing; its articles stay" in caplog.text)
        time.sleep(2)
    assert PETS_EN in answers(component, asked)
    assert caplog.text.count("is missing") == 1
    articles.with_name("away").rename(articles)
    (articles / "en" / "pets.md").unlink()
    assert until(lambda: PETS_EN not in answers(component, asked))


def test_folder_that_comes_after_the_start_is_served(
    load: Callable[[], KnowledgeSearch], tmp_path: Path
) -> None:
    component = load()
    assert search(component, "when are you open?") is None
    folder = tmp_path / "articles" / "en"
    folder.mkdir(parents=True)
    text = ARTICLE.format(id="hours", title="Hours", intent="opening", body=HOURS_EN)
    (folder / "hours.md").write_text(text, encoding="utf-8")
    assert until(lambda: bool(search(component, "when are you open?")))
    assert answers(component, "when are you open?") == {HOURS_EN}


def test_page_of_an_article_changes_with_the_answer(
    load: Callable[[], KnowledgeSearch], articles: Path
) -> None:
    component, pages = load(), ArticlePages(shared_articles(articles))
    path = articles / "en" / "pets.md"
    path.write_text(path.read_text("utf-8").replace(PETS_EN, "No dogs, please."), "utf-8")
    assert until(lambda: "No dogs, please." in answers(component, "Are dogs welcome?"))
    assert "No dogs, please." in (pages.page("en", "pets") or "")


def test_index_that_fails_while_serving_costs_only_the_articles(
    load: Callable[[], KnowledgeSearch], articles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    component = load()
    component._index.current.close()
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
