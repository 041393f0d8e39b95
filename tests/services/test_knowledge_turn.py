"""A customer's turn while the database that keeps the articles is there, away, and back."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.encoder import shared_encoder
from persona_router.knowledge import postgres_server
from persona_router.knowledge.postgres_setting import URL_VARIABLE
from persona_router.rasa.search import KnowledgeSearch
from tests.content.article_files import write_article
from tests.rasa.parts import (
    CONTEXT,
    RESOURCE,
    conversation,
    message,
    policy_file,
    storage,
    uttered,
)
from tests.services.postgres import Postgres, running_postgres

HOURS = "The shop is open from 9 to 6, Monday to Saturday."


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def component(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnowledgeSearch:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(URL_VARIABLE, server.url("postgres", password="geheim"))
    monkeypatch.setattr(postgres_server, "RETRY", 0.1)
    write_article(tmp_path / "articles", "en/hours", HOURS, title="Opening hours")
    config = {
        **KnowledgeSearch.get_default_config(),
        "routing": str(policy_file(tmp_path)),
        "articles": str(tmp_path / "articles"),
    }
    models = storage(tmp_path / "model")
    KnowledgeSearch.create(config, models, RESOURCE, CONTEXT).train(TrainingData())
    return KnowledgeSearch.load(config, models, RESOURCE, CONTEXT)


def test_turn_goes_on_without_the_database_and_finds_again_when_it_is_back(
    component: KnowledgeSearch,
    server: Postgres,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    question = "when are you open, my secret question?"
    vector = shared_encoder().encode([question])[0]

    def found() -> list[str] | None:
        asked = message(question, language={"locale": "en"}, sentence_vector=vector)
        [done] = component.process([asked], conversation(uttered("…")))
        hits = done.get("knowledge")
        return None if hits is None else [hit["passage"] for hit in hits]

    assert found() == [HOURS]
    assert not (tmp_path / "state" / "knowledge.sqlite").exists()
    server.stop()
    try:
        with caplog.at_level(logging.ERROR):
            assert found() is None
    finally:
        server.start()
    assert "knowledge search failed; the other routes go on without it: PostgreSQL" in caplog.text
    assert "geheim" not in caplog.text
    assert "secret" not in caplog.text
    end = time.monotonic() + 15
    while found() != [HOURS] and time.monotonic() < end:
        time.sleep(0.05)
    assert found() == [HOURS]
