"""Search over the article index: words and meaning joined, each article in its best locale."""

import datetime
import json
import logging
import math
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """The passages that a customer of one locale may be shown: every article in its best locale.

    Each array has one entry a passage: its `number`, the number of its `article`, whether that is
    in another language (`foreign`), and where its vectors start in those of `runs` put together.
    `runs` are (first, end) rows of the index's vectors, neighbours joined.
    """

    number: NDArray[np.int64]
    article: NDArray[np.int64]
    foreign: NDArray[np.bool_]
    starts: NDArray[np.int64]
    runs: tuple[tuple[int, int], ...]


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
        lengths = self._connection.execute(
            "SELECT count(*) FROM sentence GROUP BY passage ORDER BY passage"
        )
        # Where each passage's vectors end; the first of them stands for the passage as a whole.
        self._ends = np.cumsum([row[0] for row in lengths], dtype=np.int64)
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
        view = self._view(locale, tuple(fallbacks))
        languages = [_language(tag) for tag in (locale, *fallbacks)]
        with self._lock:
            by_word, by_part = self._words.shares(query, languages)
        odds = self._log_odds(vector, by_word[view.number], by_part[view.number], view)
        if intent is not None:
            declares = np.array([intent in article.intents for article in self._articles])
            odds += self._weights.intent * declares[view.article]
        hits: list[Hit] = []
        listed: set[int] = set()
        for place in np.argsort(-odds, kind="stable"):
            if len(hits) == limit:
                break
            if int(view.article[place]) not in listed:
                listed.add(int(view.article[place]))
                number, fallback = int(view.number[place]), bool(view.foreign[place])
                hits.append(self._hit(number, float(odds[place]), fallback))
        return tuple(hits)

    def close(self) -> None:
        """Return nothing; the index cannot be searched afterwards."""
        self._connection.close()

    def _load_vectors(self, statement: str) -> NDArray[np.float32]:
        values = [value for (value,) in self._connection.execute(statement)]
        size = len(values[0]) // np.dtype(np.float32).itemsize if values else 0
        return np.frombuffer(b"".join(values), dtype=np.float32).reshape(len(values), size)

    def _make_view(self, locale: str, fallbacks: tuple[str, ...]) -> _View:
        order = [locale, _language(locale)]
        for tag in fallbacks:
            order += [tag, _language(tag)]
        best: dict[str, tuple[int, int]] = {}
        for number, article in enumerate(self._articles):
            tags = (article.locale, _language(article.locale))
            rank = min((order.index(tag) for tag in tags if tag in order), default=len(order))
            best[article.id] = min(best.get(article.id, (rank, number)), (rank, number))
        shown = np.isin(self._owner, [number for _, number in best.values()])
        own = _language(locale)
        foreign = np.array([_language(article.locale) != own for article in self._articles])
        end, lengths = self._ends[shown], np.diff(self._ends, prepend=0)[shown]
        return _View(
            number=np.flatnonzero(shown),
            article=self._owner[shown],
            foreign=foreign[self._owner[shown]],
            starts=np.cumsum(lengths) - lengths,
            runs=tuple(_joined(zip((end - lengths).tolist(), end.tolist(), strict=True))),
        )

    def _log_odds(
        self,
        vector: NDArray[np.float32] | None,
        by_word: NDArray[np.float64],
        by_part: NDArray[np.float64],
        view: _View,
    ) -> NDArray[np.float64]:
        """Return the log-odds of each passage of the view, from its shares of the words."""
        weights = self._weights
        if vector is None:
            fit = weights.no_vector
            odds = fit.bias + fit.words * by_word + fit.parts * by_part
            return np.asarray(odds - weights.fallback * view.foreign)
        if vector.shape != self._vectors.shape[1:]:
            raise ValueError(
                f"The question's vector has shape {vector.shape}, the index holds "
                f"{self._vectors.shape[1:]}: encode both with the same encoder."
            )
        similarity = np.concatenate([self._vectors[a:b] @ vector for a, b in view.runs])
        whole = similarity[view.starts]
        # Every passage has a sentence beside its whole, which must not compete with them.
        similarity[view.starts] = -1.0
        sentence = np.maximum.reduceat(similarity, view.starts)
        title = (self._titles @ vector)[view.article]
        fits = [
            fit.bias
            + fit.passage * whole
            + fit.sentence * sentence
            + fit.title * title
            + fit.words * by_word
            + fit.parts * by_part
            for fit in (weights.same_language, weights.other_language)
        ]
        return np.asarray(
            np.where(view.foreign, fits[1], fits[0]) - weights.fallback * view.foreign
        )

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


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ascending ranges with those that touch made one."""
    runs: list[tuple[int, int]] = []
    for first, end in ranges:
        if runs and runs[-1][1] == first:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    return runs
