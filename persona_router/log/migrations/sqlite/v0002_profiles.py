"""What the pages of the log need, filled in from what was logged."""

import sqlite3

from alembic import op

from persona_router.log.migrations.columns import add_missing, run
from persona_router.log.profile import ProfileNumbers
from persona_router.log.sqlite import SqliteDatabase

revision = "0002"
down_revision = "0001"

_MEASURED = {
    "language": "TEXT", "language_confidence": "REAL", "intent_confidence": "REAL",
    "article_score": "REAL", "spoken": "TEXT", "state": "TEXT", "model": "TEXT",
    "latency_ms": "REAL", "handed_over": "INTEGER", "helped": "INTEGER", "rating": "INTEGER",
    "repeat_contact": "INTEGER", "profile": "INTEGER",
}  # fmt: skip
_PROFILES = (
    """
    CREATE TABLE profile (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        persona TEXT, language TEXT, intent TEXT, route TEXT, outcome TEXT, article TEXT,
        policy_version TEXT, model TEXT, differs INTEGER NOT NULL,
        translation_demand INTEGER NOT NULL, failed INTEGER NOT NULL, concern TEXT,
        reasons TEXT NOT NULL, confidence TEXT
    )
    """,
    "CREATE VIRTUAL TABLE profile_words USING fts5(words, content = '')",
)
_INDEXES = (
    "DROP INDEX IF EXISTS decision_by_time",
    "DROP INDEX IF EXISTS decision_by_conversation",
    "CREATE INDEX decision_by_conversation ON decision (conversation, at, turn)",
    "CREATE INDEX decision_by_profile ON decision (profile, at)",
    # Each holds all that a page's rows are chosen by, so that only those shown are read.
    "CREATE INDEX decision_by_at ON decision (at, id, profile)",
    "CREATE INDEX decision_by_intent_confidence"
    " ON decision (ifnull(intent_confidence, -1), id, profile, at)",
    "CREATE INDEX decision_by_latency_ms ON decision (ifnull(latency_ms, -1), id, profile, at)",
)
_PROFILED = (
    "locale", "persona", "intent", "concern", "route", "article", "policy_version", "reasons",
    "translation_demand", "failed", "stated_route", "inferred_route", "corrected",
)  # fmt: skip
"""Columns of a row of an earlier release that its profile is made of."""
_FILLED_AT_ONCE = 10_000


def upgrade() -> None:
    """Add the columns, give each row its profile, and index them."""
    add_missing(_MEASURED)
    run(*_PROFILES)
    _fill_profiles(op.get_bind().connection.dbapi_connection)
    run(*_INDEXES)  # after the rows, which would else be entered one by one


def _fill_profiles(database: sqlite3.Connection) -> None:
    """Give each row its profile, and the language that its locale begins with."""
    numbers = ProfileNumbers(SqliteDatabase(database), known={})
    last = 0
    while True:
        rows = database.execute(
            f"SELECT rowid AS place, {', '.join(_PROFILED)} FROM decision"
            " WHERE rowid > ? ORDER BY rowid LIMIT ?",
            [last, _FILLED_AT_ONCE],
        ).fetchall()
        if not rows:
            return
        filled = []
        for place, *values in rows:
            row = dict(zip(_PROFILED, values, strict=True))
            language = row["locale"].partition("-")[0] if row["locale"] else None
            filled.append((language, numbers.of({**row, "language": language}), place))
        database.executemany(
            "UPDATE decision SET language = ?, profile = ? WHERE rowid = ?", filled
        )
        last = rows[-1][0]
