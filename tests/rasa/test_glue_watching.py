"""What the Rasa process tells of itself: the log's metrics, and whether the channel can serve."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from persona_router.content.assistant import read_assistant
from persona_router.log.store import RoutingLog
from persona_router.rasa import broker as broker_module
from persona_router.rasa import channel_watch, watching
from persona_router.rasa.broker import RoutingLogBroker
from persona_router.rasa.channel import WebsiteChannel
from persona_router.rasa.watching import Watched
from tests.rasa.test_glue_broker import user_event

TOKEN = "eins-zwei-drei"
Get = Callable[..., Any]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return the metrics of a process that has just started."""
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", TOKEN)
    watching.watched.cache_clear()
    return watching.watched()


@pytest.fixture
def broker(watched: Watched, tmp_path: Path) -> Iterator[RoutingLogBroker]:
    made = RoutingLogBroker(RoutingLog(tmp_path / "routing_log.sqlite"))
    yield made
    made._writer.close()


@pytest.fixture
def get(watched: Watched) -> Get:
    """Return a function that asks the channel's pages over HTTP."""
    app = Sanic("watching")
    Sanic.test_mode = True
    channel = WebsiteChannel()

    async def nobody(message: Any) -> None:
        raise AssertionError("nobody writes here")

    app.blueprint(channel.blueprint(nobody), url_prefix=channel.url_prefix())

    def asked(path: str, **headers: str) -> Any:
        _, response = app.test_client.get(path, headers=headers)
        return response

    return asked
