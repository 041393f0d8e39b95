"""Writes a new version of an index into PostgreSQL, in the caller's transaction."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from persona_router.content.articles import Article
from persona_router.knowledge.postgres_rows import add_articles
from persona_router.knowledge.prepared import content_hash
from persona_router.knowledge.vectors import Encode, Floats
from persona_router.knowledge.weights import SearchWeights

# Raise it when what is stored, or how, changes: an index of another format is written anew.
FORMAT = 1
_SCHEMA = Path(__file__).with_name("postgres.sql")
_TABLES = ("meta", "version", "article", "passage", "posting", "term", "vector")
# Any number that no other program uses in the same database.
_LOCK = 7_046_029_254_386_353_131

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
), versions AS (
    DELETE FROM knowledge_version WHERE number < (SELECT max(number) FROM past)
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
DELETE FROM knowledge_vector WHERE NOT EXISTS (
    SELECT FROM (
        SELECT about_hash AS used FROM knowledge_article
        UNION ALL SELECT unnest(sentences) FROM knowledge_passage
    ) AS kept WHERE used = text_hash
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
    cursor.execute("SELECT nextval(pg_get_serial_sequence('knowledge_version', 'number'))")
    version: int = cursor.fetchone()[0]
    new = _replace(cursor, articles, weights, version, same=same)
    if not same:
        cursor.execute("DELETE FROM knowledge_vector")
        cursor.execute("DELETE FROM knowledge_meta WHERE name = 'probe'")
        cursor.execute("INSERT INTO knowledge_meta VALUES ('probe', %s)", (probe.tobytes(),))
    add_articles(cursor, new, weights=weights, version=version, encode=encode)
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
