"""One SQLite file that several processes share, and what to do when it cannot be used."""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from persona_router.handoff.queue import QueueUnavailable

BUSY_SECONDS = 5.0

Steps = Mapping[int, tuple[str, ...]]
Selection = Mapping[str, tuple[str, tuple[object, ...]]]
"""Rows by table: the condition of each, and its values."""
ONE_OF = "IN (SELECT value FROM json_each(?))"
"""Whether a column is one of the texts in a JSON list."""
_NO_STEPS: Steps = MappingProxyType({})


class Database:
    """A file with a schema, made with mode 0600 if it is missing.

    Safe for any number of threads and processes: each connection is one of its own, and waits up
    to five seconds for another writer. `content` names what the file holds, for errors. `steps`
    are the statements that make a version of the schema the next one: a file of an earlier release
    is lifted when it is opened. Every method may raise QueueUnavailable.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        schema: str,
        version: int,
        content: str,
        steps: Steps = _NO_STEPS,
    ) -> None:
        self.path = Path(path)
        self._content = content
        with self._errors():
            if not self.path.exists():
                self._create(schema, version)
        with self.connection() as db:
            found = _version(db)
        if found in steps:
            found = self._lifted(steps)
        if found != version:
            raise QueueUnavailable(
                f"{self.path}: schema version {found}, but this program reads version "
                f"{version}. Use the release that wrote the file, or move it away to start "
                f"an empty {content.split()[-1]}."
            )

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection in autocommit mode, whose rows are read by column name."""
        with self._errors():
            db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                db.row_factory = sqlite3.Row
                yield db
            finally:
                db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose statements take effect together, or not at all."""
        with self.connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def selected(self, selection: Selection) -> dict[str, Sequence[Mapping[str, Any]]]:
        """Return the selected rows of each table, as they were added, with their columns."""
        with self.connection() as db:
            return {
                table: [
                    dict(row)
                    for row in db.execute(
                        f"SELECT * FROM {table} WHERE {condition} ORDER BY rowid", values
                    )
                ]
                for table, (condition, values) in selection.items()
            }

    def delete(self, selection: Selection) -> dict[str, int]:
        """Return how many rows of each table are now deleted, all of them together."""
        with self.transaction() as db:
            # Without this the words would stay in the file's free pages.
            db.execute("PRAGMA secure_delete = ON")
            return {
                table: db.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount
                for table, (condition, values) in selection.items()
            }

    def corrupt(self, error: Exception) -> QueueUnavailable:
        """Return the error to raise for a row that cannot be read."""
        return QueueUnavailable(
            f"{self.path}: not a readable {self._content} ({error}). "
            f"Move the file away, or restore a copy; a missing file starts an empty "
            f"{self._content.split()[-1]}."
        )

    def _lifted(self, steps: Steps) -> int:
        """Return the version after all steps that the file still needs."""
        with self.transaction() as db:
            found = _version(db)  # another process may have been faster
            while found in steps:
                for statement in steps[found]:
                    db.execute(statement)
                found += 1
                db.execute(f"PRAGMA user_version = {found}")
        return found

    def _create(self, schema: str, version: int) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        # SQLite gives its journals the mode of the database, and these hold transcripts.
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        db = sqlite3.connect(draft)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(f"BEGIN; {schema} PRAGMA user_version = {version}; COMMIT;")
        finally:
            db.close()
        # The switch to WAL does not wait for other processes; a file that appears whole needs none.
        with suppress(FileExistsError):
            os.link(draft, self.path)
        draft.unlink()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            raise QueueUnavailable(
                f"{self.path}: the {self._content} cannot be opened, read or written ({error}). "
                "Check that the folder is writable, has space, and that no process holds the file."
            ) from error
        except sqlite3.DatabaseError as error:
            raise self.corrupt(error) from error


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
