"""The routing log's tables, and the steps that bring a file of any earlier release up to them."""

import sqlite3
from collections.abc import Callable

from persona_router.log import rollup
from persona_router.log.profile import ProfileNumbers

_FIRST = """
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
    propensity REAL
)
"""
_STATED = {
    "stated_route": "TEXT", "inferred_route": "TEXT", "corrected": "INTEGER",
    "inferred_persona": "TEXT",
}  # fmt: skip
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
        reasons TEXT NOT NULL
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

_FIGURES = (
    # Holds all that visits are counted by: a row is forty times as long.
    "CREATE INDEX decision_by_visit ON decision"
    " (at, conversation, turn, profile, handed_over, helped, rating, repeat_contact)",
    "CREATE INDEX decision_by_handoff ON decision (at, json_extract(reasons, '$[0].code'))"
    " WHERE handed_over = 1",
    "CREATE INDEX decision_by_stated ON decision (at, conversation, stated_route, inferred_route)"
    " WHERE stated_route IS NOT NULL",
)

_QUESTIONS = (
    "CREATE TABLE question (decision TEXT PRIMARY KEY, at REAL NOT NULL, language TEXT,"
    " text TEXT NOT NULL)",
    "CREATE INDEX question_by_at ON question (at)",
    "CREATE TRIGGER decision_unasked AFTER DELETE ON decision"
    " BEGIN DELETE FROM question WHERE decision = old.id; END",
)

_COVERING = (
    "DROP INDEX decision_by_profile",
    "CREATE INDEX decision_by_profile ON decision (profile, at, id)",
)

_COMPARED = {"arm": "TEXT"}
_ARMS = (
    "CREATE INDEX decision_by_arm ON decision (at, arm, policy_version, propensity)"
    " WHERE arm IS NOT NULL"
)

_PROFILED = (
    "locale", "persona", "intent", "concern", "route", "article", "policy_version", "reasons",
    "translation_demand", "failed", "stated_route", "inferred_route", "corrected",
)  # fmt: skip
"""Columns of a row of an earlier release that its profile is made of."""
_FILLED_AT_ONCE = 10_000

_SIMULATED = int.from_bytes(b"PRSI", "big")
"""The file's `application_id` where its customers are simulated."""


class NewerLog(Exception):
    """The file was written by a later release."""


class MixedLog(Exception):
    """Real and simulated conversations would come into one file."""


def is_simulated(database: sqlite3.Connection) -> bool:
    """Return whether the file's customers are simulated."""
    return int(database.execute("PRAGMA application_id").fetchone()[0]) == _SIMULATED


def keep_apart(database: sqlite3.Connection, *, simulated: bool) -> None:
    """Mark an empty file for simulated customers, or check that it is what is to be written.

    Raises MixedLog.
    """
    if is_simulated(database) == simulated:
        return
    if not simulated:
        raise MixedLog("its conversations are simulated")
    if database.execute("SELECT 1 FROM decision LIMIT 1").fetchone() is not None:
        raise MixedLog("its conversations are real")
    database.execute(f"PRAGMA application_id = {_SIMULATED}")


def migrate(database: sqlite3.Connection) -> None:
    """Bring the file to this release's schema, in one transaction; other processes wait.

    Raises NewerLog, and sqlite3.DatabaseError for a file that is no routing log.
    """
    if _version(database) == len(_STEPS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        found = _version(database)
        if found > len(_STEPS):
            raise NewerLog(f"schema version {found}, and this program reads {len(_STEPS)}")
        for step in _STEPS[found:]:
            step(database)
        database.execute(f"PRAGMA user_version = {len(_STEPS)}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _add_decisions(database: sqlite3.Connection) -> None:
    """Make the first table, or take over one that carries no version, with or without `_STATED`."""
    database.execute(_FIRST)
    _add_columns(database, _STATED)


def _add_profiles(database: sqlite3.Connection) -> None:
    """Add what the pages of the log need, and fill it in from what was logged."""
    _add_columns(database, _MEASURED)
    for statement in _PROFILES:
        database.execute(statement)
    _fill_profiles(database)
    for statement in _INDEXES:  # after the rows, which would else be entered one by one
        database.execute(statement)


def _add_figures(database: sqlite3.Connection) -> None:
    """Add the indexes that the figures are counted by."""
    for statement in _FIGURES:
        database.execute(statement)


def _add_rollup(database: sqlite3.Connection) -> None:
    """Add the counts by day, and order what a profile has by all that a page needs."""
    for statement in (*_COVERING, *rollup.TABLES):
        database.execute(statement)


def _add_questions(database: sqlite3.Connection) -> None:
    """Add what was asked and not answered, which goes when its decision goes."""
    for statement in _QUESTIONS:
        database.execute(statement)


def _add_arm(database: sqlite3.Connection) -> None:
    """Add which of two compared policies decided, and an index of the decisions that have it."""
    _add_columns(database, _COMPARED)
    database.execute(_ARMS)


def _fill_profiles(database: sqlite3.Connection) -> None:
    """Give each row its profile, and the language that its locale begins with."""
    numbers = ProfileNumbers(database, known={})
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


def _add_columns(database: sqlite3.Connection, columns: dict[str, str]) -> None:
    there = {row[1] for row in database.execute("PRAGMA table_info(decision)")}
    for name in columns.keys() - there:
        database.execute(f"ALTER TABLE decision ADD COLUMN {name} {columns[name]}")


_STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _add_decisions,
    _add_profiles,
    _add_figures,
    _add_rollup,
    _add_questions,
    _add_arm,
)
