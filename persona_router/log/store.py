"""The routing log in SQLite: decisions as rows, each once, without a word of what was written."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_COLUMNS = (
    "id", "at", "conversation", "turn", "channel", "locale", "intent", "concern", "route", "plan",
    "persona", "posterior", "evidence", "signals", "reasons", "constraints", "alternatives",
    "closed", "article", "article_locale", "translation_demand", "failed", "policy_version",
    "propensity", "stated_route", "inferred_route", "corrected", "inferred_persona",
)  # fmt: skip
_SCHEMA = """
CREATE TABLE IF NOT EXISTS decision (
    id TEXT PRIMARY KEY,
    at REAL NOT NULL,
    conversation TEXT NOT NULL,
    turn INTEGER,
    channel TEXT,
    locale TEXT,
    intent TEXT,
    concern TEXT,
    route TEXT,
    plan TEXT NOT NULL,
    persona TEXT,
    posterior TEXT NOT NULL,
    evidence TEXT NOT NULL,
    signals TEXT NOT NULL,
    reasons TEXT NOT NULL,
    constraints TEXT NOT NULL,
    alternatives TEXT NOT NULL,
    closed TEXT NOT NULL,
    article TEXT,
    article_locale TEXT,
    translation_demand INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    policy_version TEXT,
    propensity REAL,
    stated_route TEXT,
    inferred_route TEXT,
    corrected INTEGER,
    inferred_persona TEXT
);
CREATE INDEX IF NOT EXISTS decision_by_time ON decision (at);
CREATE INDEX IF NOT EXISTS decision_by_conversation ON decision (conversation, at);
"""
_ADDED = {
    "stated_route": "TEXT", "inferred_route": "TEXT", "corrected": "INTEGER",
    "inferred_persona": "TEXT",
}  # fmt: skip
"""Columns that the first release's table lacks."""


class RoutingLog:
    """Rows of decisions in one SQLite file; several processes may write and read it.

    Raises OSError at opening for a file that is no usable log.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.row_factory = sqlite3.Row
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA busy_timeout = 2000")
            self._database.executescript(_SCHEMA)
            self._add_columns()
        except sqlite3.DatabaseError as error:
            raise OSError(f"{path} is no usable routing log ({error}). Move it away.") from error

    def _add_columns(self) -> None:
        if not self._missing():
            return
        # Two processes may open an old log at once: what the other has added by now is left alone.
        self._database.execute("BEGIN IMMEDIATE")
        for name in self._missing():
            self._database.execute(f"ALTER TABLE decision ADD COLUMN {name} {_ADDED[name]}")
        self._database.execute("COMMIT")

    def _missing(self) -> list[str]:
        there = {row["name"] for row in self._database.execute("PRAGMA table_info(decision)")}
        return [name for name in _ADDED if name not in there]

    def add(self, row: Mapping[str, Any]) -> bool:
        """Return whether the row is new: one with the same decision id is left as it is."""
        names, marks = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
        with self._lock:
            added = self._database.execute(
                f"INSERT INTO decision ({names}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING",
                [_stored(row.get(name)) for name in _COLUMNS],
            )
        return added.rowcount == 1

    def rows(self, *, conversation: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """Return the latest rows, newest first, of one conversation or all."""
        where, values = ("WHERE conversation = ?", [conversation]) if conversation else ("", [])
        with self._lock:
            found = self._database.execute(
                f"SELECT * FROM decision {where} ORDER BY at DESC, turn DESC LIMIT ?",
                [*values, limit],
            ).fetchall()
        return [dict(row) for row in found]


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def decision_row(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of a Rasa event; None for an event that carries no decision."""
    parsed = event.get("parse_data")
    decision = parsed.get("routing") if isinstance(parsed, Mapping) else None
    if event.get("event") != "user" or not isinstance(decision, Mapping) or "id" not in decision:
        return None
    hits = parsed.get("knowledge") or [] if isinstance(parsed, Mapping) else []
    plan = list(decision.get("plan", []))
    shown = hits[0] if hits and "utter_article" in plan else {}
    return {
        "id": decision["id"],
        "at": float(event.get("timestamp") or 0.0),
        "conversation": str(event.get("sender_id", "")),
        "turn": decision.get("turn"),
        "channel": event.get("input_channel"),
        "locale": decision.get("locale"),
        "intent": decision.get("intent"),
        "concern": decision.get("concern"),
        "route": decision.get("route"),
        "plan": plan,
        "persona": decision.get("persona"),
        **{
            name: decision.get(name, {} if name in ("posterior", "signals") else [])
            for name in (
                "posterior", "evidence", "signals", "reasons", "constraints", "alternatives",
                "closed",
            )
        },
        "article": shown.get("article"),
        "article_locale": shown.get("locale"),
        "translation_demand": int(bool(shown.get("fallback"))),
        "failed": int(bool(decision.get("error"))),
        "policy_version": decision.get("policy_version"),
        "propensity": decision.get("propensity"),
        "stated_route": decision.get("stated_route"),
        "inferred_route": decision.get("inferred_route"),
        "corrected": int(bool(decision.get("corrected"))),
        "inferred_persona": decision.get("inferred_persona"),
    }  # fmt: skip
