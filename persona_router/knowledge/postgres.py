"""Keeps the article index in PostgreSQL, where several Rasa servers share it."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.content.articles import Article
from persona_router.knowledge.postgres_reader import PostgresReader
from persona_router.knowledge.postgres_server import Server
from persona_router.knowledge.postgres_writer import newest, write
from persona_router.knowledge.prepared import PROBE
from persona_router.knowledge.search import KnowledgeIndex
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights

log = logging.getLogger(__name__)

QUESTION_SECONDS = 3.0
"""Time that a statement of a search may take before the customer gets the next route."""


class PostgresPlace:
    """The index in the database at a URL (`IndexPlace`); vectors are mapped from `folder`.

    Raises ContentError for a URL that cannot be read.
    """

    def __init__(self, url: str, folder: Callable[[], Path]) -> None:
        self._asking = Server(url, seconds=QUESTION_SECONDS)
        # What takes long has a connection of its own.
        self._working = Server(url)
        self._folder = folder

    def take(
        self,
        articles: Sequence[Article],
        *,
        encode: Encode,
        weights: SearchWeights,
        current: KnowledgeIndex | None,
    ) -> KnowledgeIndex | None:
        """Return the index of `articles`, written unless it is there; None if `current` is it."""
        probe = np.asarray(encode([PROBE]), dtype=np.float32)[0]

        def work(cursor: Any) -> bool:
            return write(cursor, articles, encode=encode, weights=weights, probe=probe)

        if self._working.write(work):
            log.info("wrote the index of %d articles to PostgreSQL", len(articles))
        return self.newer(weights=weights, current=current)

    def newer(
        self, *, weights: SearchWeights, current: KnowledgeIndex | None
    ) -> KnowledgeIndex | None:
        """Return the newest version, whoever wrote it; None if `current` is it or there is none."""
        version = self._working.read(newest)
        reader = current.contents.reader if current else None
        previous = reader if isinstance(reader, PostgresReader) else None
        if version is None or (previous is not None and previous.version == version):
            return None
        opened = PostgresReader(
            self._asking,
            version,
            loading=self._working,
            folder=self._folder(),
            previous=previous,
        )
        return KnowledgeIndex(opened, weights=weights)
