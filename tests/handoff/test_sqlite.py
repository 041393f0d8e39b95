"""The embedded queue: what it promises to customers, agents and other processes."""

import multiprocessing
import sqlite3
import stat
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona_router.handoff import database
from persona_router.handoff.queue import (
    AlreadyClaimed,
    AlreadyClosed,
    HandoffRequest,
    Line,
    QueueUnavailable,
    UnknownHandoff,
)
from persona_router.handoff.sqlite import SqliteHandoffQueue


def request(conversation: str = "c1", **changes: Any) -> HandoffRequest:
    values: dict[str, Any] = {
        "conversation": conversation,
        "kind": "agent",
        "reason": "wish_agent",
        "language": "ar",
        "locale": "ar-EG",
        "output_channel": "website",
        "requested_at": 1_700_000_000.0,
    }
    return HandoffRequest(**{**values, **changes})


@pytest.fixture
def queue(tmp_path: Path) -> SqliteHandoffQueue:
    return SqliteHandoffQueue(tmp_path / "handoff.sqlite")


def test_add_keeps_everything_the_agent_needs(tmp_path: Path) -> None:
    asked = request(
        kind="callback",
        intent="track_order",
        persona="talker",
        posterior={"talker": 0.8, "sprinter": 0.2},
        evidence=({"signal": "narrative", "value": 0.7, "decibans": {"talker": 3.5}},),
        entities={"order_number": "4471903"},
        tried=("self_service", "knowledge_base"),
        transcript=(
            Line(sender="customer", text="أين طلبي؟ 👨‍👩‍👧", at=1.0),
            Line(sender="agent", text="Ja, gern.\nSofort.", at=2.5, name="Özge", id="r1"),
        ),
        phone_number="+20 2 2345 6789",
        callback_time="غدًا صباحًا",
        decision_id="d-1",
    )
    id = SqliteHandoffQueue(tmp_path / "q.sqlite").add(asked).id
    assert SqliteHandoffQueue(tmp_path / "q.sqlite").get(id).request == asked


def test_add_returns_the_open_handoff_of_the_same_conversation(queue: SqliteHandoffQueue) -> None:
    first = queue.add(request(reason="anger"))
    assert queue.add(request(reason="wish_agent")) == first
    queue.claim(first.id, "Amira")
    assert queue.add(request()).status == "claimed"
    assert queue.counts() == {"waiting": 0, "claimed": 1, "closed": 0}


def test_add_keeps_a_callback_beside_a_chat(queue: SqliteHandoffQueue) -> None:
    chat = queue.add(request())
    callback = queue.add(request(kind="callback"))
    assert queue.open_for("c1") == (chat, callback)
    assert queue.open_for("c2") == ()


def test_add_after_closing_makes_a_second_handoff(queue: SqliteHandoffQueue) -> None:
    first = queue.add(request())
    queue.close(first.id, "Amira")
    second = queue.add(request())
    assert second.id != first.id
    assert queue.waiting() == (second,)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        pytest.param(date(2026, 11, 22), "2026-11-22", id="date"),
        pytest.param("\ud83d", "?", id="half a surrogate pair"),
        pytest.param("a\x00b", "a\x00b", id="NUL"),
        pytest.param(MappingProxyType({"a": 1}), {"a": 1}, id="frozen mapping"),
        pytest.param("'; DROP TABLE handoff; --", "'; DROP TABLE handoff; --", id="SQL"),
    ],
)
def test_add_takes_odd_values(queue: SqliteHandoffQueue, value: object, stored: object) -> None:
    assert queue.add(request(entities={"x": value})).request.entities == {"x": stored}
    assert queue.counts()["waiting"] == 1


def test_position_counts_the_waiting_of_the_same_kind(queue: SqliteHandoffQueue) -> None:
    first, callback, second = (
        queue.add(request("c1")),
        queue.add(request("c2", kind="callback")),
        queue.add(request("c3")),
    )
    assert [queue.position(h.id) for h in (first, callback, second)] == [1, 1, 2]
    queue.claim(first.id, "Amira")
    assert queue.position(first.id) is None
    assert queue.position(second.id) == 1


def test_claim_names_the_agent_who_was_first(queue: SqliteHandoffQueue) -> None:
    id = queue.add(request()).id
    mine = queue.claim(id, "Łukasz")
    assert (mine.status, mine.agent) == ("claimed", "Łukasz")
    with pytest.raises(AlreadyClaimed, match="claimed by Łukasz") as raised:
        queue.claim(id, "Amira")
    assert raised.value.agent == "Łukasz"
    assert queue.claimed() == (mine,)


def test_claim_again_by_the_same_agent_changes_nothing(queue: SqliteHandoffQueue) -> None:
    id = queue.add(request()).id
    assert queue.claim(id, "Amira") == queue.claim(id, "Amira")


def test_claim_of_a_closed_handoff_is_refused(queue: SqliteHandoffQueue) -> None:
    id = queue.add(request()).id
    queue.close(id, "customer")
    with pytest.raises(AlreadyClosed, match="Choose another"):
        queue.claim(id, "Amira")


def test_close_remembers_who_closed_it_first(queue: SqliteHandoffQueue) -> None:
    id = queue.add(request()).id
    closed = queue.close(id, "customer")
    assert (closed.status, closed.closed_by) == ("closed", "customer")
    assert queue.close(id, "Amira") == closed


