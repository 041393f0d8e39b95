"""Where the routing log is in PostgreSQL: one schema of the database at a URL."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from persona_router.log.errors import LogUnavailable, Unwritable
from persona_router.log.postgres import SCHEMA, PostgresDatabase, telling
from persona_router.log.schema import HEAD
from persona_router.postgres_link import link_options

_MOST_IDLE = 4
"""Connections that wait for the next page."""


class ServerPlace:
    """The log in the database at a URL that `variable` has named (`LogPlace`).

    Raises ContentError for a URL that cannot be read.
    """

    def __init__(self, url: str, *, variable: str) -> None:
        self._options: Mapping[str, Any] = link_options(url, variable=variable)
        self._variable = variable
        self._idle: deque[PostgresDatabase] = deque(maxlen=_MOST_IDLE)
        self._begun = False

    def __str__(self) -> str:
        return f"The routing log of {self._variable}"

    @property
    def name(self) -> str:
        """What people call it among the stores."""
        return "routing log in PostgreSQL"

    @property
    def other(self) -> str:
        """How to name another one."""
        return f"Name another database in {self._variable}."

    def begun(self) -> bool:
        """Return whether its tables are there, of whatever release; raises LogUnavailable."""
        if not self._begun:
            with self.reading() as database:
                self._begun = _revision(database) is not None
        return self._begun

    @contextmanager
    def opening(self) -> Iterator[PostgresDatabase]:
        """Give a connection to a log of this release's schema; other processes are waited for.

        Raises LogUnavailable, and NewerLog; the connection is then closed.
        """
        database = PostgresDatabase(self._options)
        try:
            with database.reading():
                current = _revision(database) == HEAD
            if not current:
                # Alembic and SQLAlchemy take as long to load as a good part of a start.
                from persona_router.log.migrations.upgrade import upgrade_server

                with telling():
                    upgrade_server(self._options)
            yield database
        except (LogUnavailable, Unwritable) as error:
            database.close()
            raise LogUnavailable(f"{self} cannot be used. {error}") from None
        except BaseException:
            database.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[PostgresDatabase]:
        """Give a connection of one's own that only reads; raises LogUnavailable."""
        try:
            database = self._idle.pop()
        except IndexError:
            database = PostgresDatabase(self._options)
        try:
            with database.reading():
                yield database
        except BaseException:
            database.close()
            raise
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(database)
        else:
            database.close()


def _revision(database: PostgresDatabase) -> str | None:
    named = f"SELECT to_regclass('{SCHEMA}.alembic_version')"
    if database.execute(named).fetchone()[0] is None:
        return None
    found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])
