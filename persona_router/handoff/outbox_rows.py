"""The tables of the outbox, and how rows get into them."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from persona_router.handoff.errands import Errand, Relay
from persona_router.handoff.provider import Happened

SCHEMA_VERSION = 1
SETTLE_SECONDS = 0.3
"""For so long a reply waits for an earlier one that is slower on the way."""

SCHEMA = """
CREATE TABLE relay (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    conversation TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open'
        CHECK (status IN ('open', 'ending', 'moved', 'ended')),
    reference TEXT,
    details TEXT NOT NULL DEFAULT '{}',
    sent TEXT NOT NULL DEFAULT '',
    cursor TEXT NOT NULL DEFAULT '',
    asked_at REAL NOT NULL DEFAULT 0,
    agent TEXT,
    delayed INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX relay_one_open ON relay (conversation) WHERE status = 'open';
CREATE UNIQUE INDEX relay_reference ON relay (provider, reference) WHERE reference IS NOT NULL;
CREATE TABLE errand (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    position REAL NOT NULL,
    relay TEXT NOT NULL REFERENCES relay (id),
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    rank INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL DEFAULT '{}',
    created_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    kept TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'dropped')),
    UNIQUE (relay, direction, key)
);
CREATE INDEX errand_waiting ON errand (relay, direction, position) WHERE status = 'waiting';
CREATE TABLE delivery (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (provider, id)
) WITHOUT ROWID;
CREATE TABLE provider (
    name TEXT PRIMARY KEY,
    paused_until REAL NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    failed_at REAL NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    heard_at REAL NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT ''
);
"""
RELAY = "id, provider, request, status, reference, details, sent, cursor, agent, delayed"


def relay_row(db: sqlite3.Connection, id: str) -> sqlite3.Row:
    """Return the row of a relay that exists."""
    row: sqlite3.Row = db.execute(f"SELECT {RELAY} FROM relay WHERE id = ?", (id,)).fetchone()
    return row


def add_errand(
    db: sqlite3.Connection,
    relay: str,
    direction: str,
    kind: str,
    key: str,
    now: float,
    *,
    body: Mapping[str, Any] | None = None,
    status: str = "waiting",
    rank: int = 0,
    delay: float = 0.0,
) -> bool:
    """Return whether the errand is new; it comes after those that wait, or before higher ranks."""
    text = json.dumps(dict(body or {}), ensure_ascii=False)
    added = db.execute(
        "INSERT INTO errand"
        " (position, relay, direction, kind, key, rank, body, created_at, due_at, status)"
        " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM errand), ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (relay, direction, key) DO NOTHING",
        (
            *(relay, direction, kind, key, rank),
            # Half of a surrogate pair, as broken clients send it, has no UTF-8 form.
            text.encode("utf-8", "replace").decode("utf-8"),
            *(now, now + delay, status),
        ),
    ).rowcount
    if added and rank:
        db.execute(
            "UPDATE errand SET position = coalesce((SELECT min(position) - 0.001 FROM errand"
            " WHERE relay = :relay AND direction = :direction AND status = 'waiting'"
            " AND rank > :rank), position)"
            " WHERE relay = :relay AND direction = :direction AND key = :key",
            {"relay": relay, "direction": direction, "rank": rank, "key": key},
        )
    return bool(added)


def add_event(db: sqlite3.Connection, relay: str, event: Happened, now: float) -> bool:
    """Return whether the doing is new to the relay and is now on its way to the customer."""
    body = {"agent": event.agent, "text": event.text}
    return add_errand(
        db,
        relay,
        "in",
        event.kind,
        event.key,
        now,
        body=body,
        rank=event.order,
        delay=SETTLE_SECONDS,
    )


def provider_row(db: sqlite3.Connection, provider: str, changes: str, *values: object) -> None:
    """Change the provider's row, which is made if it is missing; `changes` is SQL after SET."""
    db.execute("INSERT INTO provider (name) VALUES (?) ON CONFLICT DO NOTHING", (provider,))
    db.execute(f"UPDATE provider SET {changes} WHERE name = ?", (*values, provider))


def finish(db: sqlite3.Connection, errand: Errand) -> None:
    """Take the errand off, without its words."""
    db.execute(
        "UPDATE errand SET status = 'done', body = '{}', error = '' WHERE number = ?",
        (errand.number,),
    )


def drop_out(db: sqlite3.Connection, relay: Relay) -> None:
    """Drop what waits for the provider."""
    db.execute(
        "UPDATE errand SET status = 'dropped', body = '{}'"
        " WHERE relay = ? AND direction = 'out' AND status = 'waiting'",
        (relay.id,),
    )


def waits(db: sqlite3.Connection, relay: Relay, kind: str) -> bool:
    """Return whether an errand of the kind waits."""
    found = db.execute(
        "SELECT 1 FROM errand WHERE relay = ? AND kind = ? AND status = 'waiting'",
        (relay.id, kind),
    ).fetchone()
    return found is not None
