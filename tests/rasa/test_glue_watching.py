"""What the Rasa process tells of itself: the log's metrics, and whether the channel can serve."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic
from starlette.testclient import TestClient

from persona_router.content.assistant import read_assistant
from persona_router.log.store import RoutingLog
from persona_router.rasa import watching
from persona_router.rasa.assistant import TrainedAssistant
from persona_router.rasa.broker import RoutingLogBroker
from persona_router.rasa.channel import WebsiteChannel
from persona_router.rasa.watching import Watched
from persona_router.readiness import KEPT_SECONDS
from tests.rasa.test_glue_broker import user_event
from tests.sample_index import furnished

TOKEN = "eins-zwei-drei"

Get = Callable[..., tuple[int, str]]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Return the metrics of a process that has just started."""
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", TOKEN)
    watching.watched.cache_clear()
    yield watching.watched()
    watching.watched.cache_clear()


@pytest.fixture
def broker(watched: Watched, tmp_path: Path) -> Iterator[RoutingLogBroker]:
    made = RoutingLogBroker(RoutingLog(tmp_path / "routing_log.sqlite"))
    yield made
    made._writer.close()


@pytest.fixture
def get(watched: Watched) -> Iterator[Get]:
    """Return a function that asks the channel over HTTP, for status and text."""
    channel = WebsiteChannel()

    async def nobody(message: Any) -> None:
        raise AssertionError("nobody writes here")

    app = Sanic("watching", register=False, configure_logging=False)
    app.blueprint(channel.blueprint(nobody), url_prefix=channel.url_prefix())

    def asked(path: str, token: str | None = None) -> tuple[int, str]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        response = client.get(path, headers=headers)
        return response.status_code, response.text

    with TestClient(app) as client:
        yield asked


def decided(watched: Watched, **labels: str) -> float | None:
    return watched.registry.get_sample_value(
        "persona_router_decisions_total",
        {"route": "self_service", "language": "de", "persona": "undecided", **labels},
    )


def test_decisions_that_are_published_are_counted_once_they_are_written(
    broker: RoutingLogBroker, watched: Watched
) -> None:
    watched.declare(read_assistant())
    for number in range(3):
        broker.publish(user_event(f"d{number}"))
        broker.publish(
            {"event": "slot", "name": "handoff_status", "value": "waiting", "sender_id": "jonas"}
        )
        broker.publish(
            {"event": "action", "name": "action_listen", "timestamp": 1.75, "sender_id": "jonas"}
        )
    assert broker.flush()
    assert decided(watched, failed="false") == 3.0
    value = watched.registry.get_sample_value
    assert value("persona_router_handoffs_total") == 3.0
    assert value("persona_router_turn_latency_seconds_sum") == pytest.approx(0.75)
    assert value("persona_router_log_entries_waiting") == 0.0


def test_labels_are_the_names_of_the_model_that_is_served(watched: Watched) -> None:
    assert watched.turns.declared.routes == frozenset()
    watched.declare(read_assistant())
    declared = watched.turns.declared
    assert {"self_service", "knowledge_base", "agent"} <= declared.routes
    assert {"en", "de"} <= declared.languages
    assert {"talker", "sprinter", "researcher"} == declared.personas


def test_model_that_is_loaded_names_the_labels(
    model: Path, state_of_session: Path, watched: Watched, tmp_path: Path
) -> None:
    furnished(tmp_path)
    TrainedAssistant(model)
    declared = watched.turns.declared
    assert {"self_service", "knowledge_base", "agent", "phone"} == declared.routes
    assert {"pl", "tr", "ar"} <= declared.languages
    assert {"talker", "sprinter", "researcher"} == declared.personas


def test_locked_log_shows_in_entries_waiting_and_errors(
    broker: RoutingLogBroker, watched: Watched, tmp_path: Path
) -> None:
    broker._log._database.execute("PRAGMA busy_timeout = 1")
    broker._writer._retry = 0.05
    value = watched.registry.get_sample_value
    with closing(sqlite3.connect(tmp_path / "routing_log.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        broker.publish(user_event("d1"))
        assert not broker._writer.flush(within=0.5)
        assert value("persona_router_log_entries_waiting") == 1.0
        assert (value("persona_router_log_write_errors_total", {"entries": "kept"}) or 0) >= 1.0
        assert value("persona_router_log_write_errors_total", {"entries": "lost"}) == 0.0
        other.execute("ROLLBACK")
    assert broker.flush()
    assert value("persona_router_log_entries_waiting") == 0.0


def test_broker_that_takes_over_is_the_one_that_is_watched(
    broker: RoutingLogBroker, watched: Watched, tmp_path: Path
) -> None:
    broker._writer.close()
    assert not watched.log_works()
    later = RoutingLogBroker(RoutingLog(tmp_path / "routing_log.sqlite"))
    assert watched.log_works()
    later._writer.close()


def test_channel_tells_machines_how_it_does(
    get: Get, broker: RoutingLogBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One test, because this release of Sanic starts one application in a process.
    broker.publish(user_event("d1", "meine Karte ist 4111 1111"))
    assert broker.flush()
    assert get("/chat/metrics")[0] == 401
    assert get("/chat/metrics", "vier")[0] == 401
    status, text = get("/chat/metrics", TOKEN)
    assert status == 200
    assert "persona_router_turn_latency_seconds_count 0.0" in text.splitlines()
    assert 'route="other"} 1.0' in text
    for private in ("jonas", "4111", "d1", TOKEN):
        assert private not in text
    monkeypatch.delenv("PERSONA_ROUTER_METRICS_TOKEN")
    assert get("/chat/metrics", TOKEN)[0] == 404
    status, text = get("/chat/health/ready")
    assert (status, json.loads(text)) == (
        200,
        {"ok": True, "checks": {"routing_log": "ok", "history": "ok"}},
    )
    broker._writer.close()
    (tmp_path / "website.sqlite").unlink()
    time.sleep(KEPT_SECONDS)
    status, text = get("/chat/health/ready")
    assert (status, json.loads(text)) == (
        503,
        {"ok": False, "checks": {"routing_log": "failed", "history": "failed"}},
    )
    assert str(tmp_path) not in text
