"""What the Rasa process tells of itself: the log's metrics, and whether the channel can serve."""

import asyncio
import json
import socket
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError

import pytest
from sanic import Sanic

from persona_router.content.assistant import read_assistant
from persona_router.log.store import RoutingLog
from persona_router.rasa import watching
from persona_router.rasa.broker import RoutingLogBroker
from persona_router.rasa.channel import WebsiteChannel
from persona_router.rasa.watching import Watched
from tests.rasa.test_glue_broker import user_event

TOKEN = "eins-zwei-drei"
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

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
    listener = socket.create_server(("127.0.0.1", 0))
    listening, stop = Event(), Event()

    async def serve() -> None:
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        assert server is not None
        await server.startup()
        await server.start_serving()
        listening.set()
        while not stop.is_set():
            await asyncio.sleep(0.02)
        server.close()

    thread = Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert listening.wait(10)

    def asked(path: str, token: str | None = None) -> tuple[int, str]:
        port = listener.getsockname()[1]
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with _NO_PROXY.open(request, timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    yield asked
    stop.set()
    thread.join(10)
    listener.close()


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


def test_channel_gives_metrics_for_the_token_only(
    get: Get, broker: RoutingLogBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_channel_is_ready_while_its_log_and_history_work(
    get: Get, broker: RoutingLogBroker
) -> None:
    status, text = get("/chat/health/ready")
    assert (status, json.loads(text)) == (
        200,
        {"ok": True, "checks": {"routing_log": "ok", "history": "ok"}},
    )


def test_channel_is_not_ready_when_the_logs_writer_has_ended(
    get: Get, broker: RoutingLogBroker
) -> None:
    broker._writer.close()
    status, text = get("/chat/health/ready")
    assert (status, json.loads(text)) == (
        503,
        {"ok": False, "checks": {"routing_log": "failed", "history": "ok"}},
    )


def test_channel_is_not_ready_without_its_history(get: Get, tmp_path: Path) -> None:
    (tmp_path / "website.sqlite").unlink()
    status, text = get("/chat/health/ready")
    assert (status, json.loads(text)) == (
        503,
        {"ok": False, "checks": {"routing_log": "ok", "history": "failed"}},
    )
    assert "website" not in text
