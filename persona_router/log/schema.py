"""The schema of a routing log, and the mark that keeps simulated customers apart."""

from persona_router.log.dialect import Database
from persona_router.log.errors import MixedLog

HEAD = "0009"
"""The newest revision, written down so that a log that has it is opened without Alembic."""


def keep_apart(database: Database, *, simulated: bool) -> None:
    """Mark an empty log for simulated customers, or check that it is what is to be written.

    Raises MixedLog.
    """
    with database.reading():
        if database.is_simulated() == simulated:
            return
        if not simulated:
            raise MixedLog("its conversations are simulated")
        if database.execute("SELECT 1 FROM decision LIMIT 1").fetchone() is not None:
            raise MixedLog("its conversations are real")
    with database.transaction():
        database.mark_simulated()
