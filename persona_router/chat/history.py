"""What was said on the website, in order: so that nothing is lost between server and browser."""

import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.readiness import database_works

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    sender TEXT NOT NULL,
    client_id TEXT,
    body TEXT NOT NULL,
    at REAL NOT NULL,
    handled INTEGER NOT NULL DEFAULT 1,
    UNIQUE (conversation, client_id)
);
CREATE INDEX IF NOT EXISTS message_by_conversation ON message (conversation, seq);
"""
_MOST = 500
_COLUMNS = "seq, conversation, sender, client_id, body, at, handled"
_OTHERS = "conversation NOT IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Entry:
    """One message; `seq` orders all messages, `client_id` is the browser's name for its own."""

    seq: int
    sender: str
    client_id: str | None
    body: Mapping[str, Any]
    at: float


class ChatHistory:
    """The messages of all website conversations in one SQLite file, safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA busy_timeout = 5000")
            self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise OSError(f"{path} is no usable chat history ({error}). Move it away.") from error

    def add_from_customer(
        self, conversation: str, client_id: str, body: Mapping[str, Any]
    ) -> tuple[Entry, bool]:
        """Return the entry of a customer's message, and whether it is new; a repeat is not added.

        It counts as unhandled until `mark_handled`, so that a crash cannot lose it.
        """
        with self._lock:
            added = self._database.execute(
                "INSERT OR IGNORE INTO message (conversation, sender, client_id, body, at, handled)"
                " VALUES (?, 'customer', ?, ?, ?, 0)",
                (conversation, client_id, json.dumps(body), time.time()),
            )
            row = self._database.execute(
                "SELECT seq, sender, client_id, body, at FROM message"
                " WHERE conversation = ? AND client_id = ?",
                (conversation, client_id),
            ).fetchone()
        return _entry(row), added.rowcount == 1

    def add_reply(self, conversation: str, sender: str, body: Mapping[str, Any]) -> Entry:
        """Return the entry of a message to the customer, from "bot" or "agent"."""
        at = time.time()
        with self._lock:
            added = self._database.execute(
                "INSERT INTO message (conversation, sender, body, at) VALUES (?, ?, ?, ?)",
                (conversation, sender, json.dumps(body), at),
            )
        return Entry(int(added.lastrowid or 0), sender, None, body, at)

    def since(self, conversation: str, after: int) -> list[Entry]:
        """Return the conversation's messages with a higher `seq`, oldest first, the last 500."""
        with self._lock:
            rows = self._database.execute(
                "SELECT seq, sender, client_id, body, at FROM message"
                " WHERE conversation = ? AND seq > ? ORDER BY seq DESC LIMIT ?",
                (conversation, after, _MOST),
            ).fetchall()
        return [_entry(row) for row in reversed(rows)]

    def replies_to(self, conversation: str, entry: Entry) -> list[str]:
        """Return the texts of the replies to a customer's message, oldest first.

        Only those count whose body names the message as `to`.
        """
        with self._lock:
            rows = self._database.execute(
                "SELECT json_extract(body, '$.text') FROM message"
                " WHERE conversation = ? AND seq > ? AND json_extract(body, '$.to') = ?"
                " ORDER BY seq",
                (conversation, entry.seq, entry.client_id),
            ).fetchall()
        return [str(row[0]) for row in rows]

    def locale_of(self, conversation: str) -> str | None:
        """Return the locale of the latest reply that names one; None before there is any."""
        with self._lock:
            row = self._database.execute(
                "SELECT json_extract(body, '$.locale') AS locale FROM message"
                " WHERE conversation = ? AND sender <> 'customer' AND locale IS NOT NULL"
                " ORDER BY seq DESC LIMIT 1",
                (conversation,),
            ).fetchone()
        return str(row[0]) if row else None

    def unhandled(self, conversation: str) -> list[Entry]:
        """Return the customer's messages that were accepted but never answered, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT seq, sender, client_id, body, at FROM message"
                " WHERE conversation = ? AND handled = 0 ORDER BY seq",
                (conversation,),
            ).fetchall()
        return [_entry(row) for row in rows]

    def works(self) -> bool:
        """Return whether messages can be kept and read now; may raise sqlite3.Error."""
        return database_works(self._path, "message")

    def mark_handled(self, seq: int) -> None:
        """Note that the assistant has dealt with a message."""
        with self._lock:
            self._database.execute("UPDATE message SET handled = 1 WHERE seq = ?", (seq,))

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return every `message` of the conversation with all its columns, oldest first."""
        with self._lock:
            found = self._database.execute(
                f"SELECT {_COLUMNS} FROM message WHERE conversation = ? ORDER BY seq",
                (conversation,),
            ).fetchall()
        rows = [dict(zip(_COLUMNS.split(", "), row, strict=True)) for row in found]
        return {"message": [{**row, "body": json.loads(row["body"])} for row in rows]}

    def forget_conversation(self, conversation: str) -> Mapping[str, int]:
        """Return how many messages are deleted."""
        return {"message": self._delete("conversation = ?", (conversation,))}

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many messages were written before then, but for some conversations."""
        with self._lock:
            found = self._database.execute(
                f"SELECT count(*) FROM message WHERE at < ? AND {_OTHERS}",
                (before, json.dumps(but)),
            ).fetchone()
        return int(found[0])

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of those are deleted, of the `most` that came first."""
        # Messages are in the order of their times, so that the first ones are all to look at.
        first = f"SELECT seq, at FROM message WHERE {_OTHERS} ORDER BY seq LIMIT ?"
        which = f"seq IN (SELECT seq FROM ({first}) WHERE at < ?)"
        return self._delete(which, (json.dumps(but), most, before))

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        self._database.close()

    def _delete(self, condition: str, values: tuple[object, ...]) -> int:
        with self._lock:
            # Without this the words would stay in the file's free pages.
            self._database.execute("PRAGMA secure_delete = ON")
            deleted = self._database.execute(f"DELETE FROM message WHERE {condition}", values)
        return deleted.rowcount


def _entry(row: tuple[int, str, str | None, str, float]) -> Entry:
    seq, sender, client_id, body, at = row
    return Entry(seq, sender, client_id, json.loads(body), at)
