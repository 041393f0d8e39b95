"""How much of a question's words each passage holds, by the index's word tables (BM25)."""

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from persona_router.knowledge.index import word_tables
from persona_router.knowledge.weights import SearchWeights
from persona_router.knowledge.words import parts, words

# BM25's saturation in SQLite: a word counts at most K1 + 1 times its rarity.
_K1 = 1.2


class WordSearch:
    """The word tables of an open index; the caller keeps two threads from using it at once.

    `passages` gives the number of passages by language.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        passages: Mapping[str, int],
        weights: SearchWeights,
    ) -> None:
        self._connection = connection
        self._passages = dict(passages)
        self._weights = weights

    def shares(
        self, query: str, languages: Sequence[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return, for each passage, its share of the question's words and of its word parts.

        Shares are weighed by rarity, in 0..1; passages in other languages have 0. A word that is
        in no passage counts as the rarest, so that questions about something else score low.
        """
        count = sum(self._passages.values())
        by_word, by_part = np.zeros(count), np.zeros(count)
        for language in dict.fromkeys(languages):
            if language in self._passages:
                word_table, part_table = word_tables(language)
                size = self._passages[language]
                self._match(word_table, words(query, language), size, by_word)
                self._match(part_table, parts(query, self._weights.part_length), size, by_part)
        return by_word, by_part

    def _match(
        self, table: str, terms: Sequence[str], size: int, share: NDArray[np.float64]
    ) -> None:
        rarity = self._rarities(table, terms, size)
        if not rarity:
            return
        attainable = sum(rarity.values()) * (_K1 + 1)
        columns = self._weights.columns
        # Terms hold letters, digits and `_` only, so that quotes make them plain words.
        matches = self._connection.execute(
            f"SELECT rowid, -bm25({table}, ?, ?, ?) AS score FROM {table} WHERE {table} MATCH ? "
            "ORDER BY score DESC LIMIT ?",
            (
                columns.title,
                columns.heading,
                columns.text,
                " OR ".join(f'"{term}"' for term in rarity),
                self._weights.candidates,
            ),
        )
        for number, score in matches:
            share[number] = min(1.0, score / attainable)

    def _rarities(self, table: str, terms: Sequence[str], size: int) -> dict[str, float]:
        """Return the rarity of the terms worth looking up: those in under half of the passages.

        The rarest go first; terms that many passages hold cost most and say least.
        """
        found = dict.fromkeys(terms, 0)
        found.update(
            self._connection.execute(
                "SELECT term, passages FROM term "
                "WHERE source = ? AND term IN (SELECT value FROM json_each(?))",
                (table, json.dumps(list(found))),
            )
        )
        rarity: dict[str, float] = {}
        budget = self._weights.occurrences
        for term, count in sorted(found.items(), key=lambda item: item[1])[: self._weights.terms]:
            budget -= count
            weight = math.log((size - count + 0.5) / (count + 0.5))
            if weight <= 0 or (budget < 0 and rarity):
                break
            rarity[term] = weight
        return rarity
