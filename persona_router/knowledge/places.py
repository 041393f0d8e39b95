"""Where the index of a running assistant is kept: in a file of its own, or in PostgreSQL."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from persona_router.content.articles import Article
from persona_router.knowledge.postgres_setting import index_url
from persona_router.knowledge.search import KnowledgeIndex, open_index
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights


class IndexPlace(Protocol):
    """Keeps an index; both methods raise `OSError`, `sqlite3.Error` or `IndexUnavailable`."""

    def take(
        self,
        articles: Sequence[Article],
        *,
        encode: Encode,
        weights: SearchWeights,
        current: KnowledgeIndex | None,
    ) -> KnowledgeIndex | None:
        """Return the index of `articles`, built if it is not there; None if `current` is it."""

    def newer(
        self, *, weights: SearchWeights, current: KnowledgeIndex | None
    ) -> KnowledgeIndex | None:
        """Return an index that somebody else has built since `current`, None without one."""


class FilePlace:
    """The index in a file that this process alone writes; `path` names it when it is needed."""

    def __init__(self, path: Callable[[], Path]) -> None:
        self._path = path

    def take(
        self,
        articles: Sequence[Article],
        *,
        encode: Encode,
        weights: SearchWeights,
        current: KnowledgeIndex | None,
    ) -> KnowledgeIndex | None:
        """Return the index of `articles`, built if it is not there."""
        return open_index(articles, self._path(), encode=encode, weights=weights)

    def newer(
        self, *, weights: SearchWeights, current: KnowledgeIndex | None
    ) -> KnowledgeIndex | None:
        """Return None."""
        return None


def index_place(path: Callable[[], Path]) -> IndexPlace:
    """Return the place that the environment names: PostgreSQL, else the file at `path`.

    Raises ContentError for an address that is none of PostgreSQL's.
    """
    url = index_url(os.environ)
    if url is None:
        return FilePlace(path)
    # Who keeps the index in a file need not load a database driver.
    from persona_router.knowledge.postgres import PostgresPlace

    return PostgresPlace(url, lambda: path().parent)
