"""What search reads of an index: articles, passages, their vectors and the words of a question."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from persona_router.knowledge.lexical import WordMatch, WordSearch
from persona_router.knowledge.reader import IndexReader, PassageText
from persona_router.knowledge.vectors import PassageVectors
from persona_router.knowledge.views import Entry, first_subtag
from persona_router.knowledge.weights import SearchWeights

LONGEST_SECTION = 3_000
"""Characters of a section that a chat may show at once."""


class IndexContents:
    """The contents of a built index, from any thread.

    `entries` are the articles, `owner` has the number of each passage's article, ascending. `about`
    has a unit vector for each article, `vectors` those of the passages. `declaring` tells, by
    intent, which articles declare it. `reader` is where all this is from. Raises what that raises.
    """

    def __init__(self, reader: IndexReader, weights: SearchWeights) -> None:
        self.reader = reader
        self.entries = reader.entries()
        self.owner = reader.owners()
        self.declaring = _declarations(self.entries)
        self.about = reader.about()
        self.vectors = PassageVectors(*reader.sentences(), propose=weights.nearest)
        languages = Counter(self.language_of(number) for number in range(len(self.owner)))
        self._words = WordSearch(reader, passages=languages, weights=weights)

    def language_of(self, passage: int) -> str:
        """Return the language of a passage."""
        return first_subtag(self.entries[self.owner[passage]].locale)

    def match(self, query: str, languages: Sequence[str]) -> WordMatch:
        """Return what the passages in `languages` hold of the words of a question."""
        return self._words.match(query, languages)

    def by_words(self, query: str, languages: Sequence[str]) -> list[int]:
        """Return the passages in `languages` with any word of a question, best first by BM25."""
        return self._words.ranked(query, languages)

    def texts(self, passages: Sequence[int]) -> dict[int, PassageText]:
        """Return the texts of passages, by number."""
        return self.reader.texts(passages) if passages else {}

    def section(self, passage: int) -> str:
        """Return the Markdown of what stands under the passage's heading, in reading order.

        Of a very long one, what comes first; the passage itself if it is not among that.
        """
        first, end = np.searchsorted(self.owner, [self.owner[passage], self.owner[passage] + 1])
        rows = self.reader.under_heading(passage, int(first), int(end))
        shown = ""
        for number, markdown in rows:
            if shown and len(shown) + len(markdown) > LONGEST_SECTION:
                return dict(rows)[passage] if number <= passage else shown
            shown = f"{shown}\n\n{markdown}".strip()
        return shown

    def close(self) -> None:
        """Return nothing; nothing can be looked up afterwards."""
        self.reader.close()


def _declarations(entries: Sequence[Entry]) -> Mapping[str, NDArray[np.bool_]]:
    names = {name for entry in entries for name in entry.intents}
    return {name: np.array([name in entry.intents for entry in entries]) for name in names}
