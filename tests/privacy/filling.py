"""A state folder in which every store holds something of two customers."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.chat.history import ChatHistory
from persona_router.desk.care import Care, CareStore, Note
from persona_router.desk.database import desk_database
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.contact import Contact
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.store import RoutingLog
from persona_router.privacy.audit import AuditTrail
from tests.handoff.making import request, said
from tests.log import making

NOW = 1_800_000_000.0
DAY = 24 * 3600.0
ENDPOINTS = {
    "tracker_store": {
        "type": "persona_router.rasa.tracker_store.IncrementalTrackerStore",
        "dialect": "sqlite",
        "db": ".persona-router/conversations.sqlite",
    }
}
EVENTS = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT
)
"""
WORDS = {"anna": "Ich heiße Kürşat, wo ist mein Paket?", "bela": "Gdzie jest moja paczka?"}
TABLES = {
    "tracker store": {"event": 2},
    "audit.sqlite": {"entry": 3},
    "routing_log.sqlite": {"decision": 2, "question": 1},
    "website.sqlite": {"message": 2},
    "outbox.sqlite": {"errand": 4, "relay": 1},
    "callbacks.sqlite": {"booking": 1, "hold": 1},
    "desk.sqlite": {"note": 2, "care": 1, "call": 1},
    "contact.sqlite": {"rating": 1, "answering": 1, "typing": 1},
    "handoff.sqlite": {"handoff": 2},
}
"""What `fill` puts in of each customer."""


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def assistant(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty state folder of an assistant whose folder is worked in."""
    monkeypatch.chdir(project)
    monkeypatch.delenv("PERSONA_ROUTER_STATE", raising=False)
    write_endpoints(project)
    state = project / ".persona-router"
    state.mkdir(mode=0o700)
    return state


def write_endpoints(project: Path, **changes: Any) -> None:
    settings = {"tracker_store": {**ENDPOINTS["tracker_store"], **changes}}
    (project / "endpoints.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def add_events(state: Path, conversation: str, *times: float) -> None:
    with closing(sqlite3.connect(state / "conversations.sqlite")) as database, database:
        if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
            database.execute(EVENTS)
        for at in times:
            data = {"event": "user", "text": WORDS.get(conversation, "hallo"), "timestamp": at}
            database.execute(
                "INSERT INTO events (sender_id, type_name, timestamp, data)"
                " VALUES (?, 'user', ?, ?)",
                (conversation, at, json.dumps(data)),
            )


def add_messages(state: Path, conversation: str, *times: float) -> None:
    with closing(ChatHistory(state / "website.sqlite")) as history:
        entries = [
            history.add_reply(conversation, "bot", {"text": WORDS.get(conversation, "hallo")})
            for _ in times
        ]
    with closing(sqlite3.connect(state / "website.sqlite")) as database, database:
        for entry, at in zip(entries, times, strict=True):
            database.execute("UPDATE message SET at = ? WHERE seq = ?", (at, entry.seq))


def add_decisions(state: Path, conversation: str, *times: float) -> None:
    with closing(RoutingLog(state / "routing_log.sqlite")) as log:
        log.add_all(
            making.row(
                f"{conversation}-{number}-{at}",
                at=at,
                conversation=conversation,
                unanswered=None if number else WORDS.get(conversation),
            )
            for number, at in enumerate(times)
        )


def fill(state: Path, conversation: str, *, closed: bool = True) -> None:
    """Put something of the conversation into every store; its handoffs are closed."""
    words, clock = WORDS[conversation], Clock()
    add_events(state, conversation, NOW - 60, NOW - 30)
    add_decisions(state, conversation, NOW - 60, NOW - 30)
    add_messages(state, conversation, NOW - 60, NOW - 30)
    queue = SqliteHandoffQueue(state / "handoff.sqlite")
    handoff = queue.add(request(conversation, transcript=(said(words, "m1"),)))
    call = queue.add(request(conversation, kind="callback", phone_number="+4930231250"))
    contact = Contact(state / "contact.sqlite", clock=clock)
    contact.rate(queue.claim(handoff.id, "amira"), 4, words)
    contact.answers(handoff.id, "Amira")
    contact.types(conversation, "customer")
    bookings = Bookings(state / "callbacks.sqlite", clock=clock)
    bookings.hold(conversation, "de", NOW + 900, at_once=9)
    bookings.book(call.id, conversation, "+4930231250")
    bookings.hold(conversation, "de", NOW + 1800, at_once=9)
    database = desk_database(state / "desk.sqlite")
    care = CareStore(database)
    for id in (handoff.id, call.id):
        care.add_note(id, Note(kind="note", author="amira", text=words, at=NOW))
    care.keep(call.id, Care(team="Kulanz"))
    with database.connection() as db:
        db.execute(
            "INSERT INTO call VALUES (?, ?, 'amira', NULL, 'answered', 1, 1)",
            (f"attempt-{conversation}", call.id),
        )
    audit = AuditTrail(state / "audit.sqlite", clock=clock)
    for subject in (conversation, call.id, f"language=de&q={conversation}"):
        audit.note("amira", "handoff_opened", subject)
    outbox = Outbox(state / "outbox.sqlite", clock=clock)
    relay = outbox.open(request(conversation), "chatwoot")
    outbox.add_message(conversation, said(words, "m3"))
    if closed:
        OutboxWork(outbox).ended(relay)
        for id in (handoff.id, call.id):
            queue.close(id, "amira")


def everything(state: Path) -> bytes:
    """Return all bytes of the databases, with their journals, read as SQLite's readers would."""
    for path in state.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(state.glob("*.sqlite*")))
