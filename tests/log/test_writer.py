"""What turns tell reaches the log beside them: in order, after a lock, all that can be written."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.registry import CollectorRegistry

from persona_router.log.events import Outcome
from persona_router.log.store import RoutingLog
from persona_router.log.writer import LogWriter
from persona_router.metrics import TurnMetrics
from tests.log.making import row


@pytest.fixture
def log(tmp_path: Path) -> RoutingLog:
    return RoutingLog(tmp_path / "log.sqlite")


@pytest.fixture
def writer(log: RoutingLog) -> Iterator[LogWriter]:
    made = LogWriter(log, retry=0.05)
    yield made
    made.close()


@pytest.fixture
def locked(log: RoutingLog, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return another process's connection that is writing into the log."""
    log._database.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_rows_and_what_came_of_them_are_written_in_order(
    log: RoutingLog, writer: LogWriter
) -> None:
    for number in range(1200):
        outcome = Outcome(decision=f"d{number}", values={"helped": number % 2})
        writer.put([row(f"d{number}", at=float(number)), outcome])
    assert writer.flush()
    rows = log.rows(limit=2000)
    assert len(rows) == 1200
    assert [rows[0]["helped"], rows[1]["helped"]] == [1, 0]


def test_log_that_another_process_holds_delays_nothing_but_the_log(
    log: RoutingLog,
    writer: LogWriter,
    locked: sqlite3.Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        writer.put([row("d1")])
        writer.put([row("d2")])
        assert not writer.flush(within=0.3)
    assert "2 entries wait for the routing log" in caplog.text
    assert log.rows() == []
    locked.execute("ROLLBACK")
    assert writer.flush()
    assert {one["id"] for one in log.rows()} == {"d1", "d2"}


@pytest.mark.parametrize(
    "broken",
    [
        {"conversation": "c1"},
        row("d2", turn=2**70),
        row("d2", turn={1, 2}),
        Outcome(decision="d1", values={"route": 1.0}),
    ],
    ids=["no id", "huge number", "a set", "no outcome"],
)
def test_what_can_never_be_written_is_let_go_and_the_rest_is_written(
    log: RoutingLog, writer: LogWriter, broken: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        writer.put([row("d1"), broken, row("d3")])  # type: ignore[list-item]
        assert writer.flush()
    assert {one["id"] for one in log.rows()} == {"d1", "d3"}
    assert "an entry cannot be written into the routing log" in caplog.text


def test_what_was_written_is_counted_once_and_what_was_lost_apart(
    log: RoutingLog,
) -> None:
    registry = CollectorRegistry()
    writer = LogWriter(log, metrics=TurnMetrics(registry))
    writer.put([row("d1"), row("d2", turn=2**70), row("d3")])
    assert writer.flush()
    writer.close()
    everything = {"route": "other", "language": "other", "persona": "other", "failed": "false"}
    counted = registry.get_sample_value("persona_router_decisions_total", everything)
    assert counted == 2.0
    errors = "persona_router_log_write_errors_total"
    assert registry.get_sample_value(errors, {"entries": "lost"}) == 1.0
    assert registry.get_sample_value(errors, {"entries": "kept"}) == 0.0


def test_what_is_published_again_is_counted_once(log: RoutingLog) -> None:
    registry = CollectorRegistry()
    writer = LogWriter(log, metrics=TurnMetrics(registry))
    told = [row("d1"), Outcome(decision="d1", values={"handed_over": 1, "latency_ms": 80.0})]
    for _ in range(2):
        writer.put(told)
        assert writer.flush()
    writer.close()
    everything = {"route": "other", "language": "other", "persona": "other", "failed": "false"}
    assert registry.get_sample_value("persona_router_decisions_total", everything) == 1.0
    assert registry.get_sample_value("persona_router_handoffs_total") == 1.0
    assert registry.get_sample_value("persona_router_turn_latency_seconds_count") == 1.0


def test_writer_is_alive_until_it_is_closed(log: RoutingLog) -> None:
    writer = LogWriter(log)
    assert writer.alive
    writer.put([row("d1")])
    assert writer.flush()
    assert (writer.alive, writer.waiting) == (True, 0)
    writer.close()
    assert not writer.alive


def test_closing_writes_what_waits(log: RoutingLog) -> None:
    writer = LogWriter(log)
    writer.put([row("d1")])
    writer.close()
    assert [one["id"] for one in log.rows()] == ["d1"]


def test_closing_does_not_wait_for_ever_for_a_log_that_is_held(
    log: RoutingLog, locked: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    writer = LogWriter(log, retry=0.05)
    writer.put([row("d1")])
    with caplog.at_level(logging.ERROR):
        writer.close()
    assert "1 entries did not reach the routing log" in caplog.text
