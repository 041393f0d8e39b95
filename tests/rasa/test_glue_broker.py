import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from persona_router.log.store import RoutingLog
from persona_router.rasa.broker import RoutingLogBroker


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def broker(state: Path) -> RoutingLogBroker:
    return asyncio.run(RoutingLogBroker.from_endpoint_config(None))


@pytest.fixture
def locked(state: Path, broker: RoutingLogBroker) -> Iterator[sqlite3.Connection]:
    """Return another process's connection that is writing into the log."""
    broker._log._database.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(state / "routing_log.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def user_event(decision: str, text: str = "wo ist mein Paket") -> dict[str, Any]:
    """Return the event of a message as Rasa publishes it."""
    routing = {
        "id": decision, "turn": 1, "route": "self_service", "plan": ["track_form"],
        "posterior": {"sprinter": 0.7}, "policy_version": "tested", "locale": "de",
    }  # fmt: skip
    return {
        "event": "user", "sender_id": "jonas", "timestamp": 1.5, "text": text,
        "input_channel": "website", "parse_data": {"text": text, "routing": routing},
    }  # fmt: skip


def rows(state: Path, broker: RoutingLogBroker) -> list[dict[str, Any]]:
    assert broker.flush()
    return RoutingLog(state / "routing_log.sqlite").rows()


def test_decision_is_one_row_however_often_its_event_comes(
    broker: RoutingLogBroker, state: Path
) -> None:
    for _ in range(3):
        broker.publish(user_event("d1"))
    [row] = rows(state, broker)
    assert (row["id"], row["conversation"], row["route"], row["channel"]) == (
        "d1", "jonas", "self_service", "website",
    )  # fmt: skip


def test_row_never_holds_what_the_customer_wrote(broker: RoutingLogBroker, state: Path) -> None:
    broker.publish(user_event("d1", "meine Karte ist 4111 1111"))
    assert "4111" not in str(rows(state, broker))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event": "bot", "text": "Hallo"},
        {"event": "user", "text": "hi", "parse_data": None},
        {"event": "user", "text": "hi", "parse_data": {"routing": "?"}},
        {"event": "user", "text": "hi", "parse_data": {"routing": {"route": "agent"}}},
    ],
    ids=["empty", "bot", "unparsed", "garbled", "without id"],
)
def test_event_without_a_decision_is_no_row(
    broker: RoutingLogBroker, state: Path, event: dict[str, Any]
) -> None:
    broker.publish(event)
    assert rows(state, broker) == []


def test_decisions_wait_for_a_locked_log(
    broker: RoutingLogBroker, state: Path, locked: sqlite3.Connection
) -> None:
    broker.publish(user_event("d1"))
    broker.publish(user_event("d2"))
    locked.execute("ROLLBACK")
    assert sorted(row["id"] for row in rows(state, broker)) == ["d1", "d2"]


def test_log_that_is_no_database_is_an_error_at_the_start(state: Path) -> None:
    (state / "routing_log.sqlite").write_text("This is no database. " * 90, encoding="utf-8")
    with pytest.raises(OSError, match="is no usable routing log"):
        asyncio.run(RoutingLogBroker.from_endpoint_config(None))


def turn(decision: str, at: float) -> list[dict[str, Any]]:
    """Return the events of a turn that ends in a handoff."""
    after = [
        {"event": "slot", "name": "handoff_status", "value": "waiting", "timestamp": at + 0.1},
        {"event": "action", "name": "action_listen", "timestamp": at + 0.2},
    ]
    return [
        {**user_event(decision), "timestamp": at},
        *({**event, "sender_id": "jonas"} for event in after),
    ]


def test_outcome_of_a_turn_stands_with_its_decision(broker: RoutingLogBroker, state: Path) -> None:
    for event in turn("d1", at=5.0):
        broker.publish(event)
    [row] = rows(state, broker)
    assert (row["handed_over"], row["latency_ms"]) == (1, 200.0)


def test_missed_decisions_are_written_from_a_day_before_the_latest(
    broker: RoutingLogBroker, state: Path
) -> None:
    day = 24 * 3600.0
    broker.publish({**user_event("d2"), "timestamp": 2 * day})
    assert broker.flush()
    asked: list[float] = []

    def events_since(since: float) -> list[dict[str, Any]]:
        asked.append(since)
        return [*turn("d1", at=day + 1), *turn("d2", at=2 * day), *turn("d3", at=2 * day + 9)]

    for _ in range(2):
        broker.catch_up(events_since).join(10)
    assert asked == [day, day + 9]
    assert {row["id"]: row["handed_over"] for row in rows(state, broker)} == {
        "d1": 1,
        "d2": 1,
        "d3": 1,
    }


def test_empty_log_is_written_from_the_beginning(broker: RoutingLogBroker, state: Path) -> None:
    asked: list[float] = []
    broker.catch_up(lambda since: asked.append(since) or turn("d1", at=5.0)).join(10)
    assert asked == [0.0]
    assert [row["id"] for row in rows(state, broker)] == ["d1"]


def test_store_that_cannot_be_read_does_not_stop_the_assistant(
    broker: RoutingLogBroker, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def events_since(since: float) -> list[dict[str, Any]]:
        raise OSError("disk")

    with caplog.at_level(logging.ERROR):
        broker.catch_up(events_since).join(10)
    assert "could not catch up with the tracker store" in caplog.text
    broker.publish(user_event("d1"))
    assert [row["id"] for row in rows(state, broker)] == ["d1"]
