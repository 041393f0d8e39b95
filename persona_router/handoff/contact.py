"""What passes between customers and agents besides words: who is typing, names, and ratings."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from persona_router.core.locale import region_of
from persona_router.handoff.database import ONE_OF, Database, Selection
from persona_router.handoff.queue import Handoff
from persona_router.redaction import Redactor
from persona_router.state import state_file

SCHEMA_VERSION = 1
TYPING_SECONDS = 6.0
"""So long a sign of typing holds; browsers repeat it every three seconds."""
MOST_STARS = 5
LONGEST_COMMENT = 1000

Typist = Literal["customer", "agent"]

_SCHEMA = """
CREATE TABLE typing (
    conversation TEXT NOT NULL,
    typist TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (conversation, typist)
);
CREATE TABLE answering (handoff TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE rating (
    handoff TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    decision TEXT,
    agent TEXT,
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX rating_at ON rating (at);
CREATE INDEX rating_conversation ON rating (conversation);
CREATE INDEX rating_decision ON rating (decision);
"""
_USUAL = Redactor()
_RATING = "handoff, conversation, decision, agent, stars, comment, at"


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What a customer thought of the help: `stars` from 1 to 5, and a comment that may be empty.

    `agent` is the user name of whoever held the handoff last, `decision` the id of the decision
    that led there; `at` is in Unix seconds.
    """

    handoff: str
    conversation: str
    decision: str | None
    agent: str | None
    stars: int
    comment: str
    at: float


def open_contact(redactor: Redactor = _USUAL) -> "Contact":
    """Return the contact of the assistant's state folder; raises QueueUnavailable."""
    return Contact(state_file("contact.sqlite"), redactor=redactor)


class Contact:
    """One file that the website's channel and the desk share; `clock` gives Unix seconds.

    `redactor` covers personal data in comments. Every method may raise QueueUnavailable.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        redactor: Redactor = _USUAL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redactor = redactor
        self._database = Database(
            path, schema=_SCHEMA, version=SCHEMA_VERSION, content="contact database"
        )
        self._clock = clock
        self.path = self._database.path

    def types(self, conversation: str, typist: Typist, *, on: bool = True) -> None:
        """Note that one side is typing, or has stopped."""
        now = self._clock()
        with self._database.transaction() as db:
            db.execute("DELETE FROM typing WHERE until < ?", (now,))
            db.execute(
                "INSERT OR REPLACE INTO typing (conversation, typist, until) VALUES (?, ?, ?)",
                (conversation, typist, now + TYPING_SECONDS if on else now),
            )

    def is_typing(self, conversation: str, typist: Typist) -> bool:
        """Return whether that side has been typing a moment ago."""
        with self._database.connection() as db:
            found = db.execute(
                "SELECT 1 FROM typing WHERE conversation = ? AND typist = ? AND until > ?",
                (conversation, typist, self._clock()),
            ).fetchone()
        return found is not None

    def answers(self, handoff: str, name: str) -> None:
        """Note the name, as customers may read it, of whoever answers."""
        with self._database.connection() as db:
            db.execute(
                "INSERT OR REPLACE INTO answering (handoff, name) VALUES (?, ?)", (handoff, name)
            )

    def name(self, handoff: str) -> str | None:
        """Return the name of whoever answered last; None if nobody has."""
        with self._database.connection() as db:
            row = db.execute("SELECT name FROM answering WHERE handoff = ?", (handoff,)).fetchone()
        return str(row["name"]) if row else None

    def rate(self, handoff: Handoff, stars: int, comment: str) -> None:
        """Keep the rating of a handoff; the first one counts."""
        request = handoff.request
        comment = self._redactor(comment, region=region_of(request.locale))
        with self._database.connection() as db:
            db.execute(
                f"INSERT OR IGNORE INTO rating ({_RATING}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(handoff.id, request.conversation, request.decision_id, handoff.agent),
                    *(stars, comment, self._clock()),
                ),
            )

    def rating(self, handoff: str) -> Rating | None:
        """Return the handoff's rating; None if it has none."""
        return next(iter(self._ratings("WHERE handoff = ?", handoff)), None)

    def latest(self, most: int) -> tuple[Rating, ...]:
        """Return the last ratings, the latest first."""
        return self._ratings("ORDER BY at DESC, handoff LIMIT ?", most)

    def forget(self, handoff: str) -> None:
        """Delete the name and the rating of a handoff."""
        with self._database.transaction() as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("DELETE FROM answering WHERE handoff = ?", (handoff,))
            db.execute("DELETE FROM rating WHERE handoff = ?", (handoff,))

    def of_conversation(
        self, conversation: str, handoffs: Sequence[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return ratings, names of who answered, and signs of typing; `handoffs` are ids."""
        return self._database.selected(_belonging(conversation, handoffs))

    def forget_conversation(self, conversation: str, handoffs: Sequence[str]) -> Mapping[str, int]:
        """Return how many of them are deleted."""
        return self._database.delete(_belonging(conversation, handoffs))

    def _ratings(self, which: str, value: object) -> tuple[Rating, ...]:
        with self._database.connection() as db:
            rows = db.execute(f"SELECT {_RATING} FROM rating {which}", (value,)).fetchall()
        return tuple(Rating(**dict(row)) for row in rows)


def _belonging(conversation: str, handoffs: Sequence[str]) -> Selection:
    return {
        "rating": ("conversation = ?", (conversation,)),
        "answering": (f"handoff {ONE_OF}", (json.dumps(handoffs),)),
        "typing": ("conversation = ?", (conversation,)),
    }
