"""How much of a question's words each passage holds, by the index's word tables (BM25)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from persona_router.knowledge.reader import IndexReader
from persona_router.knowledge.weights import Columns, SearchWeights
from persona_router.knowledge.word_tables import word_tables
from persona_router.knowledge.words import parts, words

# BM25's saturation in SQLite: a word counts at most K1 + 1 times its rarity.
K1 = 1.2
# What SQLite gives a word that is in half of the passages or more.
_LEAST_RARITY = 1e-6
_ALIKE = Columns(title=1.0, heading=1.0, text=1.0)


@dataclass(frozen=True, kw_only=True)
class Sought:
    """The terms of a question that are looked up, with their rarities, and the sum of all.

    The sum includes terms that are in no passage, which are the rarest: questions about something
    else find little of what they say.
    """

    rarity: Mapping[str, float]
    total: float


@dataclass(frozen=True, kw_only=True, eq=False)
class WordMatch:
    """What passages hold of a question's words, each weighed by its rarity.

    `words` and `parts` have, for each passage of the index, its share of the question's words and
    of its word parts, 0..1; passages in other languages than those asked for have 0. `sought` are
    the words by language.
    """

    words: NDArray[np.float64]
    parts: NDArray[np.float64]
    sought: Mapping[str, Sought]

    def together(self, stems: str, language: str) -> float:
        """Return the largest share of the words that a single sentence holds, 0..1.

        `stems` are a passage's words as `stems_of` writes them, `language` is that of the passage.
        """
        sought = self.sought.get(language)
        if sought is None or not sought.rarity:
            return 0.0
        asked = sought.rarity.keys()
        held = (
            sum(sought.rarity[stem] for stem in asked & set(sentence.split()))
            for sentence in stems.split("\n")
        )
        return max(held) / sought.total


class WordSearch:
    """The word tables of an open index; `passages` gives the number of passages by language."""

    def __init__(
        self, reader: IndexReader, *, passages: Mapping[str, int], weights: SearchWeights
    ) -> None:
        self._reader = reader
        self._passages = dict(passages)
        self._weights = weights

    def match(self, query: str, languages: Sequence[str]) -> WordMatch:
        """Return what the passages in `languages` hold of the question's words and word parts."""
        count = sum(self._passages.values())
        by_word, by_part = np.zeros(count), np.zeros(count)
        sought: dict[str, Sought] = {}
        for language in dict.fromkeys(languages):
            if language in self._passages:
                word_table, part_table = word_tables(language)
                size = self._passages[language]
                sought[language] = self._sought(word_table, words(query, language), size)
                self._score(word_table, sought[language], by_word)
                by_length = parts(query, self._weights.part_length)
                self._score(part_table, self._sought(part_table, by_length, size), by_part)
        return WordMatch(words=by_word, parts=by_part, sought=sought)

    def ranked(self, query: str, languages: Sequence[str]) -> list[int]:
        """Return the passages in `languages` with any word of `query`, best first.

        It is BM25's ranking by all words alone: the yardstick by which search is measured.
        """
        found: list[tuple[float, int]] = []
        for language in dict.fromkeys(languages):
            asked = dict.fromkeys(words(query, language), 0)
            if language in self._passages and asked:
                table, _ = word_tables(language)
                asked |= self._reader.counts(table, asked)
                size = self._passages[language]
                rarity = {
                    word: max(_rarity(count, size), _LEAST_RARITY) for word, count in asked.items()
                }
                rows = self._reader.scores(table, rarity, columns=_ALIKE, limit=None)
                found += ((-score, number) for number, score in rows)
        return [number for _, number in sorted(found)]

    def _score(self, table: str, sought: Sought, share: NDArray[np.float64]) -> None:
        if not sought.rarity:
            return
        rows = self._reader.scores(
            table,
            sought.rarity,
            columns=self._weights.columns,
            limit=self._weights.candidates,
        )
        attainable = sought.total * (K1 + 1)
        found = np.array(rows, dtype=np.float64).reshape(-1, 2)
        share[found[:, 0].astype(np.int64)] = np.minimum(found[:, 1] / attainable, 1.0)

    def _sought(self, table: str, terms: Sequence[str], size: int) -> Sought:
        """Return the terms worth looking up: the rarest, in under half of the passages.

        Terms that many passages hold cost most and say least.
        """
        found = dict.fromkeys(terms, 0)
        found.update(self._reader.counts(table, found))
        rarity: dict[str, float] = {}
        budget = self._weights.occurrences
        for term, count in sorted(found.items(), key=lambda item: item[1]):
            if not count:
                continue
            budget -= count
            weight = _rarity(count, size)
            if len(rarity) == self._weights.terms or weight <= 0 or (budget < 0 and rarity):
                break
            rarity[term] = weight
        unknown = min(sum(not count for count in found.values()), self._weights.terms)
        rest = list(rarity.values())[: self._weights.terms - unknown]
        return Sought(rarity=rarity, total=unknown * _rarity(0, size) + sum(rest))


def _rarity(count: int, size: int) -> float:
    return math.log((size - count + 0.5) / (count + 0.5))
