"""Writes a new version of an index into PostgreSQL, in the caller's transaction."""

import io
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from psycopg2.extras import execute_values

from persona_router.content.articles import Article
from persona_router.knowledge.prepared import (
    PreparedArticle,
    PreparedPassage,
    content_hash,
    encoded,
    prepared,
    text_hash,
)
from persona_router.knowledge.vectors import Encode, Floats
from persona_router.knowledge.weights import SearchWeights
from persona_router.knowledge.word_tables import word_tables

log = logging.getLogger(__name__)

# Raise it when what is stored, or how, changes: an index of another format is written anew.
FORMAT = 1
_SCHEMA = Path(__file__).with_name("postgres.sql")
_TABLES = ("meta", "version", "article", "passage", "posting", "term", "vector")
# Any number that no other program uses in the same database.
_LOCK = 7_046_029_254_386_353_131
_STEP = 500
_MOST = 32_767
"""The largest count of a word that the column holds."""
_LONGEST = 200
"""Letters of the longest term that is kept: an index takes no more than some hundred."""

_COUNT = """
WITH changed AS (
    SELECT source, term, sum(CASE WHEN since = %(version)s THEN 1 ELSE -1 END) AS more
    FROM knowledge_posting JOIN knowledge_passage ON key = passage
    WHERE %(version)s IN (since, until)
    GROUP BY source, term
), ended AS (
    UPDATE knowledge_term SET until = %(version)s FROM changed
    WHERE knowledge_term.source = changed.source AND knowledge_term.term = changed.term
        AND until = 9223372036854775807 AND more <> 0
    RETURNING knowledge_term.source, knowledge_term.term, passages
)
INSERT INTO knowledge_term (source, term, passages, since)
SELECT source, term, coalesce(passages, 0) + more, %(version)s
FROM changed LEFT JOIN ended USING (source, term)
WHERE more <> 0 AND coalesce(passages, 0) + more > 0
"""
# A server that looks away for longer than this takes the newest version when it looks again.
_FORGET = """
WITH past AS (
    SELECT number FROM knowledge_version WHERE made < now() - interval '10 minutes'
), articles AS (
    DELETE FROM knowledge_article WHERE until IN (SELECT number FROM past)
), terms AS (
    DELETE FROM knowledge_term WHERE until IN (SELECT number FROM past)
), passages AS (
    DELETE FROM knowledge_passage WHERE until IN (SELECT number FROM past) RETURNING key
)
DELETE FROM knowledge_posting USING passages WHERE passage = key
"""
_FORGET_VECTORS = """
DELETE FROM knowledge_vector WHERE text_hash NOT IN (
    SELECT about_hash FROM knowledge_article UNION ALL
    SELECT unnest(sentences) FROM knowledge_passage
)
"""


def newest(cursor: Any) -> int | None:
    """Return the version that serves now, None while there is none of this format."""
    cursor.execute("SELECT to_regclass('knowledge_meta') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return None
    cursor.execute(
        "SELECT max(number) FROM knowledge_version "
        "WHERE (SELECT value FROM knowledge_meta WHERE name = 'format') = %s",
        (_format(),),
    )
    version: int | None = cursor.fetchone()[0]
    return version


def write(
    cursor: Any,
    articles: Sequence[Article],
    *,
    encode: Encode,
    weights: SearchWeights,
    probe: Floats,
) -> bool:
    """Return True when a new version was written, False when the newest one has these articles.

    One writer at a time goes on. `probe` is the vector that tells encoders apart; vectors of
    unchanged texts are kept unless it differs. Raises `psycopg2.Error`.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    last = newest(cursor)
    if last is None:
        _make_tables(cursor)
    content = content_hash(articles, weights)
    same = last is not None and _is_from(cursor, probe)
    if same:
        cursor.execute("SELECT content FROM knowledge_version WHERE number = %s", (last,))
        if cursor.fetchone()[0] == content:
            return False
    version = (last or 0) + 1
    new = _replace(cursor, articles, weights, version, same=same)
    if not same:
        cursor.execute("DELETE FROM knowledge_vector")
        cursor.execute("DELETE FROM knowledge_meta WHERE name = 'probe'")
        cursor.execute("INSERT INTO knowledge_meta VALUES ('probe', %s)", (probe.tobytes(),))
    _add(cursor, new, weights, version, encode)
    if len(new) > len(articles) / 2:
        for table in _TABLES:
            cursor.execute(f"ANALYZE knowledge_{table}")
    cursor.execute(_COUNT, {"version": version})
    cursor.execute(
        "INSERT INTO knowledge_version (number, content) VALUES (%s, %s)", (version, content)
    )
    cursor.execute(_FORGET)
    if cursor.rowcount:
        cursor.execute(_FORGET_VECTORS)
    return True


def _format() -> bytes:
    return str(FORMAT).encode()


def _make_tables(cursor: Any) -> None:
    for table in _TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS knowledge_{table}")
    cursor.execute(_SCHEMA.read_text(encoding="utf-8"))
    cursor.execute("INSERT INTO knowledge_meta VALUES ('format', %s)", (_format(),))


def _is_from(cursor: Any, probe: Floats) -> bool:
    cursor.execute("SELECT value FROM knowledge_meta WHERE name = 'probe'")
    row = cursor.fetchone()
    stored = np.frombuffer(row[0] if row else b"", dtype=np.float32)
    return stored.shape == probe.shape and bool(np.allclose(stored, probe, atol=1e-4))


def _replace(
    cursor: Any, articles: Sequence[Article], weights: SearchWeights, version: int, *, same: bool
) -> dict[str, Article]:
    """Return the articles to add, by digest; those that are no longer so end with this version."""
    wanted = {content_hash([article], weights): article for article in articles}
    cursor.execute(
        "SELECT key, digest FROM knowledge_article WHERE until > %s FOR UPDATE", (version,)
    )
    kept = {digest: key for key, digest in cursor.fetchall() if same and digest in wanted}
    values = (version, version, list(kept.values()))
    cursor.execute(
        "UPDATE knowledge_article SET until = %s WHERE until > %s AND key <> ALL(%s)", values
    )
    cursor.execute(
        "UPDATE knowledge_passage SET until = %s WHERE until > %s AND article <> ALL(%s)", values
    )
    return {digest: article for digest, article in wanted.items() if digest not in kept}


def _add(
    cursor: Any,
    articles: dict[str, Article],
    weights: SearchWeights,
    version: int,
    encode: Encode,
) -> None:
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
