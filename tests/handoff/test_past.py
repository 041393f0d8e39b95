import time
from pathlib import Path

import pytest

from persona_router.core.brand_visits import Handover
from persona_router.core.figures import Rate
from persona_router.handoff.queue import Waits
from persona_router.handoff.sqlite import SqliteHandoffQueue
from tests.handoff.making import request


@pytest.fixture
def queue(tmp_path: Path) -> SqliteHandoffQueue:
    return SqliteHandoffQueue(tmp_path / "handoff.sqlite")


def test_waits_are_those_of_who_was_taken_over_lately(queue: SqliteHandoffQueue) -> None:
    now = time.time()
    for conversation, waited, kind in (
        ("c1", 60, "agent"),
        ("c2", 120, "agent"),
        ("c3", 9, "callback"),
    ):
        added = queue.add(request(conversation, requested_at=now - waited, kind=kind))
        queue.claim(added.id, "amira")
    queue.add(request("c4", requested_at=now - 999))
    assert [round(wait / 10) * 10 for wait in queue.past.waits("agent", now - 60)] == [120, 60]
    assert queue.past.waits("agent", now + 60) == ()


def test_wait_ends_when_the_first_person_came(
    queue: SqliteHandoffQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = queue.add(request("passed on", requested_at=1000.0))
    freed = queue.add(request("freed", requested_at=1000.0))
    monkeypatch.setattr(time, "time", lambda: 1060.0)
    queue.claim(passed.id, "amira")
    queue.claim(freed.id, "amira")
    monkeypatch.setattr(time, "time", lambda: 1600.0)
    queue.transfer(passed.id, "amira", "ben")
    queue.release(freed.id, "amira")
    monkeypatch.setattr(time, "time", lambda: 1700.0)
    queue.claim(freed.id, "ben")
    assert queue.past.waits("agent", 0.0) == (60.0, 60.0)
    assert queue.past.waited("agent", 0.0, 2000.0, within=120).within == 2
    assert queue.get(passed.id).claimed_at == 1600.0
    assert queue.get(freed.id).claimed_at == 1700.0


def test_waits_of_a_time_are_told_in_seconds_and_with_those_who_left(
    queue: SqliteHandoffQueue,
) -> None:
    now = time.time()
    for number in range(1, 11):
        added = queue.add(request(f"c{number}", requested_at=now - 100 * number))
        queue.claim(added.id, "amira")
    queue.close(queue.add(request("left", requested_at=now - 50)).id, by="customer")
    queue.add(request("waits", requested_at=now - 50))
    queue.add(request("before", requested_at=now - 5000))
    queue.add(request("call", requested_at=now - 50, kind="callback"))
    found = queue.past.waited("agent", now - 2000, now, within=350)
    assert (found.asked, found.taken, found.within, found.left) == (12, 10, 3, 1)
    assert found.in_time == Rate(3, 11)
    assert found.median == pytest.approx(500, abs=5)
    assert found.ninetieth == pytest.approx(900, abs=5)
    assert queue.past.waited("agent", now, now + 9, within=350) == Waits()


def test_waits_are_told_by_persona_and_language_the_most_frequent_first(
    queue: SqliteHandoffQueue,
) -> None:
    now = time.time()
    for conversation, language, persona, waited in (
        ("c1", "ar", "talker", 100),
        ("c2", "de", None, 400),
        ("c3", "ar", None, 300),
        ("c4", "ar", "talker", 200),
    ):
        asked = {"language": language, "persona": persona, "requested_at": now - waited}
        queue.claim(queue.add(request(conversation, **asked)).id, "amira")
    queue.close(queue.add(request("left", language="de", requested_at=now - 50)).id, by="customer")
    by = queue.past.waited_by("language", "agent", now - 2000, now, within=350)
    assert [(name, one.asked, one.taken, one.within, one.left) for name, one in by.items()] == [
        ("ar", 3, 3, 3, 0), ("de", 2, 1, 0, 1),
    ]  # fmt: skip
    assert by["ar"].median == pytest.approx(200, abs=5)
    assert by["ar"].ninetieth == pytest.approx(300, abs=5)
    personas = queue.past.waited_by("persona", "agent", now - 2000, now, within=350)
    assert (personas["talker"].asked, personas[None].asked) == (3, 2)
    assert queue.past.waited_by("persona", "callback", now - 2000, now, within=350) == {}


def test_handovers_are_told_by_decision_taken_waiting_or_left(queue: SqliteHandoffQueue) -> None:
    now = time.time()
    for conversation, decision, kind, waited in (
        ("c1", "taken", "agent", 100),
        ("c2", "both", "agent", 50),
        ("c2", "both", "callback", 50),
        ("c3", "left", "agent", 40),
        ("c4", "waits", "callback", 30),
        ("c5", None, "agent", 20),
        ("c6", "before", "agent", 5000),
    ):
        asked = {"decision_id": decision, "kind": kind, "requested_at": now - waited}
        handoff = queue.add(request(conversation, **asked))
        if (decision, kind) in (("taken", "agent"), ("both", "agent"), ("before", "agent")):
            queue.claim(handoff.id, "amira")
        if decision == "left":
            queue.close(handoff.id, by="customer")
    found = queue.past.handovers(now - 2000, now=now)
    assert set(found) == {"taken", "both", "left", "waits"}
    assert found["taken"].waited == pytest.approx(100, abs=5)
    assert found["both"].kind == "agent"
    assert found["left"] == Handover(kind="agent", waited=None)
    assert found["waits"] == Handover(kind="callback", waited=None, open_for=30.0)


def test_last_helped_is_the_latest_chat_that_somebody_answered(queue: SqliteHandoffQueue) -> None:
    assert queue.past.last_helped("c1") is None
    unanswered = queue.add(request("c1"))
    queue.close(unanswered.id, by="customer")
    assert queue.past.last_helped("c1") is None
    for _ in range(2):
        last = queue.add(request("c1"))
        queue.claim(last.id, "amira")
        queue.close(last.id, by="amira")
    found = queue.past.last_helped("c1")
    assert found is not None
    assert found.id == last.id


def test_only_closed_handoffs_are_forgotten(queue: SqliteHandoffQueue) -> None:
    closed, open_one = queue.add(request("c1")), queue.add(request("c2"))
    queue.close(closed.id, by="customer")
    later = time.time() + 1
    assert queue.past.closed_before(later - 60) == ()
    assert queue.past.closed_before(later) == (closed.id,)
    for id in (closed.id, open_one.id):
        queue.past.forget(id)
    assert queue.counts() == {"waiting": 1, "claimed": 0, "closed": 0}


def test_forgotten_words_are_not_in_the_file_any_more(tmp_path: Path) -> None:
    path = tmp_path / "handoff.sqlite"
    queue = SqliteHandoffQueue(path)
    gone = queue.add(request("c1", entities={"phone": "geheim-4471903"}))
    queue.close(gone.id, by="customer")
    queue.past.forget(gone.id)
    content = path.read_bytes()  # the last connection has written its journal back
    assert b"geheim-4471903" not in content
