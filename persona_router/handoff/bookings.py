"""Booked callbacks: who is called in which slot, and how often that was tried."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.handoff.database import ONE_OF, Database, Selection
from persona_router.state import state_file

SCHEMA_VERSION = 1
HELD_SECONDS = 900.0
"""So long a slot is kept for a customer who has chosen it but not finished asking."""

_SCHEMA = """
CREATE TABLE hold (
    conversation TEXT PRIMARY KEY,
    line TEXT NOT NULL,
    start REAL NOT NULL,
    until REAL NOT NULL
);
CREATE TABLE booking (
    handoff TEXT PRIMARY KEY,
    conversation TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    start REAL NOT NULL,
    number TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at REAL
);
CREATE INDEX booking_slot ON booking (line, start);
"""
_TAKEN = (
    "SELECT conversation, start FROM booking WHERE line = :line AND conversation <> :conversation"
    " UNION ALL SELECT conversation, start FROM hold"
    " WHERE line = :line AND conversation <> :conversation AND until > :now"
    # Whoever moves a call holds the new slot beside the booked one until the move is done.
)


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A call that is promised: `start` in Unix seconds, `number` as E.164.

    `line` names the service that calls; `attempts` tells how often nobody was reached, the last
    time at `tried_at` in Unix seconds.
    """

    handoff: str
    line: str
    start: float
    number: str
    attempts: int = 0
    tried_at: float | None = None


def open_bookings() -> "Bookings":
    """Return the bookings of the assistant's state folder; raises QueueUnavailable."""
    return Bookings(state_file("callbacks.sqlite"))


class Bookings:
    """One file that the action server, Rasa and the desk share; `clock` gives Unix seconds.

    Every method may raise QueueUnavailable.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(
            path, schema=_SCHEMA, version=SCHEMA_VERSION, content="callback bookings"
        )
        self._clock = clock
        self.path = self._database.path

    def taken(self, line: str, *, by_others_than: str = "") -> Mapping[float, int]:
        """Return how many calls of a service are booked or held, by the start of their slot."""
        values = {"line": line, "conversation": by_others_than, "now": self._clock()}
        with self._database.connection() as db:
            rows = db.execute(
                f"SELECT start, count(*) AS n FROM ({_TAKEN}) GROUP BY start", values
            ).fetchall()
        return {float(row["start"]): int(row["n"]) for row in rows}

    def hold(self, conversation: str, line: str, start: float, *, at_once: int) -> bool:
        """Return whether the slot is now kept for the customer, in place of any they held before.

        Of several customers who want the last place, in any process, exactly one gets it.
        """
        now = self._clock()
        values = {"line": line, "conversation": conversation, "now": now, "start": start}
        with self._database.transaction() as db:
            db.execute("DELETE FROM hold WHERE until <= ? OR conversation = ?", (now, conversation))
            counted = f"SELECT count(*) AS n FROM ({_TAKEN}) WHERE start = :start"
            if start <= now or db.execute(counted, values).fetchone()["n"] >= at_once:
                return False
            db.execute(
                "INSERT INTO hold (conversation, line, start, until) VALUES (?, ?, ?, ?)",
                (conversation, line, start, now + HELD_SECONDS),
            )
            return True

    def book(self, handoff: str, conversation: str, number: str) -> Booking | None:
        """Return the booking of the slot that the customer holds; None if they hold none.

        A call that was booked before for the same handoff is moved there.
        """
        with self._database.transaction() as db:
            held = db.execute(
                "SELECT line, start FROM hold WHERE conversation = ? AND until > ?",
                (conversation, self._clock()),
            ).fetchone()
            if held is None:
                return None
            db.execute("DELETE FROM hold WHERE conversation = ?", (conversation,))
            db.execute(
                "DELETE FROM booking WHERE conversation = ? AND handoff <> ?",
                (conversation, handoff),
            )
            db.execute(
                "INSERT INTO booking (handoff, conversation, line, start, number)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (handoff) DO UPDATE SET"
                " line = excluded.line, start = excluded.start, number = excluded.number",
                (handoff, conversation, held["line"], held["start"], number),
            )
        return self.get(handoff)

    def get(self, handoff: str) -> Booking | None:
        """Return the booking of a handoff; None if it has none."""
        return self.all().get(handoff)

    def all(self) -> Mapping[str, Booking]:
        """Return every promised call by handoff."""
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT handoff, line, start, number, attempts, tried_at FROM booking"
            ).fetchall()
        return {row["handoff"]: Booking(**dict(row)) for row in rows}

    def move(self, handoff: str, start: float, *, at_once: int, unreached: bool) -> bool:
        """Return whether the call is now promised for another slot; False if that is full or over.

        With `unreached` one more attempt is counted, even if the slot is the same.
        """
        now = self._clock()
        with self._database.transaction() as db:
            own = db.execute(
                "SELECT conversation, line FROM booking WHERE handoff = ?", (handoff,)
            ).fetchone()
            if own is None:
                return False
            values = {**dict(own), "now": now, "start": start}
            counted = f"SELECT count(*) AS n FROM ({_TAKEN}) WHERE start = :start"
            if start <= now or db.execute(counted, values).fetchone()["n"] >= at_once:
                return False
            db.execute(
                "UPDATE booking SET start = ?, attempts = attempts + ?,"
                " tried_at = CASE WHEN ? THEN ? ELSE tried_at END WHERE handoff = ?",
                (start, int(unreached), unreached, now, handoff),
            )
            return True

    def forget(self, handoff: str) -> None:
        """Delete the booking of a handoff that is closed, which frees its slot."""
        with self._database.transaction() as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("DELETE FROM booking WHERE handoff = ?", (handoff,))

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the conversation's `booking` and the slot that it holds, as `hold`."""
        return self._database.selected(_belonging(conversation))

    def forget_conversation(self, conversation: str) -> Mapping[str, int]:
        """Return how many of them are deleted, which frees their slots."""
        return self._database.delete(_belonging(conversation))

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many promised and held calls were for a time before then.

        Those of the conversations `but` do not count.
        """
        with self._database.connection() as db:
            return sum(
                int(db.execute(f"SELECT count(*) FROM {table} WHERE {which}", values).fetchone()[0])
                for table, (which, values) in _over(before, but).items()
            )

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of those that `older` counts are deleted, at most `most` a table."""
        return sum(
            self._database.delete(
                {
                    table: (
                        f"rowid IN (SELECT rowid FROM {table} WHERE {which} LIMIT ?)",
                        (*values, most),
                    )
                    for table, (which, values) in _over(before, but).items()
                }
            ).values()
        )


def _belonging(conversation: str) -> Selection:
    return {
        "booking": ("conversation = ?", (conversation,)),
        "hold": ("conversation = ?", (conversation,)),
    }


def _over(before: float, but: Sequence[str]) -> Selection:
    others = f"conversation NOT {ONE_OF}"
    names = json.dumps(but)
    return {
        "booking": (f"start < ? AND {others}", (before, names)),
        "hold": (f"max(start, until) < ? AND {others}", (before, names)),
    }
