"""Where the routing log of an assistant is kept: in a file of its own, or in PostgreSQL."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from persona_router.content.errors import ContentError
from persona_router.log.dialect import Database
from persona_router.log.sqlite import FilePlace
from persona_router.postgres_setting import postgres_url
from persona_router.state import state_folder

URL_VARIABLE = "PERSONA_ROUTER_LOG_URL"
ROUTING_LOG = "routing_log.sqlite"


class LogPlace(Protocol):
    """Keeps a log; its text names it in messages. All methods raise LogUnavailable."""

    @property
    def name(self) -> str:
        """What people call it among the stores."""
        ...

    @property
    def other(self) -> str:
        """How to name another one."""
        ...

    def begun(self) -> bool:
        """Return whether an assistant has begun it."""
        ...

    def opening(self) -> AbstractContextManager[Database]:
        """Give a connection that may write, to a log of this release's schema.

        It stays open after the block, which is for what is done before anything is written. Raises
        NewerLog.
        """
        ...

    def reading(self) -> AbstractContextManager[Database]:
        """Give a connection of one's own that only reads, and one state of the log."""
        ...


def log_place(folder: Path | None = None) -> LogPlace:
    """Return the log that the environment names, else the file of the state folder, or of `folder`.

    Raises ContentError for an address that is none of PostgreSQL's.
    """
    url = postgres_url(os.environ, URL_VARIABLE)
    if url is None:
        return FilePlace((folder or state_folder()) / ROUTING_LOG)
    # Who keeps the log in a file need not load a database driver.
    from persona_router.log.postgres_place import ServerPlace

    return ServerPlace(url, variable=URL_VARIABLE)


def as_place(place: Path | LogPlace) -> LogPlace:
    """Return the place, a file's for a path."""
    return FilePlace(place) if isinstance(place, Path) else place


def log_url_faults(environment: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield what is wrong with the setting; the server itself is not asked."""
    try:
        url = postgres_url(environment, URL_VARIABLE)
        if url is not None:
            from persona_router.postgres_link import link_options

            link_options(url, variable=URL_VARIABLE)
    except ContentError as error:
        yield error
