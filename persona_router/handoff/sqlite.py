"""The embedded handoff queue: one SQLite file that the action server and the desk share."""

import secrets
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from persona_router.handoff.database import Database, Steps
from persona_router.handoff.past import PastHandoffs
from persona_router.handoff.queue import (
    AlreadyClaimed,
    AlreadyClosed,
    Handoff,
    HandoffRequest,
    Past,
    Status,
    UnknownHandoff,
)
from persona_router.handoff.records import decoded, encoded
from persona_router.state import state_file

SCHEMA_VERSION = 2

_SCHEMA = """
CREATE TABLE handoff (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'callback')),
    request TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'claimed', 'closed')),
    agent TEXT,
    claimed_at REAL,
    closed_at REAL,
    closed_by TEXT,
    met_at REAL
);
CREATE UNIQUE INDEX handoff_one_open ON handoff (conversation, kind) WHERE status <> 'closed';
CREATE INDEX handoff_status ON handoff (status, number);
"""
_STEPS: Steps = {
    1: (
        "ALTER TABLE handoff ADD COLUMN met_at REAL",
        "UPDATE handoff SET met_at = claimed_at",
    ),
}
"""`met_at` is when a person first came, whoever holds the conversation since."""
_COLUMNS = "id, request, status, agent, claimed_at, closed_at, closed_by"


def open_queue() -> "SqliteHandoffQueue":
    """Return the queue of the assistant's state folder; raises QueueUnavailable."""
    return SqliteHandoffQueue(state_file("handoff.sqlite"))


