"""Customers' messages, from Rasa's events into the outbox."""

import logging
from pathlib import Path
from typing import Any

import pytest

from persona_router.handoff.message_relay import MessageRelay
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.outbox_work import OutboxWork
from tests.handoff.making import request


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    return tmp_path


def event(text: str | None = "Hallo?", id: str | None = "m3", **changes: Any) -> dict[str, Any]:
    values = {"event": "user", "sender_id": "c1", "text": text, "message_id": id, "timestamp": 5.0}
    return {**values, **changes}


def waiting() -> int:
    return open_outbox().waiting().get("message", (0, 0.0))[0]


def test_message_is_put_in_once_while_another_desk_has_the_conversation() -> None:
    open_outbox().open(request("c1"), "chatwoot")
    relay = MessageRelay()
    for _ in range(3):
        relay.take(event())
    relay.take(event(id=None))
    assert waiting() == 2


@pytest.mark.parametrize(
    "other",
    [
        event(event="bot"),
        event(event="slot"),
        event(text=None),
        event(text=""),
        event(sender_id="c2"),
        event(sender_id=None),
    ],
)
def test_other_events_are_left_alone(other: dict[str, Any]) -> None:
    open_outbox().open(request("c1"), "chatwoot")
    MessageRelay().take(other)
    assert waiting() == 0


def test_without_another_desk_no_file_is_made(state: Path) -> None:
    MessageRelay().take(event())
    assert list(state.iterdir()) == []


def test_guard_against_commands_is_taken_off() -> None:
    open_outbox().open(request("c1"), "chatwoot")
    MessageRelay().take(event("\u2060/hilfe"))
    work = OutboxWork(open_outbox())
    taken = work.take(float("inf"), out=True)
    assert taken is not None
    work.done(taken[1])
    taken = work.take(float("inf"), out=True)
    assert taken is not None
    assert taken[1].body["text"] == "/hilfe"


def test_message_that_cannot_be_stored_waits_and_no_turn_fails(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = open_outbox()
    outbox.open(request("c1"), "chatwoot")
    path = state / "outbox.sqlite"
    relay = MessageRelay()
    relay.take(event(id="m3"))
    aside = path.rename(state / "aside")
    path.mkdir()
    with caplog.at_level(logging.ERROR):
        relay.take(event("geheim", id="m4"))
    assert "1 messages wait for the outbox" in caplog.text
    assert "geheim" not in caplog.text
    path.rmdir()
    aside.rename(path)
    relay.take(event(id="m5"))
    assert waiting() == 3
