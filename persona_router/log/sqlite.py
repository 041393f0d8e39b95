"""The routing log in a SQLite file."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from persona_router.log.dialect import SQLITE
from persona_router.log.errors import LogUnavailable, Unwritable
from persona_router.log.schema import HEAD

_BUSY_MS = 2_000
_READING_BUSY_MS = 5_000
_MIGRATION_MS = 600_000
_CACHE_KB = 256 * 1024
_JOURNAL_PAGES = 25_000
"""Pages of 4 KB after which the journal is carried over."""
_SIMULATED = int.from_bytes(b"PRSI", "big")
"""The file's `application_id` where its customers are simulated."""
_UNWRITABLE = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""Errors of what is to be written; all others are the file's, and pass."""


class SqliteDatabase:
    """A connection to a file of the log (`Database`)."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row

    def execute(
        self, statement: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> sqlite3.Cursor:
        """Return a cursor; raises sqlite3.Error outside `reading` and `transaction`."""
        return self._connection.execute(statement, values)

    def executemany(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Run the statement once for each of the values."""
        self._connection.executemany(statement, values)

    def delete(self, table: str, condition: str, values: Sequence[object]) -> int:
        """Return how many rows are deleted; what they held is overwritten."""
        self._connection.execute("PRAGMA secure_delete = ON")
        return self.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done within, or nothing; other processes wait."""
        with _told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the log all the time."""
        with _told():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def is_simulated(self) -> bool:
        """Return whether the file's customers are simulated."""
        found = self.execute("PRAGMA application_id").fetchone()[0]
        return int(found) == _SIMULATED

    def mark_simulated(self) -> None:
        """Mark the file as one of simulated customers."""
        self.execute(f"PRAGMA application_id = {_SIMULATED}")

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        self._connection.close()


@dataclass(frozen=True)
class FilePlace:
    """The log in the file at `path`, which need not be there yet (`LogPlace`)."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        """What people call it among the stores."""
        return self.path.name

    @property
    def other(self) -> str:
        """How to name another one."""
        return "Name another state folder."

    def begun(self) -> bool:
        """Return whether there is a file."""
        return self.path.exists()

    @contextmanager
    def opening(self) -> Iterator[SqliteDatabase]:
        """Give a connection to a file of this release's schema; other processes are waited for.

        After the block, only for seconds. Raises LogUnavailable for a file that is no usable log,
        and NewerLog; the connection is then closed.
        """
        try:
            connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            # Another process may be bringing a large log of an older release up to date.
            connection.execute(f"PRAGMA busy_timeout = {_MIGRATION_MS}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # The ids of rows are spread over all of an index: of a log of millions, few of its
            # pages would be found again in the usual 2 MB, or be carried over more than once.
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_JOURNAL_PAGES}")
            if revision(connection) != HEAD:
                # Alembic and SQLAlchemy take as long to load as a good part of a start.
                from persona_router.log.migrations.upgrade import upgrade_file

                upgrade_file(self.path)
            yield SqliteDatabase(connection)
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        except (sqlite3.Error, LogUnavailable, Unwritable) as error:
            connection.close()
            raise self._unusable(error) from error
        except BaseException:
            connection.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[SqliteDatabase]:
        """Give a connection of one's own that only reads; raises LogUnavailable."""
        with _told(), closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            database = SqliteDatabase(connection)
            connection.execute(f"PRAGMA busy_timeout = {_READING_BUSY_MS}")
            connection.execute("PRAGMA query_only = 1")
            connection.create_function("drawn", 1, _drawn, deterministic=True)
            with database.reading():
                yield database

    def _unusable(self, error: Exception) -> LogUnavailable:
        return LogUnavailable(f"{self} is no usable routing log ({error}). Move it away.")


def revision(connection: sqlite3.Connection) -> str:
    """Return the file's revision; before Alembic, releases wrote its number as user_version."""
    named = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(named).fetchone() is None:
        return f"{connection.execute('PRAGMA user_version').fetchone()[0]:04}"
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "0000" if found is None else str(found[0])


def _drawn(conversation: str) -> int:
    """Return the hash of PostgreSQL's `drawn`, so that both draw the same conversations."""
    return int.from_bytes(sha256(conversation.encode()).digest()[:4], "big")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _UNWRITABLE as error:
        raise Unwritable(str(error)) from error
    except sqlite3.Error as error:
        raise LogUnavailable(str(error)) from error
