"""Search that follows the articles: the index is built anew beside the one that serves."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.places import IndexPlace
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.knowledge.search import KnowledgeIndex
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights

log = logging.getLogger(__name__)

RETRY = 60.0
"""Seconds until an index that could not be built is tried again: the attempt may be dear."""
RETRY_SHARED = 5.0
"""Seconds until a server that keeps the index is tried again."""
_SHARE = 0.05
"""Share of the time that looking at files may take, however many there are."""
_FEW = 4
"""Texts encoded at once while customers wait for the same encoder."""


class LiveIndex:
    """The index of articles that change; `current` is the newest one that could be built.

    The files are looked at every `every` seconds, in a thread that ends with this object; with 0,
    only when `refresh` is called.
    """

    def __init__(
        self,
        articles: LiveArticles,
        place: IndexPlace,
        *,
        encode: Callable[[], Encode],
        weights: SearchWeights,
        every: float = 0.0,
    ) -> None:
        self.current: KnowledgeIndex | None = None
        self._articles = articles
        self._place = place
        self._encode = encode
        self._weights = weights
        self._indexed: tuple[Article, ...] | None = None
        self._retry_at = 0.0
        self._told = ""
        self.refresh(patient=False)
        if every > 0:
            arguments = (ref(self), every)
            threading.Thread(target=_follow, args=arguments, name="articles", daemon=True).start()

    def refresh(self, *, patient: bool = True) -> bool:
        """Return True when the index was replaced; a failure is logged and leaves the last one.

        Unless `patient`, files that changed a moment ago are read as they are.
        """
        articles = self._articles.current(patient=patient)
        if time.monotonic() < self._retry_at:
            return False
        try:
            if articles is None or articles is self._indexed:
                index = self._newer()
            else:
                index = self._take(articles)
        except IndexUnavailable as error:
            self._retry_at = time.monotonic() + RETRY_SHARED
            self._tell(str(error))
            return False
        except (OSError, sqlite3.Error):
            log.exception("the article index cannot be built; the last one serves, if there is any")
            self._retry_at = time.monotonic() + RETRY
            return False
        self._retry_at, self._told = 0.0, ""
        if index is not None:
            self.current = index
        return index is not None

    def _take(self, articles: tuple[Article, ...]) -> KnowledgeIndex | None:
        encode = self._encode()
        try:
            index = self._place.take(
                articles,
                encode=encode if self.current is None else _gently(encode),
                weights=self._weights,
                current=self.current,
            )
        except IndexUnavailable:
            # Who may not write can still read what others wrote.
            self.current = self._newer() or self.current
            raise
        self._indexed = articles
        return index

    def _newer(self) -> KnowledgeIndex | None:
        return self._place.newer(weights=self._weights, current=self.current)

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            log.error("the article index is not up to date; what there is serves: %s", reason)
        self._told = reason


def _follow(live: "ReferenceType[LiveIndex]", every: float) -> None:
    pause = every
    while True:
        time.sleep(pause)
        index = live()
        if index is None:
            return
        start = time.monotonic()
        try:
            if not index.refresh():
                looked = time.monotonic() - start
                pause = min(max(every, looked / _SHARE), RETRY)
        except Exception:
            log.exception("the articles cannot be followed at the moment")
            pause = RETRY
        del index


def _gently(encode: Encode) -> Encode:
    """Return `encode` in small steps, between which a customer's message gets its turn."""

    def encode_few(texts: Sequence[str]) -> NDArray[np.float32]:
        steps = (texts[start : start + _FEW] for start in range(0, len(texts), _FEW))
        return np.concatenate([encode(step) for step in steps])

    return encode_few
