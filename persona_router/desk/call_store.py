"""The calls that the desk has placed, in its own file: one row for each, without a number."""

import sqlite3
from dataclasses import dataclass

from persona_router.desk.care import Note, NoteKind, insert_note
from persona_router.handoff.database import Database
from persona_router.handoff.dialling import RUNNING, Stage, furthest, is_running

_NOTES: dict[Stage, NoteKind] = {
    "answered": "call_answered",
    "busy": "call_busy",
    "no_answer": "call_no_answer",
    "failed": "call_failed",
    "agent_missed": "call_agent_missed",
    "unknown": "call_unknown",
}
_RUNS = f"stage IN ({', '.join('?' for _ in RUNNING)})"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that was placed, or is about to be.

    `id` is the telephone service's, None until it is known; `started_at` and `ask_at`, when the
    service is asked next, are in Unix seconds.
    """

    attempt: str
    handoff: str
    agent: str
    id: str | None
    stage: Stage
    started_at: float
    ask_at: float

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return is_running(self.stage)

    @property
    def seen(self) -> str:
        """What tells whether somebody has seen how it stands."""
        return f"{self.attempt}.{self.stage}"


class CallStore:
    """The calls; every method may raise QueueUnavailable. Times are in Unix seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, attempt: str, handoff: str, agent: str, *, now: float) -> bool:
        """Return whether the call is to be placed now.

        Not when this attempt was made before, nor while another call for the handoff runs: of any
        number of requests at once, in any process, one gets True.
        """
        with self._database.transaction() as db:
            there = db.execute(
                f"SELECT 1 FROM call WHERE attempt = ? OR (handoff = ? AND {_RUNS})",
                (attempt, handoff, *RUNNING),
            ).fetchone()
            if there is None:
                db.execute(
                    "INSERT INTO call (attempt, handoff, agent, stage, started_at, ask_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (attempt, handoff, agent, RUNNING[0], now, now),
                )
        return there is None

    def placed(self, attempt: str, id: str, *, now: float) -> None:
        """Keep the service's id of the call, and note who called."""
        with self._database.transaction() as db:
            db.execute("UPDATE call SET id = coalesce(id, ?) WHERE attempt = ?", (id, attempt))
            call = _get(db, attempt)
            if call is not None:
                note = Note(kind="call_placed", author=call.agent, text="", at=now)
                insert_note(db, call.handoff, note)

    def refused(self, attempt: str) -> None:
        """Forget a call that the service has not placed; the attempt may be made again."""
        with self._database.connection() as db:
            db.execute("DELETE FROM call WHERE attempt = ? AND id IS NULL", (attempt,))

    def told(self, attempt: str, stage: Stage, *, now: float, id: str | None = None) -> bool:
        """Return whether the call has come further by what was told of it; its end is noted.

        With `id`, that is the service's of the call; what is told of another id changes nothing.
        """
        with self._database.transaction() as db:
            call = _get(db, attempt)
            if call is None or (id and call.id not in (None, id)):
                return False
            reached = furthest(call.stage, stage)
            db.execute(
                "UPDATE call SET stage = ?, id = coalesce(id, ?) WHERE attempt = ?",
                (reached, id, attempt),
            )
            if reached == call.stage:
                return False
            if not is_running(reached):
                insert_note(
                    db, call.handoff, Note(kind=_NOTES[reached], author=None, text="", at=now)
                )
            return True

    def ask(self, attempt: str, *, at: float) -> None:
        """Have the service asked about the call then."""
        with self._database.connection() as db:
            db.execute("UPDATE call SET ask_at = ? WHERE attempt = ?", (at, attempt))

    def get(self, attempt: str) -> Call | None:
        """Return the call of an attempt; None if there is none."""
        with self._database.connection() as db:
            return _get(db, attempt)

    def last(self, handoff: str) -> Call | None:
        """Return the latest call for a handoff; None if there was none."""
        with self._database.connection() as db:
            row = db.execute(
                "SELECT * FROM call WHERE handoff = ? ORDER BY started_at DESC LIMIT 1", (handoff,)
            ).fetchone()
        return Call(**dict(row)) if row else None

    def running(self) -> tuple[Call, ...]:
        """Return the calls that go on, the one to ask about first at the front."""
        with self._database.connection() as db:
            rows = db.execute(
                f"SELECT * FROM call WHERE {_RUNS} ORDER BY ask_at", RUNNING
            ).fetchall()
        return tuple(Call(**dict(row)) for row in rows)


def _get(db: sqlite3.Connection, attempt: str) -> Call | None:
    row = db.execute("SELECT * FROM call WHERE attempt = ?", (attempt,)).fetchone()
    return Call(**dict(row)) if row else None
