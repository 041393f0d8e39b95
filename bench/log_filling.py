"""Fill an empty routing log with millions of decisions, before its indexes are made."""

import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from persona_router.log.profile import ProfileNumbers
from persona_router.log.span import DAY_SECONDS
from persona_router.log.sqlite import SqliteDatabase
from persona_router.log.store import COLUMNS, OUTCOMES, RoutingLog

_BATCH = 10_000
MOST_MADE = 1_000_000
"""Of more, each is copied: with a time, ids and measures of its own, and the same profile."""
_DAYS = (1, 32)
_NAMES = (*COLUMNS, *OUTCOMES, "profile")
_COPIED = {
    "id": "printf('%011x', 1000 * (at + :later)) || substr(hex(randomblob(7)), 1, 13)",
    "at": "at + :later",
    "conversation": "substr(conversation, 1, 28) || printf('%04x', :copy)",
    "intent_confidence": "min(3, cast(intent_confidence * 4 AS INTEGER)) / 4.0"
    " + (abs(random()) % 250) / 1000.0",
    "latency_ms": "latency_ms * (0.5 + (abs(random()) % 1000) / 1000.0)",
}


def fill(path: Path, rows: Iterator[Mapping[str, Any]], size: int, *, seconds: float) -> None:
    """Make a log of `size` decisions at `path`, as if they had been added one by one.

    `rows` are the first `MOST_MADE` of them, spread evenly over `seconds`.
    """
    RoutingLog(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        made = database.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'decision'"
            " AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        for kind, name, _ in made:
            database.execute(f"DROP {kind} {name}")
        database.execute("BEGIN")
        _write(database, itertools.islice(rows, min(size, MOST_MADE)))
        _copy(database, size, seconds)
        for _, _, sql in made:
            database.execute(sql)
        for days in _DAYS:
            database.execute(
                f"INSERT INTO rollup SELECT {days}, cast(at / {days * DAY_SECONDS} AS INTEGER),"
                " profile, count(*) FROM decision GROUP BY 2, 3"
            )
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


def _write(database: sqlite3.Connection, rows: Iterator[Mapping[str, Any]]) -> None:
    profiles = ProfileNumbers(SqliteDatabase(database), known={})
    insert = f"INSERT INTO decision ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
    while batch := list(itertools.islice(rows, _BATCH)):
        values = [
            [*(_stored(row.get(name)) for name in _NAMES[:-1]), profiles.of(row)] for row in batch
        ]
        database.executemany(insert, values)


def _copy(database: sqlite3.Connection, size: int, seconds: float) -> None:
    """Add copies, each a little later than the one before, until there are `size` rows."""
    copies = max(1, size // MOST_MADE)
    there = min(size, MOST_MADE)
    copied = ", ".join(_COPIED.get(name, name) for name in _NAMES)
    for copy in range(1, copies + 1):
        database.execute(
            f"INSERT INTO decision ({', '.join(_NAMES)})"
            f" SELECT {copied} FROM decision WHERE rowid <= {there} LIMIT :missing",
            {
                "copy": copy,
                "later": copy * seconds / size,
                "missing": max(0, min(there, size - copy * there)),
            },
        )


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
