"""Fill an empty routing log with millions of decisions, before its indexes are made."""

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from persona_router.log.profile import ProfileNumbers
from persona_router.log.store import COLUMNS, OUTCOMES, RoutingLog

_BATCH = 10_000
_NAMES = (*COLUMNS, *OUTCOMES, "profile")
_DAYS = (1, 32)


def fill(path: Path, rows: Iterator[Mapping[str, Any]]) -> None:
    """Write the rows into a new log at `path`; it ends as if they had been added one by one."""
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
        _write(database, rows)
        for _, _, sql in made:
            database.execute(sql)
        database.execute("PRAGMA journal_mode = WAL")


def _write(database: sqlite3.Connection, rows: Iterator[Mapping[str, Any]]) -> None:
    profiles, counts = ProfileNumbers(database, known={}), Counter[tuple[int, int, int]]()
    insert = f"INSERT INTO decision ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
    while batch := list(itertools.islice(rows, _BATCH)):
        database.execute("BEGIN")
        values = []
        for row in batch:
            number = profiles.of(row)
            counts.update((days, int(row["at"] // (days * 86_400)), number) for days in _DAYS)
            values.append([*(_stored(row.get(name)) for name in _NAMES[:-1]), number])
        database.executemany(insert, values)
        database.execute("COMMIT")
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO rollup VALUES (?, ?, ?, ?)", ((*key, n) for key, n in counts.items())
    )
    database.execute("COMMIT")


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
