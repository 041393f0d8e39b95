"""Search over the article index: words and meaning joined, each article in its best locale."""

import datetime
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from weakref import proxy

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.contents import IndexContents
from persona_router.knowledge.index import build_index
from persona_router.knowledge.lexical import WordMatch
from persona_router.knowledge.reader import IndexReader, PassageText
from persona_router.knowledge.scores import Evidence, Meaning, Odds, log_odds, together_weight
from persona_router.knowledge.sqlite_reader import SqliteReader
from persona_router.knowledge.vectors import Encode, Floats, Numbers, Selection
from persona_router.knowledge.views import Entry, view_of
from persona_router.knowledge.weights import SearchWeights, search_weights
from persona_router.knowledge.words import fold

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article that may answer, with the passage that does; `score` in 0..1.

    `score` is the fitted probability that the passage answers, comparable between questions, so
    that a threshold can mean "no good article". `heading` is the path of headings above the
    passage, joined by " › ", empty above the first. `passage` is Markdown; its links to other
    articles are as the author wrote them. `section` is all that stands under the heading, for
    the first hit only. `fallback` tells that the article does not exist in the
    customer's language.
    """

    article_id: str
    locale: str
    title: str
    heading: str
    passage: str
    updated: datetime.date
    score: float
    fallback: bool
    section: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """Which passages of an index a customer may be shown, and which are in another language.

    `languages` are those of the passages shown, the customer's first. `every` selects all that are
    shown where they are few enough to look at each.
    """

    among: NDArray[np.bool_]
    foreign: NDArray[np.bool_]
    languages: tuple[str, ...]
    every: Selection | None


def open_index(
    articles: Sequence[Article],
    path: Path,
    *,
    encode: Encode,
    weights: SearchWeights | None = None,
) -> "KnowledgeIndex":
    """Return the index of `articles`, kept at `path` and built only when the content changed.

    `encode` maps texts to unit vectors, float32, shape (texts, dimensions). Raises `OSError` when
    `path` cannot be written.
    """
    chosen = weights or search_weights()
    if build_index(articles, path, encode=encode, weights=chosen):
        log.info("built the index of %d articles", len(articles))
    return KnowledgeIndex(SqliteReader(path), weights=chosen)


class KnowledgeIndex:
    """A built index, open for search from any thread; it keeps its content if another one is built.

    Raises what `reader` raises.
    """

    def __init__(self, reader: IndexReader, *, weights: SearchWeights | None = None) -> None:
        self._weights = weights or search_weights()
        self.contents = IndexContents(reader, self._weights)
        # A reference to itself would keep a replaced index in memory for long.
        self._shown = lru_cache(maxsize=64)(partial(KnowledgeIndex._look, proxy(self)))

    def search(
        self,
        query: str,
        *,
        vector: Floats | None,
        locale: str,
        fallbacks: Sequence[str] = (),
        intents: Mapping[str, float] | None = None,
        limit: int = 5,
    ) -> tuple[Hit, ...]:
        """Return up to `limit` articles, best first, each once and in its best locale.

        That is the customer's `locale`, else another of its language, else the first of
        `fallbacks` (locales, in order), else any. `vector` is the question's unit vector, shape
        (dimensions,), or None to search by words alone. `intents` are probabilities of what the
        question wants; they favour the articles that declare it. A question without a letter or
        digit finds nothing. Raises `ValueError` for a vector of another size than the index holds.
        """
        contents = self.contents
        if not contents.entries or limit < 1 or not any(map(str.isalnum, fold(query))):
            return ()
        if vector is not None and vector.shape != contents.vectors.shape:
            raise ValueError(
                f"The question's vector has shape {vector.shape}, the index holds "
                f"{contents.vectors.shape}: encode both with the same encoder."
            )
        shown = self.shown(locale, fallbacks)
        match = contents.match(query, shown.languages)
        found = shown.every or self._candidates(vector, match, shown)
        if not len(found.passages):
            return ()
        owners = contents.owner[found.passages]
        evidence = self._evidence(vector, match, found, shown)
        odds = log_odds(evidence, self._weights)
        for intent, probability in (intents or {}).items():
            if intent in contents.declaring:
                odds += self._weights.intent * probability * contents.declaring[intent][owners]
        texts = self._look_closer(match, found.passages, evidence, odds)
        best: dict[int, int] = {}
        for place in np.argsort(-odds, kind="stable").tolist():
            if len(best) == limit:
                break
            best.setdefault(int(owners[place]), place)
        numbers = {place: int(found.passages[place]) for place in best.values()}
        texts |= contents.texts([number for number in numbers.values() if number not in texts])
        first, *others = (
            _hit(
                contents.entries[owner],
                texts[numbers[place]],
                odds=float(odds[place]),
                foreign=bool(evidence.foreign[place]),
            )
            for owner, place in best.items()
        )
        section = contents.section(numbers[next(iter(best.values()))])
        return (replace(first, section=section), *others)

    def shown(self, locale: str, fallbacks: Sequence[str]) -> Shown:
        """Return what a customer of `locale` may be shown: every article in its best locale."""
        return self._shown(locale, tuple(fallbacks))

    def close(self) -> None:
        """Return nothing; the index cannot be searched afterwards."""
        self.contents.close()

    def _look(self, locale: str, fallbacks: tuple[str, ...]) -> Shown:
        view = view_of(self.contents.entries, locale, fallbacks)
        among = view.shown[self.contents.owner]
        numbers = np.flatnonzero(among)
        few = len(numbers) <= self._weights.nearest
        return Shown(
            among=among,
            foreign=view.foreign[self.contents.owner],
            languages=view.languages,
            every=self.contents.vectors.select(numbers) if few else None,
        )

    def _candidates(self, vector: Floats | None, match: WordMatch, shown: Shown) -> Selection:
        """Return the passages worth a close look: those with the question's words, the nearest."""
        numbers = np.flatnonzero(shown.among & (match.words + match.parts > 0))
        if vector is not None:
            nearest = self.contents.vectors.nearest(vector, shown.among)
            numbers = np.union1d(numbers, nearest)
        return self.contents.vectors.select(numbers)

    def _evidence(
        self, vector: Floats | None, match: WordMatch, found: Selection, shown: Shown
    ) -> Evidence:
        meaning = None
        if vector is not None:
            whole, sentence = self.contents.vectors.similarities(vector, found)
            owners = self.contents.owner[found.passages]
            first = np.append(True, owners[1:] != owners[:-1])
            about = (self.contents.about[owners[first]] @ vector)[np.cumsum(first) - 1]
            meaning = Meaning(passage=whole, sentence=sentence, about=about)
        return Evidence(
            words=match.words[found.passages],
            parts=match.parts[found.passages],
            foreign=shown.foreign[found.passages],
            meaning=meaning,
        )

    def _look_closer(
        self, match: WordMatch, passages: Numbers, evidence: Evidence, odds: Odds
    ) -> dict[int, PassageText]:
        """Return the texts of the best passages; `odds` counts how they hold the words together."""
        best = np.argsort(-odds, kind="stable")[: self._weights.closest]
        numbers = passages[best].tolist()
        texts = self.contents.texts(numbers)
        together = [
            match.together(texts[number].stems, self.contents.language_of(number))
            for number in numbers
        ]
        odds[best] += np.array(together) * together_weight(evidence, self._weights)[best]
        return texts


def _hit(entry: Entry, text: PassageText, *, odds: float, foreign: bool) -> Hit:
    return Hit(
        article_id=entry.id,
        locale=entry.locale,
        title=entry.title,
        heading=text.heading,
        passage=text.markdown,
        updated=entry.updated,
        score=1 / (1 + math.exp(-odds)),
        fallback=foreign,
    )
