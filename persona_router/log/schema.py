"""The schema of a routing log's file: which one it has, and the way to this release's."""

import sqlite3
from pathlib import Path

HEAD = "0006"
"""The newest revision, written down so that a file that has it is opened without Alembic."""

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


def migrate(database: sqlite3.Connection, path: Path) -> None:
    """Bring the file at `path` to this release's schema, in one transaction; others wait.

    Raises NewerLog, and sqlite3.DatabaseError for a file that is no routing log.
    """
    if revision(database) == HEAD:
        return
    # Alembic and SQLAlchemy take as long to load as a good part of a start.
    from persona_router.log.migrations.upgrade import upgrade_file

    upgrade_file(path)


def revision(database: sqlite3.Connection) -> str:
    """Return the file's revision; before Alembic, releases wrote its number as user_version."""
    named = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if database.execute(named).fetchone() is None:
        return f"{database.execute('PRAGMA user_version').fetchone()[0]:04}"
    found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return "0000" if found is None else str(found[0])
