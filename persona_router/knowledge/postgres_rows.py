"""The rows of articles in PostgreSQL: passages, how often their words occur, and vectors."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg2.extras import execute_values

from persona_router.content.articles import Article
from persona_router.knowledge.prepared import (
    PreparedArticle,
    PreparedPassage,
    encoded,
    prepared,
    text_hash,
)
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights
from persona_router.knowledge.word_tables import word_tables

_STEP = 500
_MOST = 32_767
"""The largest count of a word that the column holds."""
_LONGEST = 200
"""Letters of the longest term that is kept: an index takes no more than some hundred."""


def add_articles(
    cursor: Any,
    articles: Mapping[str, Article],
    *,
    weights: SearchWeights,
    version: int,
    encode: Encode,
) -> None:
    """Return nothing; articles, given by digest, are there from `version` on, with all vectors.

    Raises `psycopg2.Error`.
    """
    texts: dict[str, None] = {}
    for digest, article in articles.items():
        found = prepared(article, weights)
        texts |= dict.fromkeys(found.texts)
        cursor.execute(
            "INSERT INTO knowledge_article "
            "(id, locale, title, updated, intents, digest, about_hash, since) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING key",
            (
                article.id,
                article.locale,
                _storable(article.title),
                article.updated,
                list(article.intents),
                digest,
                text_hash(found.about),
                version,
            ),
        )
        _add_passages(cursor, cursor.fetchone()[0], found, version)
    known = _known(cursor, texts)
    new = encoded([text for text in texts if text_hash(text) not in known], encode)
    execute_values(cursor, "INSERT INTO knowledge_vector VALUES %s", new, page_size=_STEP)


def _add_passages(cursor: Any, article: int, found: PreparedArticle, version: int) -> None:
    rows = [
        (
            article,
            found.language,
            _storable(passage.heading),
            _storable(passage.markdown),
            _storable(passage.stems),
            sum(map(len, passage.words)),
            sum(map(len, passage.parts)),
            [text_hash(text) for text in passage.sentences],
            version,
        )
        for passage in found.passages
    ]
    keys = execute_values(
        cursor,
        "INSERT INTO knowledge_passage (article, language, heading, markdown, stems, "
        "words_length, parts_length, sentences, since) VALUES %s RETURNING key",
        rows,
        page_size=len(rows),
        fetch=True,
    )
    postings = io.StringIO()
    for (key,), passage in zip(keys, found.passages, strict=True):
        postings.writelines(_postings(key, found.language, passage))
    postings.seek(0)
    cursor.copy_expert("COPY knowledge_posting FROM STDIN", postings)


def _postings(key: int, language: str, passage: PreparedPassage) -> Iterable[str]:
    """Yield a line of COPY for each term; terms hold letters, digits and `_` only."""
    for table, columns in zip(word_tables(language), (passage.words, passage.parts), strict=True):
        counts = [Counter(column) for column in columns]
        for term in dict.fromkeys(term for column in columns for term in column):
            if len(term) > _LONGEST:
                continue
            often = (str(min(count[term], _MOST)) for count in counts)
            yield "\t".join((table, term, str(key), *often)) + "\n"


def _known(cursor: Any, texts: Iterable[str]) -> set[bytes]:
    cursor.execute(
        "SELECT text_hash FROM knowledge_vector WHERE text_hash = ANY(%s)",
        ([text_hash(text) for text in texts],),
    )
    return {bytes(row[0]) for row in cursor.fetchall()}


def _storable(text: str) -> str:
    """Return the text without the one character that PostgreSQL does not keep."""
    return text.replace("\0", "")
