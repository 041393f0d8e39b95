"""Measures search on a labelled case, in an index of its own."""

import datetime
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.content.articles import Article
from persona_router.content.errors import ContentError
from persona_router.core.locale import canonical
from persona_router.knowledge.index import Encode
from persona_router.knowledge.search import open_index
from persona_router.knowledge.weights import SearchWeights

_LISTED = 5


def evaluate_search(
    case: Mapping[str, Any],
    encode: Encode,
    *,
    weights: SearchWeights | None = None,
    file: Path | str = "search case",
) -> Mapping[str, float]:
    """Return recall_at_1, recall_at_5 (0..1), latency_ms_p50 and latency_ms_p99 of a search case.

    The latency of a question includes its sentence vector. The case holds `language`,
    `queries_language` (optional, else the same), `articles` [{id, title, body}] and `queries`
    [{query, article}]. Raises `ContentError`, naming `file`, for anything else.
    """
    language = _locale(file, case, "language")
    asked = _locale(file, case, "queries_language") if "queries_language" in case else language
    articles = _articles(file, _list(file, case, "articles"), language)
    queries = _queries(file, _list(file, case, "queries"), {article.id for article in articles})
    ranks: list[int] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(articles, Path(folder) / "index", encode=encode, weights=weights)
        for query, wanted in queries:
            start = time.perf_counter()
            vector = np.asarray(encode([query]), dtype=np.float32)[0]
            hits = index.search(
                query, vector=vector, locale=asked, fallbacks=(language,), limit=_LISTED
            )
            seconds.append(time.perf_counter() - start)
            found = [hit.article_id for hit in hits]
            ranks.append(found.index(wanted) if wanted in found else _LISTED)
        index.close()
    milliseconds = np.asarray(seconds) * 1000
    return {
        "recall_at_1": float(np.mean([rank < 1 for rank in ranks])),
        "recall_at_5": float(np.mean([rank < _LISTED for rank in ranks])),
        "latency_ms_p50": float(np.percentile(milliseconds, 50)),
        "latency_ms_p99": float(np.percentile(milliseconds, 99)),
    }


def _articles(file: Path | str, items: Sequence[Any], language: str) -> list[Article]:
    articles: list[Article] = []
    seen: set[str] = set()
    for number, item in enumerate(items):
        place = f"articles[{number}]"
        name, title, body = (_text(file, place, item, key) for key in ("id", "title", "body"))
        if name in seen:
            raise ContentError(file, place, f"Duplicate id '{name}'.", "Use every id once.")
        seen.add(name)
        articles.append(
            Article(
                id=name,
                locale=language,
                title=title,
                updated=datetime.date.min,
                tags=(),
                intents=(),
                body=body,
            )
        )
    return articles


def _queries(file: Path | str, items: Sequence[Any], known: set[str]) -> list[tuple[str, str]]:
    queries: list[tuple[str, str]] = []
    for number, item in enumerate(items):
        place = f"queries[{number}]"
        query, article = (_text(file, place, item, key) for key in ("query", "article"))
        if article not in known:
            remedy = "Name the id of an article of this case."
            raise ContentError(file, place, f"Unknown article '{article}'.", remedy)
        queries.append((query, article))
    return queries


def _locale(file: Path | str, case: Mapping[str, Any], key: str) -> str:
    value = _text(file, "", case, key)
    try:
        return canonical(value)
    except ValueError as error:
        what = f"'{value}' is not a locale."
        raise ContentError(file, key, what, "Give a BCP 47 tag, such as `de`.") from error


def _list(file: Path | str, case: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = case.get(key)
    if not isinstance(value, list) or not value:
        raise ContentError(file, key, f"No list '{key}'.", f"Give `{key}` as a list of objects.")
    return value


def _text(file: Path | str, place: str, item: object, key: str) -> str:
    value = item.get(key) if isinstance(item, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        where = f"{place}.{key}" if place else key
        raise ContentError(file, where, f"No text '{key}'.", f"Give `{key}` as a string.")
    return value
