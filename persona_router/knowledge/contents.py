"""What search reads of an index: articles, passages, their vectors and the words of a question."""

import datetime
import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from persona_router.knowledge.index import connect
from persona_router.knowledge.lexical import WordMatch, WordSearch
from persona_router.knowledge.vectors import Floats, Numbers, PassageVectors, mapped
from persona_router.knowledge.views import Entry, first_subtag
from persona_router.knowledge.weights import SearchWeights

LONGEST_SECTION = 3_000
"""Characters of a section that a chat may show at once."""


class PassageText(NamedTuple):
    """A passage: the path of headings above it, its Markdown, and its stems (`stems_of`)."""

    heading: str
    markdown: str
    stems: str


class IndexContents:
    """The contents of a built index, from any thread, whatever becomes of the file.

    `entries` are the articles, `owner` has the number of each passage's article, ascending. `about`
    has a unit vector for each article, `vectors` those of the passages. `declaring` tells, by
    intent, which articles declare it. Raises `sqlite3.DatabaseError` when the file is missing or
    damaged, `OSError` when its folder cannot be written: large vectors are mapped from there.
    """

    def __init__(self, path: Path, weights: SearchWeights) -> None:
        self._lock = threading.Lock()
        self._connection = connect(path)
        self.entries = self._read_entries()
        rows = self._connection.execute("SELECT article FROM passage ORDER BY number")
        self.owner: Numbers = np.array([row[0] for row in rows], dtype=np.int64)
        self.declaring = _declarations(self.entries)
        self.about = self._mapped(
            "SELECT value FROM article JOIN vector ON text_hash = about_hash ORDER BY number", path
        )
        lengths = self._connection.execute(
            "SELECT count(*) FROM sentence GROUP BY passage ORDER BY passage"
        )
        self.vectors = PassageVectors(
            self._mapped(
                "SELECT value FROM sentence JOIN vector USING (text_hash) "
                "ORDER BY passage, position",
                path,
            ),
            np.cumsum([row[0] for row in lengths], dtype=np.int64),
            propose=weights.nearest,
        )
        languages = Counter(self.language_of(number) for number in range(len(self.owner)))
        self._words = WordSearch(self._connection, passages=languages, weights=weights)

    def language_of(self, passage: int) -> str:
        """Return the language of a passage."""
        return first_subtag(self.entries[self.owner[passage]].locale)

    def match(self, query: str, languages: Sequence[str]) -> WordMatch:
        """Return what the passages in `languages` hold of the words of a question."""
        with self._lock:
            return self._words.match(query, languages)

    def by_words(self, query: str, languages: Sequence[str]) -> list[int]:
        """Return the passages in `languages` with any word of a question, best first by BM25."""
        with self._lock:
            return self._words.ranked(query, languages)

    def texts(self, passages: Sequence[int]) -> dict[int, PassageText]:
        """Return the texts of passages, by number."""
        if not passages:
            return {}
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, heading, markdown, stems FROM passage "
                "WHERE number IN (SELECT value FROM json_each(?))",
                (json.dumps(passages),),
            ).fetchall()
        return {row[0]: PassageText(*row[1:]) for row in rows}

    def section(self, passage: int) -> str:
        """Return the Markdown of what stands under the passage's heading, in reading order.

        Of a very long one, what comes first; the passage itself if it is not among that.
        """
        first, last = np.searchsorted(self.owner, [self.owner[passage], self.owner[passage] + 1])
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, markdown FROM passage WHERE number >= ? AND number < ?"
                " AND heading = (SELECT heading FROM passage WHERE number = ?) ORDER BY number",
                (int(first), int(last), passage),
            ).fetchall()
        shown = ""
        for number, markdown in rows:
            if shown and len(shown) + len(markdown) > LONGEST_SECTION:
                return dict(rows)[passage] if number <= passage else shown
            shown = f"{shown}\n\n{markdown}".strip()
        return shown

    def close(self) -> None:
        """Return nothing; nothing can be looked up afterwards."""
        self._connection.close()

    def _read_entries(self) -> list[Entry]:
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

    def _mapped(self, statement: str, path: Path) -> Floats:
        return mapped((value for (value,) in self._connection.execute(statement)), path.parent)


def _declarations(entries: Sequence[Entry]) -> Mapping[str, NDArray[np.bool_]]:
    names = {name for entry in entries for name in entry.intents}
    return {name: np.array([name in entry.intents for entry in entries]) for name in names}
