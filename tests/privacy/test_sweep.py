"""What is old goes a little at a time, and nothing of a customer who is being helped."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from persona_router.core.privacy_rules import KeepDays
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.privacy.sweep import Sweep
from tests.handoff.making import request
from tests.privacy.filling import (
    DAY,
    NOW,
    Clock,
    add_decisions,
    add_events,
    add_messages,
    assistant,
)

OLD = NOW - 400 * DAY
ALL = KeepDays(log=365, chat=365, callbacks=90, conversations=365)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return assistant(tmp_path, monkeypatch)


def sweep(state: Path, keep: KeepDays = ALL) -> Sweep:
    return Sweep(state, keep=keep, endpoints=state.parent / "endpoints.yml")


def kept(state: Path, file: str, table: str, column: str = "conversation") -> list[str]:
    with closing(sqlite3.connect(state / file)) as database:
        found = database.execute(f"SELECT {column} FROM {table} ORDER BY rowid").fetchall()
    return [row[0] for row in found]


def test_step_deletes_old_rows_of_every_kind_and_no_younger_one(state: Path) -> None:
    for conversation, at in (("alt", OLD), ("jung", NOW - 364 * DAY)):
        add_decisions(state, conversation, at)
        add_messages(state, conversation, at)
        add_events(state, conversation, at)
    sweep(state).step(NOW)
    assert kept(state, "routing_log.sqlite", "decision") == ["jung"]
    assert kept(state, "website.sqlite", "message") == ["jung"]
    assert kept(state, "conversations.sqlite", "events", "sender_id") == ["jung"]


def test_what_is_kept_for_ever_stays(state: Path) -> None:
    add_decisions(state, "alt", 0.0)
    add_messages(state, "alt", 0.0)
    add_events(state, "alt", 0.0)
    one = sweep(state, KeepDays())
    one.step(NOW)
    assert one.kinds == ("questions",)
    assert kept(state, "routing_log.sqlite", "decision") == ["alt"]
    assert kept(state, "website.sqlite", "message") == ["alt"]
    assert kept(state, "conversations.sqlite", "events", "sender_id") == ["alt"]


def test_step_deletes_at_most_a_thousand_rows_and_goes_on_a_minute_later(state: Path) -> None:
    add_messages(state, "alt", *(OLD + number for number in range(1_001)))
    one = sweep(state)
    assert one.due("chat", NOW) == 1_001
    one.step(NOW)
    assert len(kept(state, "website.sqlite", "message")) == 1
    one.step(NOW + 59)
    assert len(kept(state, "website.sqlite", "message")) == 1
    one.step(NOW + 60)
    assert kept(state, "website.sqlite", "message") == []


def test_step_looks_hourly_while_nothing_is_due(state: Path) -> None:
    one = sweep(state)
    one.step(NOW)
    add_messages(state, "alt", OLD)
    one.step(NOW + 3599)
    assert kept(state, "website.sqlite", "message") == ["alt"]
    one.step(NOW + 3600)
    assert kept(state, "website.sqlite", "message") == []


def test_customers_with_an_open_handoff_keep_everything(state: Path) -> None:
    for conversation in ("hier", "anderswo", "fertig"):
        add_decisions(state, conversation, OLD)
        add_messages(state, conversation, OLD)
        add_events(state, conversation, OLD)
    queue = SqliteHandoffQueue(state / "handoff.sqlite")
    queue.add(request("hier"))
    queue.close(queue.add(request("fertig")).id, "amira")
    Outbox(state / "outbox.sqlite").open(request("anderswo"), "chatwoot")
    one = sweep(state)
    assert [one.due(kind, NOW) for kind in ("log", "chat", "conversations")] == [1, 1, 1]
    one.step(NOW)
    assert kept(state, "routing_log.sqlite", "decision") == ["hier", "anderswo"]
    assert kept(state, "website.sqlite", "message") == ["hier", "anderswo"]
    assert kept(state, "conversations.sqlite", "events", "sender_id") == ["hier", "anderswo"]


def test_conversation_that_goes_on_keeps_its_beginning(state: Path) -> None:
    add_events(state, "treu", OLD, NOW - DAY)
    add_events(state, "alt", OLD, OLD + DAY)
    one = sweep(state)
    assert one.due("conversations", NOW) == 2
    assert one.delete("conversations", NOW) == 2
    assert kept(state, "conversations.sqlite", "events", "sender_id") == ["treu", "treu"]


def test_future_and_open_callbacks_stay_and_forgotten_ones_go(state: Path) -> None:
    clock = Clock(NOW - 100 * DAY)
    bookings = Bookings(state / "callbacks.sqlite", clock=clock)
    queue = SqliteHandoffQueue(state / "handoff.sqlite")
    offen = queue.add(request("offen", kind="callback"))
    for conversation, handoff in (("offen", offen.id), ("vergessen", "f2")):
        bookings.hold(conversation, "de", clock() + 900, at_once=9)
        bookings.book(handoff, conversation, "+4930231250")
    bookings.hold("halb", "de", clock() + 900, at_once=9)
    clock.now = NOW
    bookings.hold("bald", "de", NOW + 900, at_once=9)
    bookings.book("f3", "bald", "+4930231250")
    one = sweep(state)
    assert one.delete("callbacks", NOW) == 1
    assert set(bookings.all()) == {offen.id, "f3"}
    assert bookings.of_conversation("vergessen") == {"booking": [], "hold": []}


def test_store_that_cannot_be_read_stops_no_other(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (state / "routing_log.sqlite").write_bytes(b"no database " * 900)
    add_messages(state, "alt", OLD)
    sweep(state).step(NOW)
    assert kept(state, "website.sqlite", "message") == []
    assert "what is old of log cannot be deleted" in caplog.text


def test_files_that_are_not_there_are_not_made(state: Path) -> None:
    one = sweep(state)
    one.step(NOW)
    assert [one.due(kind, NOW) for kind in one.kinds] == [0, 0, 0, 0, 0]
    assert list(state.iterdir()) == []
