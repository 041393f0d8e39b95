"""Search over the article index: words and meaning joined, each article in its best locale."""

import datetime
import json
import logging
import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.index import Encode, build_index, connect
from persona_router.knowledge.lexical import WordSearch
from persona_router.knowledge.weights import SearchWeights, search_weights
from persona_router.knowledge.words import fold

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article that may answer, with the passage that does; `score` in 0..1.

    `score` is the fitted probability that the passage answers, comparable between questions, so
    that a threshold can mean "no good article". `heading` is the path of headings above the
    passage, joined by " › ", empty above the first. `passage` is Markdown; its links to other
    articles are as the author wrote them. `fallback` tells that the article does not exist in the
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


@dataclass(frozen=True, kw_only=True)
class _Entry:
    id: str
    locale: str
    title: str
    updated: datetime.date
    intents: frozenset[str]


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
    return KnowledgeIndex(path, weights=chosen)


class KnowledgeIndex:
    """A built index, open for search from any thread; it keeps its content if the file is replaced.

    Raises `sqlite3.DatabaseError` when the file is missing or damaged: build it again.
    """

    def __init__(self, path: Path, *, weights: SearchWeights | None = None) -> None:
        self._weights = weights or search_weights()
        self._lock = threading.Lock()
        self._connection = connect(path)
        self._articles = [
            _Entry(
                id=row[0],
                locale=row[1],
                title=row[2],
                updated=datetime.date.fromisoformat(row[3]),
                intents=frozenset(json.loads(row[4])),
            )
            for row in self._connection.execute(
                "SELECT id, locale, title, updated, intents FROM article ORDER BY number"
            )
        ]
        self._owner = np.array(
            [
                row[0]
                for row in self._connection.execute("SELECT article FROM passage ORDER BY number")
            ],
            dtype=np.int64,
        )
        self._titles = self._load_vectors(
            "SELECT value FROM article JOIN vector ON text_hash = title_hash ORDER BY number"
        )
        self._vectors = self._load_vectors(
            "SELECT value FROM sentence JOIN vector USING (text_hash) ORDER BY passage, position"
        )
        # The row of each passage's first vector, which stands for the passage as a whole.
        self._starts = np.array(
            [
                row
                for row, (position,) in enumerate(
                    self._connection.execute(
                        "SELECT position FROM sentence ORDER BY passage, position"
                    )
                )
                if position == 0
            ],
            dtype=np.int64,
        )
        languages = Counter(_language(self._articles[number].locale) for number in self._owner)
        self._words = WordSearch(self._connection, passages=languages, weights=self._weights)
        self._view = lru_cache(maxsize=256)(self._make_view)

    def search(
        self,
        query: str,
        *,
        vector: NDArray[np.float32] | None,
        locale: str,
        fallbacks: Sequence[str] = (),
        intent: str | None = None,
        limit: int = 5,
    ) -> tuple[Hit, ...]:
        """Return up to `limit` articles, best first, each once and in its best locale.

        That is the customer's `locale`, else another of its language, else the first of
        `fallbacks` (locales, in order), else any. `vector` is the question's unit vector, shape
        (dimensions,), or None to search by words alone. `intent` favours the articles that declare
        it. A question without a letter or digit finds nothing. Raises `ValueError` for a vector of
        another size than the index holds.
        """
        if not self._articles or limit < 1 or not any(map(str.isalnum, fold(query))):
            return ()
        shown, foreign = self._view(locale, tuple(fallbacks))
        languages = [_language(tag) for tag in (locale, *fallbacks)]
        with self._lock:
            by_word, by_part = self._words.shares(query, languages)
        odds = self._log_odds(vector, by_word, by_part, foreign)
        if intent is not None:
            declares = np.array([intent in article.intents for article in self._articles])
            odds += self._weights.intent * declares[self._owner]
        odds[~shown] = -np.inf
        hits: list[Hit] = []
        listed: set[int] = set()
        for number in np.argsort(-odds, kind="stable"):
            if len(hits) == limit or not shown[number]:
                break
            if int(self._owner[number]) not in listed:
                listed.add(int(self._owner[number]))
                hits.append(self._hit(int(number), float(odds[number]), bool(foreign[number])))
        return tuple(hits)

    def close(self) -> None:
        """Return nothing; the index cannot be searched afterwards."""
        self._connection.close()

    def _load_vectors(self, statement: str) -> NDArray[np.float32]:
        values = [value for (value,) in self._connection.execute(statement)]
        size = len(values[0]) // np.dtype(np.float32).itemsize if values else 0
        return np.frombuffer(b"".join(values), dtype=np.float32).reshape(len(values), size)

    def _make_view(
        self, locale: str, fallbacks: tuple[str, ...]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return two masks over passages: in the article's best locale; in another language."""
        order = [locale, _language(locale)]
        for tag in fallbacks:
            order += [tag, _language(tag)]
        best: dict[str, tuple[int, int]] = {}
        for number, article in enumerate(self._articles):
            tags = (article.locale, _language(article.locale))
            rank = min((order.index(tag) for tag in tags if tag in order), default=len(order))
            best[article.id] = min(best.get(article.id, (rank, number)), (rank, number))
        shown = np.zeros(len(self._articles), dtype=np.bool_)
        shown[[number for _, number in best.values()]] = True
        own = _language(locale)
        foreign = np.array([_language(article.locale) != own for article in self._articles])
        return shown[self._owner], foreign[self._owner]

    def _log_odds(
        self,
        vector: NDArray[np.float32] | None,
        by_word: NDArray[np.float64],
        by_part: NDArray[np.float64],
        foreign: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        weights = self._weights
        if vector is None:
            fit = weights.no_vector
            odds = fit.bias + fit.words * by_word + fit.parts * by_part
            return np.asarray(odds - weights.fallback * foreign)
        if vector.shape != self._vectors.shape[1:]:
            raise ValueError(
                f"The question's vector has shape {vector.shape}, the index holds "
                f"{self._vectors.shape[1:]}: encode both with the same encoder."
            )
        similarity = self._vectors @ vector
        whole = similarity[self._starts]
        # Every passage has a sentence beside its whole, which must not compete with them.
        similarity[self._starts] = -1.0
        sentence = np.maximum.reduceat(similarity, self._starts)
        title = (self._titles @ vector)[self._owner]
        fits = [
            fit.bias
            + fit.passage * whole
            + fit.sentence * sentence
            + fit.title * title
            + fit.words * by_word
            + fit.parts * by_part
            for fit in (weights.same_language, weights.other_language)
        ]
        return np.asarray(np.where(foreign, fits[1], fits[0]) - weights.fallback * foreign)

    def _hit(self, number: int, odds: float, fallback: bool) -> Hit:
        article = self._articles[self._owner[number]]
        with self._lock:
            heading, markdown = self._connection.execute(
                "SELECT heading, markdown FROM passage WHERE number = ?", (number,)
            ).fetchone()
        return Hit(
            article_id=article.id,
            locale=article.locale,
            title=article.title,
            heading=heading,
            passage=markdown,
            updated=article.updated,
            score=1 / (1 + math.exp(-odds)),
            fallback=fallback,
        )


def _language(locale: str) -> str:
    return locale.split("-")[0]
