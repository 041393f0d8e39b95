"""Who looked at or changed what at the desk, and who handed out or deleted customers' data."""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from persona_router.handoff.database import ONE_OF, Database
from persona_router.state import state_file

AUDIT = "audit.sqlite"
COMMAND = "command:"
"""Begins the name of somebody who used a command and not the desk."""
NOBODY = "-"
"""Somebody who gave no known name."""
ERASED = "erased"
"""The subject of an entry about a customer of whom nothing is kept any more."""
_LONGEST = 300
_SCHEMA = """
CREATE TABLE entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX entry_at ON entry (at);
CREATE INDEX entry_who ON entry (who, number);
CREATE INDEX entry_subject ON entry (subject, number);
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One deed: when, in Unix seconds, by which login, of what kind, and of whom or what.

    `refused` tells that it did not come about.
    """

    number: int
    at: float
    who: str
    deed: str
    subject: str
    refused: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries somebody wants to see; what is empty or None leaves all of them.

    `since` and `until` are in Unix seconds, the last one excluded.
    """

    who: str = ""
    deed: str = ""
    subject: str = ""
    since: float | None = None
    until: float | None = None


class AuditTrail:
    """Entries in a file of their own, of mode 0600; every method may raise QueueUnavailable.

    `clock` gives Unix seconds. There is no method that changes who did what and when.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._database = Database(path, schema=_SCHEMA, version=1, content="audit trail")

    def note(self, who: str, deed: str, subject: str = "") -> int:
        """Return the number of the new entry, which is written when this returns."""
        with self._database.connection() as db:
            added = db.execute(
                "INSERT INTO entry (at, who, deed, subject) VALUES (?, ?, ?, ?)",
                (self._clock(), who[:_LONGEST], deed, subject[:_LONGEST]),
            )
        return int(added.lastrowid or 0)

    def settle(self, number: int, *, subject: str = "", refused: bool) -> None:
        """Note what a deed that was begun came to: of whom it was, if that was not known yet."""
        with self._database.connection() as db:
            db.execute(
                "UPDATE entry SET refused = ?, subject = iif(subject = '', ?, subject)"
                " WHERE number = ?",
                (refused, subject[:_LONGEST], number),
            )

    def entries(
        self, wanted: Wanted, *, before: int | None = None, limit: int
    ) -> tuple[Entry, ...]:
        """Return up to `limit` entries, newest first; those before one number, if it is given."""
        conditions = {
            "who = ?": wanted.who or None,
            "deed = ?": wanted.deed or None,
            "subject = ?": wanted.subject or None,
            "at >= ?": wanted.since,
            "at < ?": wanted.until,
            "number < ?": before,
        }
        asked = {condition: v for condition, v in conditions.items() if v is not None}
        with self._database.connection() as db:
            rows = db.execute(
                f"SELECT * FROM entry WHERE {' AND '.join(['1', *asked])}"
                " ORDER BY number DESC LIMIT ?",
                (*asked.values(), limit),
            ).fetchall()
        return tuple(_entry(row) for row in rows)

    def about(self, ids: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return as `entry` those about one of the ids, as they were written."""
        return self._database.selected({"entry": _about(ids)})

    def unname(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return from how many entries, as `entry`, the ids are now taken out."""
        condition, values = _about(ids)
        with self._database.transaction() as db:
            db.execute("PRAGMA secure_delete = ON")
            changed = db.execute(
                f"UPDATE entry SET subject = ? WHERE {condition}", (ERASED, *values)
            )
            return {"entry": changed.rowcount}

    def older(self, before: float, *, but: Sequence[str] = ()) -> int:
        """Return how many entries are from before then; `but` spares none of them."""
        with self._database.connection() as db:
            found = db.execute("SELECT count(*) FROM entry WHERE at < ?", (before,)).fetchone()
        return int(found[0])

    def forget_older(self, before: float, *, but: Sequence[str] = (), most: int) -> int:
        """Return how many of those are deleted, the `most` oldest."""
        oldest = "SELECT number FROM entry WHERE at < ? ORDER BY at LIMIT ?"
        deleted = self._database.delete({"entry": (f"number IN ({oldest})", (before, most))})
        return deleted["entry"]


def _about(ids: Sequence[str]) -> tuple[str, tuple[object, ...]]:
    """Return the condition of entries whose subject is an id, or an address that names one."""
    listed = json.dumps(list(ids))
    asked = json.dumps([f"={quote_plus(id)}&" for id in ids])
    condition = (
        f"subject {ONE_OF} OR EXISTS (SELECT 1 FROM json_each(?)"
        " WHERE instr(subject || '&', value) > 0)"
    )
    return condition, (listed, asked)


def open_audit() -> AuditTrail:
    """Return the trail in the assistant's state folder; raises QueueUnavailable."""
    return AuditTrail(state_file(AUDIT))


def _entry(row: sqlite3.Row) -> Entry:
    found = dict(row)
    return Entry(**{**found, "refused": bool(found["refused"])})
