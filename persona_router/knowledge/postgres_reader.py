"""Reads one version of an index in PostgreSQL."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.knowledge.lexical import K1
from persona_router.knowledge.postgres_server import Server
from persona_router.knowledge.reader import IndexUnavailable, PassageText
from persona_router.knowledge.vectors import Floats, Numbers, mapped
from persona_router.knowledge.views import Entry
from persona_router.knowledge.weights import Columns

# How much a long passage's words count for less, as SQLite has it.
_B = 0.75
_STEP = 500
"""Passages whose vectors are asked for at once."""

_ARTICLES = """
SELECT key, id, locale, title, updated, intents FROM knowledge_article
WHERE since <= %(version)s AND %(version)s < until
"""
_PASSAGES = """
SELECT article, key, cardinality(sentences) FROM knowledge_passage
WHERE since <= %(version)s AND %(version)s < until ORDER BY article, key
"""
_LENGTHS = """
SELECT language, avg(words_length)::float8, avg(parts_length)::float8 FROM knowledge_passage
WHERE since <= %(version)s AND %(version)s < until GROUP BY language
"""
_ABOUT = """
SELECT key, value FROM knowledge_article JOIN knowledge_vector ON text_hash = about_hash
WHERE key = ANY(%s)
"""
_SENTENCES = """
SELECT key, value FROM knowledge_passage,
    unnest(sentences) WITH ORDINALITY AS sentence (text_hash, position)
    JOIN knowledge_vector USING (text_hash)
WHERE key = ANY(%s) ORDER BY key, position
"""
_COUNTS = """
SELECT term, passages FROM knowledge_term
WHERE source = %(table)s AND term = ANY(%(terms)s)
    AND since <= %(version)s AND %(version)s < until
"""
_SCORES = """
SELECT passage, sum(rarity * often * %(top)s / (often + %(k1)s * (%(short)s + %(b)s * {length}
    / %(average)s)))::float8 AS score
FROM unnest(%(terms)s::text[], %(rarities)s::float8[]) AS asked (term, rarity)
    JOIN knowledge_posting USING (term)
    JOIN knowledge_passage ON key = passage
    CROSS JOIN LATERAL (
        SELECT %(title)s::float8 * title + %(heading)s::float8 * knowledge_posting.heading
            + %(text)s::float8 * body
    ) AS counted (often)
WHERE source = %(table)s AND since <= %(version)s AND %(version)s < until
GROUP BY passage ORDER BY score DESC, passage LIMIT %(limit)s
"""
_TEXTS = "SELECT key, heading, markdown, stems FROM knowledge_passage WHERE key = ANY(%s)"
_SECTION = """
SELECT key, markdown FROM knowledge_passage WHERE key = ANY(%s)
    AND heading = (SELECT heading FROM knowledge_passage WHERE key = %s)
