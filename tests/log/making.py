"""Rows of a routing log as decisions leave them."""

import sqlite3
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from persona_router.log.events import decision_row
from persona_router.log.places import LogPlace
from persona_router.log.store import RoutingLog

DAY = 24 * 3600.0
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc).timestamp()


def row(id: str, *, at: float = MONDAY, conversation: str = "c1", **changes: Any) -> dict[str, Any]:
    """Return the row of a decision for an English researcher; `changes` are of its columns."""
    decision = {
        "id": id, "turn": 1, "locale": "en-GB", "intent": "refund_policy",
        "concern": "refund_policy", "route": "knowledge_base", "plan": ["utter_article"],
        "persona": "researcher", "posterior": {"researcher": 0.9, "talker": 0.1},
        "reasons": [{"code": "persona", "values": {"persona": "researcher"}}],
        "policy_version": "1+a", "inferred_route": "knowledge_base", "state": {"failures": 0},
    }  # fmt: skip
    event = {
        "event": "user", "sender_id": conversation, "timestamp": at, "input_channel": "website",
        "metadata": {"model_id": "m1"},
        "parse_data": {
            "routing": decision,
            "intent": {"name": "refund_policy", "confidence": 0.98},
            "language": {"code": "en", "confidence": 0.99},
            "stages": {"language": 0.31, "search": 2.5},
            "knowledge": [{"article": "returns", "locale": "en", "score": 0.8}],
        },
    }  # fmt: skip
    made = decision_row(event)
    assert made is not None
    return {**made, **changes}


_ADDED = {
    8: ("DROP TABLE alembic_version", "ALTER TABLE profile DROP COLUMN confidence"),
    7: (
        "ALTER TABLE decision DROP COLUMN stages",
        "ALTER TABLE decision DROP COLUMN abandoned",
    ),
    6: (
        "DROP INDEX decision_by_arm",
        "ALTER TABLE decision DROP COLUMN arm",
    ),
    5: ("DROP TRIGGER decision_unasked", "DROP TABLE question"),
    4: (
        *(f"DROP TRIGGER decision_{name}" for name in (
            "counted", "discounted", "profiled", "changed")),
        "DROP TABLE rollup",
    ),
    3: tuple(f"DROP INDEX decision_by_{name}" for name in ("visit", "handoff", "stated")),
}  # fmt: skip
"""What takes away what a version of the schema added."""


def lower(path: Path, version: int) -> None:
    """Make the log one that a release with that version of the schema has written."""
    with closing(sqlite3.connect(path)) as database:
        for added, statements in _ADDED.items():
            if added > version:
                for statement in statements:
                    database.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()


def write(path: Path | LogPlace, *rows: dict[str, Any]) -> RoutingLog:
    """Return the log at `path` after the rows were written."""
    log = RoutingLog(path)
    log.add_all(rows)
    return log
