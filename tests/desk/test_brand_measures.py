"""The axes that log and queue measure together."""

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

import pytest

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.desk.brand_measures import BrandMeasures
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.events import Outcome
from persona_router.log.span import read_span
from persona_router.log.store import RoutingLog
from tests.handoff.making import request
from tests.log.making import DAY, row

POLICY = read_policy(DEFAULT_POLICY)
NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc).timestamp()
SPAN = read_span("2026-05-01", "2026-11-23", now=NOW)


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteHandoffQueue:
    monkeypatch.setattr("time.time", lambda: NOW)
    return SqliteHandoffQueue(tmp_path / "handoff.sqlite")


def angry(log: RoutingLog, queue: SqliteHandoffQueue, *, at: float, waited: float, n: int) -> None:
    """Log a visit with an angry customer; somebody came at `NOW` unless they waited no time."""
    log.add(row(f"d{n}", at=at, conversation=f"c{n}", signals={"anger": 1.0}))
    if waited:
        log.note(Outcome(decision=f"d{n}", values={"handed_over": 1}))
        asked = request(f"c{n}", decision_id=f"d{n}", requested_at=NOW - waited)
        queue.claim(queue.add(asked).id, "amira")


def measured(path: Path, queue: SqliteHandoffQueue | None) -> Mapping[str, float]:
    past = queue.past if queue else None
    return BrandMeasures(path, past=past, policy=POLICY).read(SPAN, now=NOW)


def test_leadership_is_the_share_of_escalations_met_that_the_queue_remembers(
    tmp_path: Path, queue: SqliteHandoffQueue
) -> None:
    path = tmp_path / "log.sqlite"
    log = RoutingLog(path)
    for n in range(40):
        angry(log, queue, at=NOW - DAY + n, waited=60 if n < 10 else 300 if n < 20 else 0, n=n)
    for n in range(40, 80):
        angry(log, queue, at=NOW - 91 * DAY + n, waited=0, n=n)
    log.close()
    found = measured(path, queue)
    assert found["leadership"] == 0.25
    assert found["rigidity"] == 0.0


def test_rigidity_is_the_share_of_visits_that_met_a_rule(
    tmp_path: Path, queue: SqliteHandoffQueue
) -> None:
    path = tmp_path / "log.sqlite"
    log = RoutingLog(path)
    for n in range(40):
        shut = {"stated_route": "phone", "constraints": ["closed:phone"]} if n < 8 else {}
        log.add(row(f"d{n}", at=NOW - DAY + n, conversation=f"c{n}", **shut))
    log.close()
    found = measured(path, queue)
    assert found["rigidity"] == 0.2
    assert "leadership" not in found


def test_without_a_queue_and_with_simulated_customers_leadership_is_unknown(
    tmp_path: Path, queue: SqliteHandoffQueue
) -> None:
    for simulated in (False, True):
        path = tmp_path / f"{simulated}.sqlite"
        log = RoutingLog(path, simulated=simulated)
        for n in range(40):
            angry(log, queue, at=NOW - DAY + n, waited=0, n=n)
        log.close()
        assert "leadership" not in measured(path, queue if simulated else None)
