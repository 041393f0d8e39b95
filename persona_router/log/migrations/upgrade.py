"""Brings a routing log up to date by Alembic; whoever opens one of today need not load it."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa  # type: ignore[import-untyped]
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from persona_router.log.errors import NewerLog
from persona_router.log.schema import HEAD
from persona_router.log.sqlite import revision

_HERE = Path(__file__).parent
_WAIT_SECONDS = 600.0
_ONE_AT_A_TIME = threading.Lock()
"""Alembic's environment belongs to the process."""


def upgrade_file(path: Path) -> None:
    """Bring the SQLite file to the newest revision, in one transaction.

    Raises NewerLog for a revision of a later release, and sqlite3.Error; the file is then as
    before. Waits up to ten minutes for another process that does the same.
    """

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(
            path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = sa.create_engine("sqlite://", creator=connected, poolclass=sa.pool.NullPool)
    # Two that begin by reading could both want to write then, and neither could.
    sa.event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))

    def found(connection: Any) -> str:
        return revision(connection.connection.dbapi_connection)

    def done(connection: Any) -> None:
        # Releases before Alembic look here, and leave a later one's file alone.
        connection.exec_driver_sql(f"PRAGMA user_version = {int(HEAD)}")

    _upgrade(engine, scripts("sqlite"), found, done)


def upgrade_server(options: Mapping[str, Any]) -> None:
    """Bring the schema of a PostgreSQL database to the newest revision, in one transaction.

    `options` are psycopg2's. Raises NewerLog, and psycopg2.Error; the schema is then as before.
    Waits for another process that does the same.
    """
    import psycopg2

    from persona_router.log.postgres import LOCK, SCHEMA

    engine = sa.create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(**options),
        poolclass=sa.pool.NullPool,
    )

    def found(connection: Any) -> str:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        # Where the schema is there already, its owner need not be allowed to make others.
        if connection.exec_driver_sql(f"SELECT to_regnamespace('{SCHEMA}')").scalar() is None:
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
        known = MigrationContext.configure(connection).get_current_revision()
        return "0000" if known is None else str(known)

    _upgrade(engine, scripts("postgresql"), found, lambda connection: None)


def scripts(kind: str) -> ScriptDirectory:
    """Return the revisions of one kind of store, "sqlite" or "postgresql"."""
    return ScriptDirectory(str(_HERE), version_locations=[str(_HERE / kind)])


def _upgrade(
    engine: Any,
    scripts: ScriptDirectory,
    found: Callable[[Any], str],
    done: Callable[[Any], None],
) -> None:
    def steps(revision: Any, context: Any) -> Iterable[Any]:
        return list(scripts._upgrade_revs(HEAD, revision))

    with _ONE_AT_A_TIME, _driver_errors(), engine.begin() as connection:
        now = found(connection)
        if now > HEAD:
            raise NewerLog(f"schema version {now}, and this program reads {HEAD}")
        if now == HEAD:
            return
        if now != "0000":  # stands in no table of Alembic's where an earlier release numbered it
            MigrationContext.configure(connection).stamp(scripts, now)
        config = Config(attributes={"connection": connection})
        with EnvironmentContext(config, scripts, fn=steps):
            scripts.run_env()
        done(connection)


@contextmanager
def _driver_errors() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise error.orig from None
