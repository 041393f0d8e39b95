import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from persona_router.log.consumer import LONGEST_TURN, MOST_HELD, Intake
from persona_router.log.store import RoutingLog
from persona_router.log.writer import LogWriter
from tests.log.test_events import listens, message


@pytest.fixture
def routing_log(tmp_path: Path) -> RoutingLog:
    return RoutingLog(tmp_path / "log.sqlite")


def intake_of(routing_log: RoutingLog) -> Intake[int]:
    return Intake(LogWriter(routing_log), stopping=lambda: False)


def body(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def test_turn_is_acknowledged_with_its_end_and_written_at_once(routing_log: RoutingLog) -> None:
    intake = intake_of(routing_log)
    assert intake.take([(1, body(message()))], now=0.0) == []
    assert [row["id"] for row in routing_log.rows()] == ["d1"]
    assert intake.take([(2, body(listens()))], now=1.0) == [1, 2]
    assert routing_log.rows()[0]["latency_ms"] == 250.0


def test_reader_that_ends_within_a_turn_leaves_all_of_it_to_the_next(
    routing_log: RoutingLog,
) -> None:
    joins = {"event": "slot", "sender_id": "c1", "name": "handoff_status", "value": "waiting"}
    assert intake_of(routing_log).take([(1, body(message())), (2, body(joins))], now=0.0) == []
    again = [(1, body(message())), (2, body(joins)), (3, body(listens()))]
    assert intake_of(routing_log).take(again, now=9.0) == [1, 2, 3]
    found = [(row["id"], row["handed_over"], row["latency_ms"]) for row in routing_log.rows()]
    assert found == [("d1", 1, 250.0)]


def test_delivered_twice_stands_in_the_log_once(routing_log: RoutingLog) -> None:
    intake = intake_of(routing_log)
    turn = [(1, body(message())), (2, body(listens()))]
    assert intake.take([*turn, *turn], now=0.0) == [1, 2, 1, 2]
    assert len(routing_log.rows()) == 1


def test_turn_without_an_end_is_let_go_with_the_next_one(routing_log: RoutingLog) -> None:
    intake = intake_of(routing_log)
    second = body(message(id="d2", at=11.0))
    assert intake.take([(1, body(message())), (2, second)], now=0.0) == [1]


def test_turn_without_an_end_is_not_waited_for_longer(routing_log: RoutingLog) -> None:
    intake = intake_of(routing_log)
    assert intake.take([(1, body(message()))], now=0.0) == []
    assert intake.take([], now=LONGEST_TURN - 1) == []
    assert intake.take([], now=LONGEST_TURN) == [1]


def test_many_open_turns_do_not_fill_the_prefetch(routing_log: RoutingLog) -> None:
    many = [(n, body(message(f"c{n}", f"d{n}"))) for n in range(MOST_HELD + 2)]
    assert intake_of(routing_log).take(many, now=0.0) == [0, 1]


@pytest.mark.parametrize("bad", [b"secret {", b"\xff", b"[1]", b""])
def test_malformed_message_is_acknowledged_and_not_quoted(
    bad: bytes, routing_log: RoutingLog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert intake_of(routing_log).take([(1, bad)], now=0.0) == [1]
    expected = f"a message of {len(bad)} bytes is no event of Rasa, and is passed over"
    assert [record.getMessage() for record in caplog.records] == [expected]


def test_event_that_cannot_be_read_is_acknowledged(routing_log: RoutingLog) -> None:
    odd = message()
    odd["parse_data"]["knowledge"] = [7]
    assert intake_of(routing_log).take([(1, body(odd))], now=0.0) == [1]
    assert routing_log.rows() == []


def test_nothing_is_acknowledged_that_could_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    intake: Intake[int] = Intake(LogWriter(RoutingLog(path)), stopping=lambda: True)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # as another process that writes for too long
        assert intake.take([(1, b"x"), (2, body(message()))], now=0.0) == []
