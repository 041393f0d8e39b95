"""The routing log in PostgreSQL, where several machines write and read it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg2
import psycopg2.extensions

from persona_router.log.dialect import POSTGRESQL
from persona_router.log.errors import LogUnavailable, Unwritable
from persona_router.log.postgres_rows import RowCursor
from persona_router.postgres_link import told

SCHEMA = "routing_log"
LOCK = 5_871_003_126_472_190_417
"""One writer at a time, as in a file; any number that no other program uses in the database."""
_WRITE = f"BEGIN; SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock({LOCK})"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_RIGHT = f"grant the user of the log the right, or make it the owner of the schema {SCHEMA}"
_MARK = re.compile(r"[?%]|:([a-z]+)")
_AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.InternalError)
_NOT_ALLOWED_OR_NOT_THERE = ("42501", "42P01", "3F000")


def _number(text: str | None, cursor: object) -> int | float | None:
    if text is None:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


_NUMERIC = psycopg2.extensions.new_type(psycopg2.extensions.DECIMAL.values, "LOG_NUMERIC", _number)
"""Sums come as the numbers that SQLite gives."""


class PostgresDatabase:
    """A connection to the log's schema (`Database`), made again when it breaks."""

    dialect = POSTGRESQL

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._connection: Any = None

    def execute(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> Any:
        """Return a cursor; only within `reading` or `transaction`."""
        cursor = self._connection.cursor()
        if not values:
            cursor.execute(statement)
        elif isinstance(values, Mapping):
            named = {name: _kept(value) for name, value in values.items()}
            cursor.execute(_translated(statement), named)
        else:
            cursor.execute(_translated(statement), tuple(map(_kept, values)))
        return cursor

    def executemany(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Run the statement once for each of the values."""
        for one in values:
            self.execute(statement, one)

    def delete(self, table: str, condition: str, values: Sequence[object]) -> int:
        """Return how many rows are deleted; the server gives their space free by itself."""
        return int(self.execute(f"DELETE FROM {table} WHERE {condition}", values).rowcount)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done within, or nothing; other writers wait."""
        with self._between(_WRITE, "COMMIT"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the log all the time."""
        with self._between(_READ, "ROLLBACK"):
            yield

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        return self.execute("SELECT 1 FROM mark").fetchone() is not None

    def mark_simulated(self) -> None:
        """Mark the log as one of simulated customers."""
        self.execute("INSERT INTO mark VALUES ('simulated') ON CONFLICT DO NOTHING")

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()

    @contextmanager
    def _between(self, begin: str, end: str) -> Iterator[None]:
        with telling():
            self._begin(begin)
            try:
                yield
                self.execute(end)
            except BaseException:
                if not self._connection.closed:
                    self.execute("ROLLBACK")
                raise

    def _begin(self, statement: str) -> None:
        fresh = self._connection is None or self._connection.closed
        if fresh:
            self._connect()
        try:
            self.execute(statement)
        except psycopg2.Error:
            if not self._connection.closed:
                self.execute("ROLLBACK")
                raise
            if fresh:
                raise
            # A server that was started anew has forgotten the connections of before.
            self._connect()
            self.execute(statement)

    def _connect(self) -> None:
        try:
            connection = psycopg2.connect(**self._options, cursor_factory=RowCursor)
        except UnicodeError as error:
            raise LogUnavailable(told(error, right=_RIGHT)) from None
        connection.autocommit = True
        psycopg2.extensions.register_type(_NUMERIC, connection)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET search_path = {SCHEMA}; SET idle_in_transaction_session_timeout = 0"
            )
        self._connection = connection


@lru_cache(maxsize=256)
def _translated(statement: str) -> str:
    """Return the statement with psycopg2's marks for values."""

    def mark(found: "re.Match[str]") -> str:
        if found[0] == "%":
            return "%%"
        return f"%({found[1]})s" if found[1] else "%s"

    return _MARK.sub(mark, statement)


def _kept(value: object) -> object:
    """Return the value as PostgreSQL takes it: it has no zero in texts, and no number for true."""
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return int(value) if isinstance(value, bool) else value


@contextmanager
def telling() -> Iterator[None]:
    """Raise LogUnavailable or Unwritable instead of what the driver raises."""
    try:
        yield
    except psycopg2.Error as error:
        reason = told(error, right=_RIGHT)
        if isinstance(error, _AWAY) or error.pgcode in _NOT_ALLOWED_OR_NOT_THERE:
            raise LogUnavailable(reason) from None
        raise Unwritable(reason) from None
