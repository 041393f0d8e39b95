"""What colleagues tell each other about a handoff: whose it should be, how urgent, and notes."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from persona_router.handoff.database import ONE_OF, Database, Selection
from persona_router.redaction import Redactor

_USUAL = Redactor()

NoteKind = Literal[
    "note",
    "transferred",
    "released",
    "gone",
    "given_up",
    "snoozed",
    "resolved",
    "returned",
    "unreached",
    "moved",
    "call_placed",
    "call_answered",
    "call_busy",
    "call_no_answer",
    "call_failed",
    "call_agent_missed",
    "call_unknown",
]


@dataclass(frozen=True, kw_only=True)
class Care:
    """How a handoff is to be treated.

    `team` and `agent` are who should take it, if somebody said so; `priority` is a word of
    PRIORITIES that overrides the policy's; before `snoozed_until`, in Unix seconds, nobody need
    look at it.
    """

    team: str = ""
    agent: str | None = None
    priority: str | None = None
    snoozed_until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """A line that customers never see; `author` is a user name, None for the desk itself."""

    kind: NoteKind
    author: str | None
    text: str
    at: float


class CareStore:
    """The care and the notes of handoffs; every method may raise QueueUnavailable.

    `redactor` covers personal data in notes.
    """

    def __init__(self, database: Database, *, redactor: Redactor = _USUAL) -> None:
        self._database = database
        self._redactor = redactor

    def all(self) -> Mapping[str, Care]:
        """Return the care of every handoff that was given any, by id."""
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT handoff, team, agent, priority, snoozed_until FROM care"
            ).fetchall()
        return {
            row["handoff"]: Care(
                team=row["team"],
                agent=row["agent"],
                priority=row["priority"],
                snoozed_until=row["snoozed_until"],
            )
            for row in rows
        }

    def get(self, handoff: str) -> Care:
        """Return the care of a handoff."""
        return self.all().get(handoff, Care())

    def keep(self, handoff: str, care: Care) -> None:
        """Keep the care of a handoff in the place of what was."""
        with self._database.connection() as db:
            db.execute(
                "INSERT OR REPLACE INTO care (handoff, team, agent, priority, snoozed_until)"
                " VALUES (?, ?, ?, ?, ?)",
                (handoff, care.team, care.agent, care.priority, care.snoozed_until),
            )

    def forget(self, handoff: str) -> None:
        """Forget the care of a handoff that is closed; its notes stay."""
        with self._database.connection() as db:
            db.execute("DELETE FROM care WHERE handoff = ?", (handoff,))

    def purge(self, handoff: str) -> None:
        """Delete notes and calls of a handoff, and its care if it has any left."""
        with self._database.transaction() as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("DELETE FROM note WHERE handoff = ?", (handoff,))
            db.execute("DELETE FROM call WHERE handoff = ?", (handoff,))
            db.execute("DELETE FROM care WHERE handoff = ?", (handoff,))

    def of_handoffs(self, ids: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return what there is of handoffs: each `note`, `care` and `call`."""
        return self._database.selected(_belonging(ids))

    def forget_handoffs(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many of them are deleted."""
        return self._database.delete(_belonging(ids))

    def add_note(self, handoff: str, note: Note) -> None:
        """Add a note; the same words of the same person within ten seconds are one."""
        covered = replace(note, text=self._redactor(note.text))
        with self._database.connection() as db:
            insert_note(db, handoff, covered)

    def notes(self, handoff: str) -> tuple[Note, ...]:
        """Return the notes of a handoff, oldest first."""
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT kind, author, text, at FROM note WHERE handoff = ? ORDER BY number",
                (handoff,),
            ).fetchall()
        return tuple(
            Note(kind=row["kind"], author=row["author"], text=row["text"], at=row["at"])
            for row in rows
        )


def _belonging(ids: Sequence[str]) -> Selection:
    which = (f"handoff {ONE_OF}", (json.dumps(ids),))
    return {"note": which, "care": which, "call": which}


def insert_note(db: sqlite3.Connection, handoff: str, note: Note) -> None:
    """Add a note as `CareStore.add_note` does, together with what else the connection changes."""
    db.execute(
        "INSERT INTO note (handoff, kind, author, text, at) SELECT ?, ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM note WHERE handoff = ? AND kind = ?"
        " AND author IS ? AND text = ? AND at > ?)",
        (
            *(handoff, note.kind, note.author, note.text, note.at),
            *(handoff, note.kind, note.author, note.text, note.at - 10),
        ),
    )
