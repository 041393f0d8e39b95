"""The desk's own file: who works there, who is signed in, and what colleagues tell each other."""

from persona_router.handoff.database import Database
from persona_router.state import state_file

SCHEMA_VERSION = 2

_CALL = """
CREATE TABLE call (
    attempt TEXT PRIMARY KEY,
    handoff TEXT NOT NULL,
    agent TEXT NOT NULL,
    id TEXT,
    stage TEXT NOT NULL,
    started_at REAL NOT NULL,
    ask_at REAL NOT NULL
)
"""
_CALL_INDEX = "CREATE INDEX call_handoff ON call (handoff, started_at)"
_STEPS = {
    1: ("ALTER TABLE account ADD COLUMN phone TEXT NOT NULL DEFAULT ''", _CALL, _CALL_INDEX),
}
_SCHEMA = f"""
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    team TEXT NOT NULL,
    languages TEXT NOT NULL,
    skills TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    password TEXT,
    enabled INTEGER NOT NULL DEFAULT 1,
    available INTEGER NOT NULL DEFAULT 1,
    seen_at REAL,
    phone TEXT NOT NULL DEFAULT ''
);
CREATE TABLE link (
    hash TEXT PRIMARY KEY,
    login TEXT REFERENCES account (login) ON DELETE CASCADE,
    expires_at REAL NOT NULL
);
CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    login TEXT NOT NULL REFERENCES account (login) ON DELETE CASCADE,
    started_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE INDEX session_login ON session (login);
CREATE TABLE note (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    handoff TEXT NOT NULL,
    kind TEXT NOT NULL,
    author TEXT,
    text TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX note_handoff ON note (handoff, number);
CREATE TABLE care (
    handoff TEXT PRIMARY KEY,
    team TEXT NOT NULL DEFAULT '',
    agent TEXT,
    priority TEXT,
    snoozed_until REAL
);
{_CALL};
{_CALL_INDEX};
"""


def open_desk_database() -> Database:
    """Return the desk's file in the assistant's state folder; raises QueueUnavailable."""
    return desk_database(state_file("desk.sqlite"))


def desk_database(path: object) -> Database:
    """Return the desk's file at `path`, made if missing, lifted if earlier releases made it."""
    return Database(
        str(path), schema=_SCHEMA, version=SCHEMA_VERSION, content="desk database", steps=_STEPS
    )
