"""What the queue knows of the past: recent waits, what was closed, and what is to be forgotten."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from persona_router.core.brand_visits import Handover
from persona_router.handoff.database import Database
from persona_router.handoff.queue import Handoff, Kind, WaitedBy, Waits

_MOST_WAITS = 50
_WAITED = """
WITH asked AS (
    SELECT json_extract(request, :by) AS value, status,
        max(0.0, met_at - json_extract(request, '$.requested_at')) AS waited
    FROM handoff WHERE kind = :kind AND json_extract(request, '$.requested_at') >= :since
        AND json_extract(request, '$.requested_at') < :until
), taken AS (
    SELECT value, waited, row_number() OVER (PARTITION BY value ORDER BY waited) AS place,
        count(*) OVER (PARTITION BY value) AS number
    FROM asked WHERE waited IS NOT NULL
)
SELECT value, count(*) AS asked, count(waited) AS taken, total(waited <= :within) AS within,
    total(waited IS NULL AND status = 'closed') AS left,
    (SELECT min(waited) FROM taken
        WHERE taken.value IS asked.value AND place * 2 >= number) AS median,
    (SELECT min(waited) FROM taken
        WHERE taken.value IS asked.value AND place * 10 >= number * 9) AS ninetieth
FROM asked GROUP BY value ORDER BY asked DESC, value
"""

_HANDOVERS = """
SELECT json_extract(request, '$.decision_id') AS decision, kind, status,
    json_extract(request, '$.requested_at') AS asked, met_at AS taken
FROM handoff
WHERE json_extract(request, '$.requested_at') >= ?
    AND json_extract(request, '$.decision_id') IS NOT NULL
ORDER BY met_at IS NOT NULL, number
"""


class PastHandoffs:
    """A Past in the queue's own file; `columns` are what `read` makes a handoff of.

    Every method may raise QueueUnavailable.
    """

    def __init__(
        self, database: Database, *, columns: str, read: Callable[[sqlite3.Row], Handoff]
    ) -> None:
        self._database = database
        self._columns = columns
        self._read = read

    def waits(self, kind: Kind, since: float) -> tuple[float, ...]:
        """Return the seconds that those waited whom agents took over since then, latest first."""
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT met_at - json_extract(request, '$.requested_at') AS waited FROM handoff"
                " WHERE kind = ? AND met_at >= ? ORDER BY met_at DESC LIMIT ?",
                (kind, since, _MOST_WAITS),
            ).fetchall()
        return tuple(max(0.0, float(row["waited"])) for row in rows if row["waited"] is not None)

    def waited(self, kind: Kind, since: float, until: float, *, within: float) -> Waits:
        """Return how long those waited who asked from `since` until before `until`."""
        return self._waited(kind, since, until, within, "$.nobody").get(None, Waits())

    def waited_by(
        self, by: WaitedBy, kind: Kind, since: float, until: float, *, within: float
    ) -> Mapping[str | None, Waits]:
        """Return the same by persona or language of the handoff, the most frequent first."""
        return self._waited(kind, since, until, within, f"$.{by}")

    def _waited(
        self, kind: Kind, since: float, until: float, within: float, by: str
    ) -> dict[str | None, Waits]:
        asked = {"kind": kind, "since": since, "until": until, "within": within, "by": by}
        with self._database.connection() as db:
            rows = [dict(row) for row in db.execute(_WAITED, asked)]
        return {
            row["value"]: Waits(
                asked=row["asked"],
                taken=row["taken"],
                within=int(row["within"]),
                left=int(row["left"]),
                median=row["median"],
                ninetieth=row["ninetieth"],
            )
            for row in rows
        }

    def handovers(self, since: float, *, now: float) -> Mapping[str, Handover]:
        """Return what came of the handoffs that were asked for since then, by their decision."""
        with self._database.connection() as db:
            rows = db.execute(_HANDOVERS, (since,)).fetchall()
        return {
            row["decision"]: Handover(
                kind=row["kind"],
                waited=None if row["taken"] is None else max(0.0, row["taken"] - row["asked"]),
                open_for=now - row["asked"] if row["status"] == "waiting" else None,
            )
            for row in rows
        }

    def last_helped(self, conversation: str) -> Handoff | None:
        """Return the chat with an agent that was closed last; None if there was none."""
        with self._database.connection() as db:
            row = db.execute(
                f"SELECT {self._columns} FROM handoff WHERE conversation = ? AND kind = 'agent'"
                " AND status = 'closed' AND claimed_at IS NOT NULL"
                " ORDER BY closed_at DESC, number DESC LIMIT 1",
                (conversation,),
            ).fetchone()
        return self._read(row) if row else None

    def closed_before(self, at: float) -> tuple[str, ...]:
        """Return the ids of the handoffs that were closed before then, oldest first."""
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT id FROM handoff WHERE status = 'closed' AND closed_at < ?"
                " ORDER BY closed_at",
                (at,),
            ).fetchall()
        return tuple(row["id"] for row in rows)

    def forget(self, id: str) -> None:
        """Delete the closed handoff with its transcript; one that is open stays."""
        with self._database.connection() as db:
            # Without this the words would stay in the file's free pages.
            db.execute("PRAGMA secure_delete = ON")
            db.execute("DELETE FROM handoff WHERE id = ? AND status = 'closed'", (id,))

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the conversation's handoffs as `handoff`, open and closed, oldest first."""
        found = self._database.selected({"handoff": ("conversation = ?", (conversation,))})
        try:
            rows = [{**row, "request": json.loads(row["request"])} for row in found["handoff"]]
        except ValueError as error:
            raise self._database.corrupt(error) from error
        return {"handoff": rows}

    def forget_conversation(self, conversation: str, *, even_open: bool) -> Mapping[str, int]:
        """Return how many handoffs are deleted; open ones stay unless `even_open`."""
        which = ("conversation = ? AND (status = 'closed' OR ?)", (conversation, even_open))
        return self._database.delete({"handoff": which})