"""


class PostgresReader:
    """One version of an index in PostgreSQL (`IndexReader`).

    It is opened through `loading`, so that customers, who ask `server`, need not wait. Vectors are
    kept in a nameless file in `folder`; those that `previous` has are taken from there. Raises
    IndexUnavailable, `OSError` when the folder cannot be written.
    """

    def __init__(
        self,
        server: Server,
        version: int,
        *,
        loading: Server,
        folder: Path,
        previous: "PostgresReader | None" = None,
    ) -> None:
        self.version = version
        self._server = loading
        # Databases sort text in ways of their own.
        articles = sorted(self._all(_ARTICLES), key=lambda row: (row[2], row[1]))
        self._entries = [
            Entry(id=id_, locale=locale, title=title, updated=updated, intents=frozenset(intents))
            for _, id_, locale, title, updated, intents in articles
        ]
        self._articles = [key for key, *_ in articles]
        of_article: dict[int, list[tuple[int, int]]] = {key: [] for key in self._articles}
        for article, key, count in self._all(_PASSAGES):
            of_article[article].append((key, count))
        passages = [passage for key in self._articles for passage in of_article[key]]
        self._keys = [key for key, _ in passages]
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._owners = np.repeat(
            np.arange(len(articles), dtype=np.int64), [len(of_article[key]) for key in of_article]
        )
        self._ends: Numbers = np.cumsum([count for _, count in passages], dtype=np.int64)
        self._average: dict[str, float] = {}
        for language, words, parts in self._all(_LENGTHS):
            self._average |= {f"words_{language}": words, f"parts_{language}": parts}
        kept = previous or _Nothing()
        self._about = mapped(self._vectors(self._articles, _ABOUT, kept.article_rows), folder)
        self._rows = mapped(self._vectors(self._keys, _SENTENCES, kept.passage_rows), folder)
        if len(self._rows) != (self._ends[-1] if len(self._ends) else 0):
            raise IndexUnavailable(f"PostgreSQL: version {version} of the index is not whole.")
        self._server = server

    def entries(self) -> list[Entry]:
        """Return the articles in order."""
        return self._entries

    def owners(self) -> Numbers:
        """Return the number of each passage's article."""
        return self._owners

    def about(self) -> Floats:
        """Return a unit vector of each article."""
        return self._about

    def sentences(self) -> tuple[Floats, Numbers]:
        """Return the vectors of all passages, and where those of each end."""
        return self._rows, self._ends

    def counts(self, table: str, terms: Collection[str]) -> Mapping[str, int]:
        """Return in how many passages each term is."""
        return dict(self._all(_COUNTS, table=table, terms=list(terms)))

    def scores(
        self, table: str, rarity: Mapping[str, float], *, columns: Columns, limit: int | None
    ) -> Sequence[tuple[int, float]]:
        """Return passages and their BM25, computed as SQLite does."""
        length = "words_length" if table.startswith("words_") else "parts_length"
        rows = self._all(
            _SCORES.format(length=length),
            table=table,
            terms=list(rarity),
            rarities=list(rarity.values()),
            title=columns.title,
            heading=columns.heading,
            text=columns.text,
            top=K1 + 1,
            k1=K1,
            b=_B,
            short=1 - _B,
            average=self._average[table],
            limit=limit,
        )
        return [(self._numbers[key], score) for key, score in rows]

    def texts(self, passages: Sequence[int]) -> dict[int, PassageText]:
        """Return the texts of passages, by number."""
        rows = self._some(_TEXTS, [self._keys[number] for number in passages])
        if len(rows) < len(set(passages)):
            raise IndexUnavailable("PostgreSQL: a newer index has replaced this one.")
        return {self._numbers[key]: PassageText(*texts) for key, *texts in rows}

    def under_heading(self, passage: int, first: int, end: int) -> list[tuple[int, str]]:
        """Return number and Markdown of what stands under the passage's heading."""
        rows = self._some(_SECTION, self._keys[first:end], self._keys[passage])
        return sorted((self._numbers[key], markdown) for key, markdown in rows)

    def close(self) -> None:
        """Return nothing; the connection is given back."""
        self._server.close()

    def article_rows(self) -> Mapping[int, Floats]:
        """Return the vector of each article, by key, shape (1, dimensions)."""
        return {key: self._about[row : row + 1] for row, key in enumerate(self._articles)}

    def passage_rows(self) -> Mapping[int, Floats]:
        """Return the vectors of each passage, by key."""
        starts = [0, *self._ends.tolist()]
        return {
            key: self._rows[start:end]
            for key, start, end in zip(self._keys, starts, starts[1:], strict=False)
        }

    def _vectors(
        self, keys: Sequence[int], statement: str, known: Callable[[], Mapping[int, Floats]]
    ) -> Iterator[bytes]:
        have = known()
        for start in range(0, len(keys), _STEP):
            step = keys[start : start + _STEP]
            read: dict[int, list[bytes]] = {}
            for key, value in self._some(statement, [key for key in step if key not in have]):
                read.setdefault(key, []).append(bytes(value))
            for key in step:
                if key in have:
                    yield from (row.tobytes() for row in have[key])
                else:
                    yield from read.get(key, ())

    def _all(self, statement: str, **values: Any) -> list[Any]:
        return self._rows_of(statement, {**values, "version": self.version})

    def _some(self, statement: str, keys: Sequence[int], *values: int) -> list[Any]:
        return self._rows_of(statement, (list(keys), *values)) if keys else []

    def _rows_of(self, statement: str, values: object) -> list[Any]:
        def read(cursor: Any) -> list[Any]:
            cursor.execute(statement, values)
            found: list[Any] = cursor.fetchall()
            return found

        return self._server.read(read)


class _Nothing:
    def article_rows(self) -> Mapping[int, Floats]:
        return {}

    def passage_rows(self) -> Mapping[int, Floats]:
        return {}
