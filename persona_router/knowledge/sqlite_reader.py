"""Reads an index file (SQLite, FTS5)."""

import datetime
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from persona_router.knowledge.index import connect
from persona_router.knowledge.reader import PassageText
from persona_router.knowledge.vectors import Floats, Numbers, mapped
from persona_router.knowledge.views import Entry
from persona_router.knowledge.weights import Columns


class SqliteReader:
    """A built index file, whatever becomes of it (`IndexReader`).

    Raises `sqlite3.DatabaseError` when the file is missing or damaged, `OSError` when its folder
    cannot be written: large vectors are mapped from there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = connect(path)
        self._folder = path.parent

    def entries(self) -> list[Entry]:
        """Return the articles in order."""
        rows = self._connection.execute(
            "SELECT id, locale, title, updated, intents FROM article ORDER BY number"
        )
        return [
            Entry(
                id=name,
                locale=locale,
                title=title,
                updated=datetime.date.fromisoformat(updated),
                intents=frozenset(json.loads(intents)),
            )
            for name, locale, title, updated, intents in rows
        ]

    def owners(self) -> Numbers:
        """Return the number of each passage's article."""
        rows = self._connection.execute("SELECT article FROM passage ORDER BY number")
        return np.array([row[0] for row in rows], dtype=np.int64)

    def about(self) -> Floats:
        """Return a unit vector of each article."""
        return self._mapped(
            "SELECT value FROM article JOIN vector ON text_hash = about_hash ORDER BY number"
        )

    def sentences(self) -> tuple[Floats, Numbers]:
        """Return the vectors of all passages, and where those of each end."""
        lengths = self._connection.execute(
            "SELECT count(*) FROM sentence GROUP BY passage ORDER BY passage"
        )
        ends = np.cumsum([row[0] for row in lengths], dtype=np.int64)
        rows = self._mapped(
            "SELECT value FROM sentence JOIN vector USING (text_hash) ORDER BY passage, position"
        )
        return rows, ends

    def counts(self, table: str, terms: Collection[str]) -> Mapping[str, int]:
        """Return in how many passages each term is."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT term, passages FROM term "
                "WHERE source = ? AND term IN (SELECT value FROM json_each(?))",
                (table, json.dumps(list(terms))),
            ).fetchall()
        return dict(rows)

    def scores(
        self, table: str, rarity: Mapping[str, float], *, columns: Columns, limit: int | None
    ) -> Sequence[tuple[int, float]]:
        """Return passages and their BM25, for which FTS5 knows the rarities itself."""
        with self._lock:
            # Terms hold letters, digits and `_` only, so that quotes make them plain words.
            return self._connection.execute(
                f"SELECT rowid, -bm25({table}, ?, ?, ?) AS score FROM {table} "
                f"WHERE {table} MATCH ? ORDER BY score DESC LIMIT ?",
                (
                    columns.title,
                    columns.heading,
                    columns.text,
                    " OR ".join(f'"{term}"' for term in rarity),
                    -1 if limit is None else limit,
                ),
            ).fetchall()

    def texts(self, passages: Sequence[int]) -> dict[int, PassageText]:
        """Return the texts of passages, by number."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, heading, markdown, stems FROM passage "
                "WHERE number IN (SELECT value FROM json_each(?))",
                (json.dumps(passages),),
            ).fetchall()
        return {row[0]: PassageText(*row[1:]) for row in rows}

    def under_heading(self, passage: int, first: int, end: int) -> list[tuple[int, str]]:
        """Return number and Markdown of what stands under the passage's heading."""
        with self._lock:
            return self._connection.execute(
                "SELECT number, markdown FROM passage WHERE number >= ? AND number < ?"
                " AND heading = (SELECT heading FROM passage WHERE number = ?) ORDER BY number",
                (first, end, passage),
            ).fetchall()

    def close(self) -> None:
        """Return nothing; nothing can be read afterwards."""
        self._connection.close()

    def _mapped(self, statement: str) -> Floats:
        return mapped((value for (value,) in self._connection.execute(statement)), self._folder)
