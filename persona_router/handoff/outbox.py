"""The outbox: what has to reach another desk, or a customer from there, exactly once."""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from persona_router.handoff.database import Database, Selection
from persona_router.handoff.errands import Health, Relay
from persona_router.handoff.outbox_rows import (
    RELAY,
    SCHEMA,
    SCHEMA_VERSION,
    add_errand,
    add_event,
    provider_row,
    relay_row,
)
from persona_router.handoff.provider import Received, Reference
from persona_router.handoff.queue import HandoffRequest, Line
from persona_router.handoff.records import decoded, encoded
from persona_router.state import state_file


def open_outbox() -> "Outbox":
    """Return the outbox of the assistant's state folder; raises QueueUnavailable."""
    return Outbox(state_file("outbox.sqlite"))


class Outbox:
    """What customers and providers put in; `clock` gives Unix seconds.

    Every method may raise QueueUnavailable, and nothing is then half done.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self.database = Database(
            path, schema=SCHEMA, version=SCHEMA_VERSION, content="handoff outbox"
        )
        self.clock = clock

    def open(self, request: HandoffRequest, provider: str, *, delayed: bool = False) -> Relay:
        """Return the conversation's open relay, a new one on its way if there is none.

        Repeating a request therefore never doubles it. `delayed` tells that the customer knows of
        the delay.
        """
        now = self.clock()
        with self.database.transaction() as db:
            row = self._open_row(db, request.conversation)
            if row is None:
                id = secrets.token_hex(8)
                db.execute(
                    "INSERT INTO relay (id, provider, conversation, request, delayed)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (id, provider, request.conversation, encoded(request), delayed),
                )
                add_errand(db, id, "out", "open", "open", now)
                for line in request.transcript:
                    if line.sender == "customer" and line.id:
                        add_errand(db, id, "out", "message", line.id, now, status="done")
                row = relay_row(db, id)
        return self.relay_of(row)

    def open_for(self, conversation: str) -> Relay | None:
        """Return the conversation's relay while the other desk has it."""
        with self.database.connection() as db:
            row = self._open_row(db, conversation)
        return None if row is None else self.relay_of(row)

    def open_conversations(self) -> frozenset[str]:
        """Return the conversations that another desk has."""
        with self.database.connection() as db:
            rows = db.execute("SELECT conversation FROM relay WHERE status = 'open'").fetchall()
        return frozenset(str(row["conversation"]) for row in rows)

    def add_message(self, conversation: str, line: Line) -> bool:
        """Return whether the customer's message is new and on its way.

        It is not if nobody has the conversation, or if it came before, by its `id`.
        """
        with self.database.connection() as db:
            if self._open_row(db, conversation) is None:
                return False
        with self.database.transaction() as db:
            row = self._open_row(db, conversation)
            if row is None:
                return False
            key = line.id or f"at:{line.at}"
            return add_errand(db, row["id"], "out", "message", key, self.clock(), body=vars(line))

    def end(self, conversation: str) -> None:
        """Have the conversation ended at the other desk, if it is there: the customer left."""
        with self.database.transaction() as db:
            row = self._open_row(db, conversation)
            if row is not None:
                db.execute("UPDATE relay SET status = 'ending' WHERE id = ?", (row["id"],))
                add_errand(db, row["id"], "out", "end", "end", self.clock())

    def receive(self, provider: str, received: Received) -> int:
        """Return how many of the doings were new to us and are now on their way.

        A delivery that was taken before, and doings in conversations that are not ours, are none.
        """
        now = self.clock()
        with self.database.transaction() as db:
            seen = "SELECT 1 FROM delivery WHERE provider = ? AND id = ?"
            if received.id and db.execute(seen, (provider, received.id)).fetchone():
                return 0
            ours = [
                (event, row["id"])
                for event in received.events
                for row in db.execute(
                    "SELECT id FROM relay WHERE provider = ? AND reference = ?",
                    (provider, event.reference),
                )
            ]
            new = sum(add_event(db, relay, event, now) for event, relay in ours)
            if received.id and ours:
                db.execute("INSERT INTO delivery VALUES (?, ?)", (provider, received.id))
            provider_row(db, provider, "heard_at = ?", now)
        return new

    def health(self, provider: str) -> Health:
        """Return how the provider does."""
        with self.database.connection() as db:
            row = db.execute(
                "SELECT paused_until, failures, error, failed_at, missed, heard_at, fault"
                " FROM provider WHERE name = ?",
                (provider,),
            ).fetchone()
        return Health() if row is None else Health(**dict(row))

    def waiting(self) -> Mapping[str, tuple[int, float]]:
        """Return how many errands of each kind wait, and since when the oldest, in Unix seconds."""
        with self.database.connection() as db:
            rows = db.execute(
                "SELECT kind, count(*) AS n, min(created_at) AS since FROM errand"
                " WHERE status = 'waiting' GROUP BY kind ORDER BY kind"
            ).fetchall()
        return {row["kind"]: (int(row["n"]), float(row["since"])) for row in rows}

    def unended(self) -> int:
        """Return how many relays are not ended."""
        with self.database.connection() as db:
            row = db.execute("SELECT count(*) AS n FROM relay WHERE status <> 'ended'").fetchone()
        return int(row["n"])

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the conversation's rows: each `errand`, and each `relay` that they belong to."""
        found = self.database.selected(_belonging(conversation))
        try:
            return {
                "errand": [{**row, "body": json.loads(row["body"])} for row in found["errand"]],
                "relay": [
                    {**row, **{name: json.loads(row[name]) for name in ("request", "details")}}
                    for row in found["relay"]
                ],
            }
        except ValueError as error:
            raise self.database.corrupt(error) from error

    def forget_conversation(self, conversation: str) -> Mapping[str, int]:
        """Return how many of them are deleted; what still waits reaches nobody then."""
        return self.database.delete(_belonging(conversation))

    def relay_of(self, row: sqlite3.Row) -> Relay:
        """Return the relay of a row that has its columns."""
        try:
            reference = row["reference"] and Reference(
                id=row["reference"], details=json.loads(row["details"])
            )
            return Relay(
                **{name: row[name] for name in ("id", "provider", "status", "sent", "cursor")},
                request=decoded(row["request"]),
                reference=reference or None,
                agent=row["agent"],
                delayed=bool(row["delayed"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise self.database.corrupt(error) from error

    def _open_row(self, db: sqlite3.Connection, conversation: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = db.execute(
            f"SELECT {RELAY} FROM relay WHERE conversation = ? AND status = 'open'",
            (conversation,),
        ).fetchone()
        return found


def _belonging(conversation: str) -> Selection:
    return {
        "errand": (
            "relay IN (SELECT id FROM relay WHERE conversation = ?)",
            (conversation,),
        ),
        "relay": ("conversation = ?", (conversation,)),
    }
