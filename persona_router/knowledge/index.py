"""The article index: one SQLite file with passages, their words (FTS5) and their vectors.

A built file is never altered: a new one is written beside it and takes its name in one step, so a
reader has the old content or the new, and a failure leaves the last good index in place.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.prepared import PROBE, content_hash, encoded, prepared, text_hash
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights
from persona_router.knowledge.word_tables import count_terms, word_tables, write_words

# Raise it when what is stored, or how, changes: an index of another format is built anew.
FORMAT = 7

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, locale TEXT NOT NULL, title TEXT NOT NULL,
    updated TEXT NOT NULL, intents TEXT NOT NULL, about_hash BLOB NOT NULL
);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY, article INTEGER NOT NULL, heading TEXT NOT NULL,
    markdown TEXT NOT NULL, stems TEXT NOT NULL
);
CREATE TABLE sentence (
    passage INTEGER NOT NULL, position INTEGER NOT NULL, text_hash BLOB NOT NULL,
    PRIMARY KEY (passage, position)
);
CREATE TABLE term (
    source TEXT NOT NULL, term TEXT NOT NULL, passages INTEGER NOT NULL,
    PRIMARY KEY (source, term)
) WITHOUT ROWID;
CREATE TABLE vector (text_hash BLOB PRIMARY KEY, value BLOB NOT NULL);
"""


def build_index(
    articles: Sequence[Article], path: Path, *, encode: Encode, weights: SearchWeights
) -> bool:
    """Return True when a new index was written to `path`, False when it already held `articles`.

    `encode` gives one unit vector (float32) a text. Vectors of unchanged passages are taken over
    from the old index unless `encode` itself changed. A missing, foreign or corrupt file is
    replaced. Raises `OSError` when the folder cannot be written; the old index then stays.
    """
    content = content_hash(articles, weights)
    probe = np.asarray(encode([PROBE]), dtype=np.float32)
    with _old_index(path, probe) as old:
        if old is not None and _meta(old, "content") == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        try:
            with closing(sqlite3.connect(name)) as new:
                _write(new, articles, weights, encode, old)
                new.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [("content", content), ("probe", probe.tobytes())],
                )
                new.commit()
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    return True


def connect(path: Path) -> sqlite3.Connection:
    """Return a read-only connection to an index, usable from any thread under the caller's lock.

    Raises `sqlite3.DatabaseError` when the file is missing, foreign or damaged.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    try:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError(f"{path} is damaged")
        if connection.execute("PRAGMA user_version").fetchone() != (FORMAT,):
            raise sqlite3.DatabaseError(f"{path} is not an index of format {FORMAT}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def _old_index(path: Path, probe: NDArray[np.float32]) -> Iterator[sqlite3.Connection | None]:
    """Give the index at `path` if it is sound and its vectors come from the same encoder."""
    try:
        old = connect(path)
    except (sqlite3.Error, OSError):
        yield None
        return
    with closing(old):
        stored = np.frombuffer(_meta(old, "probe") or b"", dtype=np.float32)
        same = stored.shape == probe[0].shape and bool(np.allclose(stored, probe[0], atol=1e-4))
        yield old if same else None


def _meta(connection: sqlite3.Connection, name: str) -> Any:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def _write(
    new: sqlite3.Connection,
    articles: Sequence[Article],
    weights: SearchWeights,
    encode: Encode,
    old: sqlite3.Connection | None,
) -> None:
    new.executescript(_SCHEMA)
    new.execute(f"PRAGMA user_version = {FORMAT}")
    texts: dict[str, None] = {}
    number = 0
    for owner, article in enumerate(articles):
        found = prepared(article, weights)
        texts |= dict.fromkeys(found.texts)
        new.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                owner,
                article.id,
                article.locale,
                article.title,
                article.updated.isoformat(),
                json.dumps(article.intents),
                text_hash(found.about),
            ),
        )
        for passage in found.passages:
            write_words(new, number, found.language, passage)
            new.execute(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?)",
                (number, owner, passage.heading, passage.markdown, passage.stems),
            )
            new.executemany(
                "INSERT INTO sentence VALUES (?, ?, ?)",
                (
                    (number, position, text_hash(text))
                    for position, text in enumerate(passage.sentences)
                ),
            )
            number += 1
    for language in sorted({article.locale.split("-")[0] for article in articles}):
        for table in word_tables(language):
            count_terms(new, table)
    new.executemany("INSERT INTO vector VALUES (?, ?)", _vectors(list(texts), encode, old))


def _vectors(
    texts: Sequence[str], encode: Encode, old: sqlite3.Connection | None
) -> Iterator[tuple[bytes, bytes]]:
    """Yield each text's hash and vector, taken from the old index where it has them."""
    missing: list[str] = []
    for text in texts:
        row = None
        if old is not None:
            row = old.execute(
                "SELECT text_hash, value FROM vector WHERE text_hash = ?", (text_hash(text),)
            ).fetchone()
        if row is None:
            missing.append(text)
        else:
            yield row
    yield from encoded(missing, encode)
