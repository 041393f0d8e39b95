"""Connections that only read the routing log's file."""

import sqlite3
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from persona_router.log.schema import is_simulated
from persona_router.log.store import RoutingLog

_BUSY_MS = 5_000


class LogFile:
    """One file of the log, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = False

    def is_simulated(self) -> bool:
        """Return whether its customers are simulated; raises as `connection` does."""
        with self.connection() as database:
            return database is not None and is_simulated(database)

    def connection(self) -> AbstractContextManager[sqlite3.Connection | None]:
        """Return a connection of one's own; None for a log that no assistant has begun.

        Raises sqlite3.Error, and OSError for a file that is no usable log.
        """
        if not self._path.exists():
            return nullcontext()
        if not self._opened:
            RoutingLog(self._path).close()  # an earlier release's log is brought up to date
            self._opened = True
        database = sqlite3.connect(self._path, isolation_level=None)
        database.row_factory = sqlite3.Row
        database.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        database.execute("PRAGMA query_only = 1")
        return closing(database)
