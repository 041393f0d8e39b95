"""Streams of events from a real server: what they tell, and when they end."""

import time
from collections.abc import Iterator

import pytest
import requests

from persona_router.desk import live
from persona_router.desk.sessions import SESSION_COOKIE
from tests.desk.conftest import Agent, Desk


def events(response: requests.Response) -> Iterator[str]:
    for line in response.iter_lines(decode_unicode=True):
        if line.startswith("event:"):
            yield line


def opened(address: str, path: str, agent: Agent) -> requests.Response:
    cookie = {SESSION_COOKIE: agent.client.cookies[SESSION_COOKIE]}
    return requests.get(address + path, cookies=cookie, stream=True, timeout=10)


def test_queue_stream_tells_of_a_new_request_at_once(
    desk: Desk, amira: Agent, address: str
) -> None:
    with opened(address, "/events", amira) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response)
        assert next(told) == "event: queue"
        began = time.monotonic()
        desk.ask()
        assert next(told) == "event: queue"
        assert time.monotonic() - began < 2.0


def test_queue_stream_tells_when_a_callback_becomes_due(
    desk: Desk, amira: Agent, address: str
) -> None:
    amira.get("/")  # what is noted of her now is noted no more in the seconds to come
    desk.ask(kind="callback", callback_time="abends", requested_at=desk.clock())
    with opened(address, "/events", amira) as response:
        told = events(response)
        assert next(told) == "event: queue"
        time.sleep(1)
        began = time.monotonic()
        desk.clock.ahead += 4 * 3600
        assert next(told) == "event: queue"
        assert time.monotonic() - began < 2.0


def test_conversation_stream_tells_of_words_and_of_a_claim(
    desk: Desk, amira: Agent, address: str
) -> None:
    handoff = desk.ask()
    with opened(address, f"/handoffs/{handoff.id}/events", amira) as response:
        told = events(response)
        assert next(told) == "event: lines"
        desk.rasa.says("c1", "Hallo?")
        assert next(told) == "event: lines"
        desk.queue.claim(handoff.id, "zoe")
        assert next(told) == "event: lines"


def test_stream_is_a_sign_of_life_and_ends_with_the_session(
    desk: Desk, amira: Agent, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.0)
    with opened(address, "/events", amira) as response:
        told = events(response)
        assert next(told) == "event: queue"
        deadline = time.monotonic() + 5
        while desk.accounts.get("amira").seen_at is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        desk.accounts.enable("amira", False)
        assert set(told) <= {"event: queue"}  # it comes to an end


def test_stream_needs_a_session(address: str) -> None:
    assert requests.get(f"{address}/events", timeout=5).status_code == 401
