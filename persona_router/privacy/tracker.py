"""The conversations in Rasa's SQL tracker store, reached without Rasa."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa  # type: ignore[import-untyped]
from sqlalchemy.engine import (  # type: ignore[import-untyped]
    URL,
    Connection,
    Engine,
    make_url,
)

from persona_router.content.endpoint_settings import read_endpoint
from persona_router.state import DEFAULT_STATE, state_folder

KEY = "tracker_store"
SQL_TYPES = ("sql", "persona_router.rasa.tracker_store.incrementaltrackerstore")
"""Types of `endpoints.yml` that keep their events in an SQL table, in lower case."""
_BUSY_SECONDS = 5.0
_EVENTS = sa.table(
    "events",
    *(sa.column(name) for name in ("id", "sender_id", "type_name", "timestamp")),
    *(sa.column(name) for name in ("intent_name", "action_name", "data")),
)


class TrackerUnreachable(OSError):
    """Conversations are kept where they cannot be reached; the text says where, and why."""


class TrackerEvents:
    """The events that Rasa has stored; `endpoints` names the file with its settings.

    Every method may raise TrackerUnreachable, and nothing is then half done, or ContentError.
    """

    def __init__(self, endpoints: Path) -> None:
        self._endpoints = endpoints

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return every `event` of the conversation, oldest first."""
        chosen = sa.select(_EVENTS).where(_EVENTS.c.sender_id == conversation)
        with self._connection() as db:
            found = db.execute(chosen.order_by(_EVENTS.c.id)).mappings().all() if db else ()
        return {
            "event": [{**row, "data": row["data"] and json.loads(row["data"])} for row in found]
        }

    def forget_conversation(self, conversation: str) -> Mapping[str, int]:
        """Return how many events are deleted; a running Rasa begins the conversation anew."""
        with self._connection() as db:
            if db is None:
                return {"event": 0}
            gone = db.execute(sa.delete(_EVENTS).where(_EVENTS.c.sender_id == conversation))
            return {"event": int(gone.rowcount)}

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many events belong to conversations without any since then.

        Those of the conversations `but` do not count.
        """
        count = sa.select(sa.func.count()).select_from(_EVENTS).where(_over(before, but))
        with self._connection() as db:
            return int(db.execute(count).scalar_one()) if db else 0

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of those are deleted, the `most` oldest."""
        first = sa.select(_EVENTS.c.id).where(_over(before, but)).order_by(_EVENTS.c.id)
        with self._connection() as db:
            # Searching takes longer than deleting, and must keep nobody from writing.
            ids = db.execute(first.limit(most)).scalars().all() if db else ()
        if not ids:
            return 0
        with self._connection() as db:
            if db is None:
                return 0
            chosen = sa.delete(_EVENTS).where(_EVENTS.c.id.in_(ids), _over(before, but))
            return int(db.execute(chosen).rowcount)

    @contextmanager
    def _connection(self) -> Iterator[Connection | None]:
        """Give a connection in a transaction; None where Rasa has kept nothing yet."""
        url = tracker_url(self._endpoints)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            yield None
            return
        try:
            engine = _engine(url)
            try:
                with engine.begin() as connection:
                    yield connection
            finally:
                engine.dispose()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            # The driver's own words: SQLAlchemy adds the values of the statement.
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            where = url.render_as_string(hide_password=True)
            raise TrackerUnreachable(
                f"The tracker store {where} cannot be used: {cause}"
            ) from error


def tracker_url(endpoints: Path) -> URL:
    """Return where `endpoints.yml` has Rasa keep its conversations, by the rules of Rasa.

    A file of the usual state folder is in that of PERSONA_ROUTER_STATE, as under `make run`.
    Raises TrackerUnreachable for a store that is not in SQL, and ContentError.
    """
    node = read_endpoint(endpoints, KEY)
    kind = str(node.values.get("type") or "") if node else ""
    if kind.lower() not in SQL_TYPES:
        named = f"keeps conversations in '{kind}'" if kind else "names no tracker store"
        what = f"{endpoints} {named}, which this command does not reach. Delete them there."
        raise TrackerUnreachable(what)
    settings = (
        {key: _expanded(value, endpoints) for key, value in node.values.items()} if node else {}
    )
    host = str(settings.get("url") or settings.get("host") or "") or None
    if host and "://" in host:
        return make_url(host)
    port = settings.get("port")
    if host:
        parts = urlsplit(f"scheme://{host}")
        host, port = parts.hostname or host, parts.port or port
    return URL.create(
        str(settings.get("dialect") or "sqlite"),
        username=settings.get("username"),
        password=settings.get("password"),
        host=host,
        port=int(port) if port else None,
        database=_database(str(settings.get("db") or "rasa.db")),
        query=settings.get("query") or {},
    )


def _database(name: str) -> str:
    parts = Path(name).parts
    if parts[:1] != (DEFAULT_STATE,):
        return name
    return str(state_folder().joinpath(*parts[1:]))


def _expanded(value: Any, endpoints: Path) -> Any:
    if not isinstance(value, str):
        return value
    expanded = os.path.expandvars(value)
    if "${" in expanded:
        what = f"{endpoints} names a variable that is not set ({value}). Set it as for Rasa."
        raise TrackerUnreachable(what)
    return expanded


def _over(before: float, but: Sequence[str]) -> Any:
    later = _EVENTS.alias("later")
    goes_on = sa.exists().where(
        later.c.sender_id == _EVENTS.c.sender_id, later.c.timestamp >= before
    )
    return sa.and_(_EVENTS.c.timestamp < before, _EVENTS.c.sender_id.not_in(but), ~goes_on)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url)
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    sa.event.listen(engine, "connect", _forgetful)
    return engine


def _forgetful(connection: Any, _: Any) -> None:
    """Have deleted words overwritten, which would else stay in the file's free pages."""
    connection.execute("PRAGMA secure_delete = ON")
