"""What every connection to PostgreSQL begins with, and what its faults are told as."""

from collections.abc import Mapping
from typing import Any

import psycopg2
import psycopg2.extensions

from persona_router.content.errors import ContentError
from persona_router.postgres_setting import EXAMPLE

_DEFAULTS = {
    "application_name": "persona-router",
    "connect_timeout": "3",
    "tcp_user_timeout": "3000",
    "keepalives_idle": "30",
}


def link_options(url: str, *, variable: str) -> Mapping[str, Any]:
    """Return what to connect with; `variable` is the setting that has the URL.

    Raises ContentError for a URL that cannot be read, whose text is not repeated.
    """
    try:
        given = psycopg2.extensions.parse_dsn(url)
    except psycopg2.Error:
        what = "It cannot be read as the address of a PostgreSQL database."
        remedy = f"Give {EXAMPLE}, with special characters of the password as %XX."
        raise ContentError("environment", variable, what, remedy) from None
    chosen = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return {**chosen, **given, "client_encoding": "UTF8"}


def told(error: Exception, *, right: str) -> str:
    """Return the reason on one line, without the statement, which may hold customers' words.

    `right` is the remedy where the user of the database may not do it.
    """
    if isinstance(error, UnicodeError):  # a message in the server's own encoding
        return "PostgreSQL refused the connection."
    assert isinstance(error, psycopg2.Error)
    reason = error.diag.message_primary or str(error)
    if error.pgcode == "42501":
        reason += f" ({right})"
    return f"PostgreSQL: {' '.join(reason.split())}" if reason.strip() else "PostgreSQL went away."
