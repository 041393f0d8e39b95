"""A connection to the PostgreSQL server that keeps an index; made again when it breaks."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg2

from persona_router.knowledge.postgres_setting import URL_VARIABLE
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.postgres_link import link_options, told

RETRY = 5.0
"""Seconds for which a server that could not be reached is not asked again."""
_RIGHT = "grant the user of the index the right, or make it the owner of its schema"

Result = TypeVar("Result")


class Server:
    """The server at a URL, for one caller at a time; others wait.

    A statement may take `seconds`, 0 for as long as it does. Raises ContentError for a URL that
    cannot be read, whose text is not repeated.
    """

    def __init__(self, url: str, *, seconds: float = 0.0) -> None:
        self._options = link_options(url, variable=URL_VARIABLE)
        # Encoding new texts takes its time between two statements of one transaction.
        self._timeouts = (
            f"SET statement_timeout = {round(1000 * seconds)}; "
            "SET idle_in_transaction_session_timeout = 0"
        )
        self._lock = threading.Lock()
        self._connection: Any = None
        self._refused: IndexUnavailable | None = None
        self._retry_at = 0.0

    def read(self, work: Callable[[Any], Result]) -> Result:
        """Return what `work` makes of a cursor; it must only read, since it may be run twice.

        Raises IndexUnavailable, at once for some seconds after the server could not be reached.
        """
        with self._lock:
            fresh = self._connection is None
            try:
                return self._run(work, writes=False)
            except IndexUnavailable:
                # A server that was started anew has forgotten the connections of before.
                if fresh or self._connection is not None:
                    raise
                return self._run(work, writes=False)

    def write(self, work: Callable[[Any], Result]) -> Result:
        """Return what `work` makes of a cursor, in one transaction.

        Raises IndexUnavailable; nothing is then written.
        """
        with self._lock:
            return self._run(work, writes=True)

    def close(self) -> None:
        """Return nothing; the connection is given back, and made again when it is needed."""
        with self._lock:
            self._drop()

    def _run(self, work: Callable[[Any], Result], *, writes: bool) -> Result:
        connection = self._connected()
        try:
            connection.autocommit = not writes
            with connection.cursor() as cursor:
                result = work(cursor)
            if writes:
                connection.commit()
        except psycopg2.Error as error:
            self._recover(connection)
            raise IndexUnavailable(_told(error)) from None
        except BaseException:
            self._recover(connection)
            raise
        return result

    def _connected(self) -> Any:
        if self._connection is not None:
            return self._connection
        if self._refused is not None and time.monotonic() < self._retry_at:
            raise IndexUnavailable(str(self._refused))
        try:
            connection = psycopg2.connect(**self._options)
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(self._timeouts)
        except (psycopg2.Error, UnicodeError) as error:
            self._refused = IndexUnavailable(_told(error))
            self._retry_at = time.monotonic() + RETRY
            raise self._refused from None
        self._connection, self._refused = connection, None
        return connection

    def _recover(self, connection: Any) -> None:
        try:
            if not connection.closed and not connection.autocommit:
                connection.rollback()
        except psycopg2.Error:
            self._drop()
        if connection.closed:
            self._connection = None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _told(error: Exception) -> str:
    return told(error, right=_RIGHT)