@pytest.mark.parametrize("method", ["get", "position"])
def test_unknown_handoff_is_named(queue: SqliteHandoffQueue, method: str) -> None:
    with pytest.raises(UnknownHandoff, match="Unknown handoff 'vip'"):
        getattr(queue, method)("vip")


@pytest.mark.parametrize("method", ["claim", "close"])
def test_unknown_handoff_cannot_be_changed(queue: SqliteHandoffQueue, method: str) -> None:
    with pytest.raises(UnknownHandoff, match="Unknown handoff 'vip'"):
        getattr(queue, method)("vip", "Amira")


def test_claim_by_threads_has_exactly_one_winner(queue: SqliteHandoffQueue) -> None:
    id = queue.add(request()).id
    start = threading.Barrier(8)

    def claim(number: int) -> str:
        start.wait()
        try:
            return queue.claim(id, f"agent {number}").agent or ""
        except AlreadyClaimed as error:
            return f"lost to {error.agent}"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(claim, range(8)))
    (winner,) = [result for result in results if not result.startswith("lost")]
    assert results.count(f"lost to {winner}") == 7


def _work(task: tuple[Path, int]) -> str:
    """In another process: open the queue for the first time, ask, and claim."""
    path, number = task
    queue = SqliteHandoffQueue(path)
    queue.add(request(f"own {number}"))
    try:
        queue.claim(queue.add(request("shared")).id, f"agent {number}")
    except AlreadyClaimed:
        return "lost"
    return "won"


def test_processes_share_one_queue_from_its_creation(tmp_path: Path) -> None:
    path = tmp_path / "new" / "q.sqlite"
    with ProcessPoolExecutor(4, multiprocessing.get_context("fork")) as pool:
        results = list(pool.map(_work, [(path, number) for number in range(8)]))
    assert sorted(results) == ["lost"] * 7 + ["won"]
    assert SqliteHandoffQueue(path).counts() == {"waiting": 8, "claimed": 1, "closed": 0}


def test_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    SqliteHandoffQueue(tmp_path / "q.sqlite").add(request())
    modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 60], ids=["empty", "text"])
def test_corrupt_file_is_named_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "q.sqlite"
    path.write_bytes(content)
    with pytest.raises(QueueUnavailable, match=r"q\.sqlite: .*ove (the file|it) away"):
        SqliteHandoffQueue(path)
    assert path.read_bytes() == content


def test_corrupt_row_is_named_with_the_remedy(tmp_path: Path) -> None:
    queue = SqliteHandoffQueue(tmp_path / "q.sqlite")
    queue.add(request())
    with sqlite3.connect(queue.path) as db:
        db.execute("UPDATE handoff SET request = '{broken'")
    with pytest.raises(QueueUnavailable, match="not a readable handoff queue"):
        queue.waiting()


def test_file_of_another_release_is_left_alone(tmp_path: Path) -> None:
    queue = SqliteHandoffQueue(tmp_path / "q.sqlite")
    with sqlite3.connect(queue.path) as db:
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(QueueUnavailable, match="schema version 7"):
        SqliteHandoffQueue(queue.path)


def test_file_of_the_first_release_keeps_its_waits(tmp_path: Path) -> None:
    queue = SqliteHandoffQueue(tmp_path / "q.sqlite")
    taken = queue.add(request("c1", requested_at=time.time() - 60))
    queue.claim(taken.id, "amira")
    queue.add(request("c2"))
    with sqlite3.connect(queue.path) as db:
        db.execute("ALTER TABLE handoff DROP COLUMN met_at")
        db.execute("PRAGMA user_version = 1")
    lifted = SqliteHandoffQueue(queue.path)
    assert [round(wait) for wait in lifted.past.waits("agent", 0.0)] == [60]
    assert [one.request.conversation for one in lifted.waiting()] == ["c2"]


def test_busy_file_is_reported_after_the_wait(
    queue: SqliteHandoffQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    writer = sqlite3.connect(queue.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(QueueUnavailable, match="locked"):
        queue.add(request())
    writer.close()
    assert queue.add(request()).status == "waiting"


def test_path_that_is_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(QueueUnavailable, match="cannot be opened"):
        SqliteHandoffQueue(tmp_path)


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add", "claim", "close"]),
            st.integers(0, 3),
            st.sampled_from(["agent", "callback"]),
        ),
        max_size=20,
    )
)
def test_any_sequence_keeps_one_open_handoff_and_gapless_positions(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str]]
) -> None:
    queue = SqliteHandoffQueue(tmp_path_factory.mktemp("queue") / "q.sqlite")
    for action, number, kind in steps:
        conversation = f"c{number}"
        found = [h for h in queue.open_for(conversation) if h.request.kind == kind]
        if action == "add":
            queue.add(request(conversation, kind=kind))
        elif action == "claim" and found:
            queue.claim(found[0].id, "Amira")
        elif found:
            queue.close(found[0].id, "Amira")
    waiting = queue.waiting()
    for kind in ("agent", "callback"):
        positions = [queue.position(h.id) for h in waiting if h.request.kind == kind]
        assert positions == list(range(1, len(positions) + 1))
    open_ones = [(h.request.conversation, h.request.kind) for h in waiting + queue.claimed()]
    assert len(open_ones) == len(set(open_ones))
    counts = queue.counts()
    assert (counts["waiting"], counts["claimed"]) == (len(waiting), len(queue.claimed()))