class SqliteHandoffQueue:
    """A HandoffQueue in one file, made with mode 0600 if it is missing.

    Safe for any number of threads and processes: each call has a connection of its own, and
    waits up to five seconds for another writer. Raises QueueUnavailable.
    """

    def __init__(self, path: Path | str) -> None:
        self._database = Database(
            path, schema=_SCHEMA, version=SCHEMA_VERSION, content="handoff queue", steps=_STEPS
        )
        self.path = self._database.path

    @property
    def past(self) -> Past:
        """What was: waits, closed chats, and what is to be forgotten."""
        return PastHandoffs(self._database, columns=_COLUMNS, read=self._handoff)

    def add(self, request: HandoffRequest) -> Handoff:
        """Return the waiting handoff; the open one of this conversation and kind if there is one.

        Values that JSON does not know are stored as their text: an odd value must not cost a
        customer the person they asked for.
        """
        content = encoded(request)
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO handoff (id, conversation, kind, request) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (conversation, kind) WHERE status <> 'closed' DO NOTHING",
                (secrets.token_hex(8), request.conversation, request.kind, content),
            )
            row = db.execute(
                f"SELECT {_COLUMNS} FROM handoff"
                " WHERE conversation = ? AND kind = ? AND status <> 'closed'",
                (request.conversation, request.kind),
            ).fetchone()
        return self._handoff(row)

    def waiting(self) -> tuple[Handoff, ...]:
        """Return the unclaimed handoffs of both kinds, first come first."""
        return self._with_status("waiting")

    def claimed(self) -> tuple[Handoff, ...]:
        """Return the handoffs that agents are working on, first come first."""
        return self._with_status("claimed")

    def get(self, id: str) -> Handoff:
        """Return the handoff; raises UnknownHandoff."""
        with self._database.connection() as db:
            return self._get(db, id)

    def open_for(self, conversation: str) -> tuple[Handoff, ...]:
        """Return the conversation's handoffs that are not closed: at most one of each kind."""
        with self._database.connection() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM handoff"
                " WHERE conversation = ? AND status <> 'closed' ORDER BY number",
                (conversation,),
            ).fetchall()
        return tuple(self._handoff(row) for row in rows)

    def position(self, id: str) -> int | None:
        """Return the place among the waiting of its kind, from 1; None when it does not wait.

        Raises UnknownHandoff.
        """
        with self._database.connection() as db:
            if self._get(db, id).status != "waiting":
                return None
            row = db.execute(
                "SELECT count(*) FROM handoff AS other JOIN handoff AS this ON this.id = ?"
                " WHERE other.status = 'waiting' AND this.status = 'waiting'"
                " AND other.kind = this.kind AND other.number <= this.number",
                (id,),
            ).fetchone()
        return int(row["count(*)"]) or None

    def claim(self, id: str, agent: str) -> Handoff:
        """Return the handoff, now this agent's; claiming it again changes nothing.

        Of several agents, in any process, exactly one succeeds. Raises AlreadyClaimed,
        AlreadyClosed or UnknownHandoff.
        """
        now = time.time()
        with self._database.connection() as db:
            won = db.execute(
                "UPDATE handoff SET status = 'claimed', agent = ?, claimed_at = ?,"
                " met_at = coalesce(met_at, ?) WHERE id = ? AND status = 'waiting'",
                (agent, now, now, id),
            ).rowcount
            handoff = self._get(db, id)
        if not won and handoff.status == "closed":
            raise AlreadyClosed(id)
        if not won and handoff.agent is not None and handoff.agent != agent:
            raise AlreadyClaimed(id, handoff.agent)
        return handoff

    def release(self, id: str, agent: str) -> Handoff:
        """Return the handoff, waiting in its old place if it was this agent's.

        One that the agent does not hold stays as it is. Raises UnknownHandoff.
        """
        with self._database.connection() as db:
            db.execute(
                "UPDATE handoff SET status = 'waiting', agent = NULL, claimed_at = NULL"
                " WHERE id = ? AND status = 'claimed' AND agent = ?",
                (id, agent),
            )
            return self._get(db, id)

    def transfer(self, id: str, agent: str, to: str) -> Handoff:
        """Return the handoff, now the agent's `to` if it was this agent's.

        One that the agent does not hold stays as it is. Raises UnknownHandoff.
        """
        with self._database.connection() as db:
            db.execute(
                "UPDATE handoff SET agent = ?, claimed_at = ?"
                " WHERE id = ? AND status = 'claimed' AND agent = ?",
                (to, time.time(), id, agent),
            )
            return self._get(db, id)

    def close(self, id: str, by: str) -> Handoff:
        """Return the handoff, now closed; closing it again changes nothing.

        Raises UnknownHandoff.
        """
        with self._database.connection() as db:
            db.execute(
                "UPDATE handoff SET status = 'closed', closed_at = ?, closed_by = ?"
                " WHERE id = ? AND status <> 'closed'",
                (time.time(), by, id),
            )
            return self._get(db, id)

    def counts(self) -> Mapping[Status, int]:
        """Return how many handoffs have each status; all three statuses are present."""
        found: dict[Status, int] = {"waiting": 0, "claimed": 0, "closed": 0}
        with self._database.connection() as db:
            rows = db.execute("SELECT status, count(*) AS n FROM handoff GROUP BY status")
            found.update({row["status"]: int(row["n"]) for row in rows})
        return found

    def _with_status(self, status: Status) -> tuple[Handoff, ...]:
        with self._database.connection() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM handoff WHERE status = ? ORDER BY number", (status,)
            ).fetchall()
        return tuple(self._handoff(row) for row in rows)

    def _get(self, db: sqlite3.Connection, id: str) -> Handoff:
        row = db.execute(f"SELECT {_COLUMNS} FROM handoff WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise UnknownHandoff(id)
        return self._handoff(row)

    def _handoff(self, row: sqlite3.Row) -> Handoff:
        try:
            request = decoded(row["request"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._database.corrupt(error) from error
        return Handoff(
            id=row["id"],
            request=request,
            status=row["status"],
            agent=row["agent"],
            claimed_at=row["claimed_at"],
            closed_at=row["closed_at"],
            closed_by=row["closed_by"],
        )
