"""The index file: built when needed, replaced in one step, never trusted blindly."""

import dataclasses
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.index import build_index, connect
from persona_router.knowledge.search import KnowledgeIndex, open_index
from persona_router.knowledge.sqlite_reader import SqliteReader
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import search_weights
from persona_router.knowledge.word_tables import word_tables

WEIGHTS = search_weights()


class Counting:
    """Counts the texts that are encoded."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return self._encode(texts)


@pytest.fixture
def some(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    return tuple(article for article in articles if article.locale == "es")


def top(path: Path, question: str) -> str:
    index = KnowledgeIndex(SqliteReader(path))
    hits = index.search(question, vector=None, locale="es")
    index.close()
    return hits[0].title


def test_unchanged_index_is_reused(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode
) -> None:
    path = tmp_path / "state" / "index"
    assert build_index(some, path, encode=encode, weights=WEIGHTS) is True
    before = path.stat()
    assert build_index(some, path, encode=encode, weights=WEIGHTS) is False
    assert path.stat().st_ino == before.st_ino


def test_edit_is_found_and_encodes_only_what_changed(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode
) -> None:
    path = tmp_path / "index"
    build_index(some, path, encode=encode, weights=WEIGHTS)
    body = some[0].body + "\n\n## Recogida en tienda\nPuede recogerlo en la tienda de Sevilla."
    edited = (dataclasses.replace(some[0], body=body), *some[1:])
    counting = Counting(encode)
    assert build_index(edited, path, encode=counting, weights=WEIGHTS) is True
    new = [text for text in counting.texts if "Sevilla" in text or "Recogida" in text]
    assert len(new) == 4  # its heading, sentence and passage, and what the article is about
    assert len(counting.texts) == 5  # and the probe that recognises the encoder
    assert top(path, "recogida en Sevilla") == some[0].title


def test_another_encoder_encodes_everything_anew(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode
) -> None:
    path = tmp_path / "index"
    build_index(some, path, encode=encode, weights=WEIGHTS)
    assert build_index(some, path, encode=lambda texts: -encode(texts), weights=WEIGHTS) is True


@pytest.mark.parametrize("damage", ["missing", "garbage", "empty", "truncated", "foreign", "page"])
def test_damaged_index_is_built_anew(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode, damage: str
) -> None:
    path = tmp_path / "index"
    build_index(some, path, encode=encode, weights=WEIGHTS)
    content = path.read_bytes()
    path.unlink()
    if damage == "garbage":
        path.write_bytes(b"kein Index" * 1000)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "foreign":
        sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
    elif damage == "page":
        path.write_bytes(content[:4096] + b"\xff" * 4096 * 3 + content[4096 * 4 :])
    with pytest.raises(sqlite3.DatabaseError):
        connect(path)
    open_index(some, path, encode=encode).close()
    assert top(path, "contraseña") == "Restablecer la contraseña"


def test_failed_build_leaves_the_last_good_index(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode
) -> None:
    path = tmp_path / "index"
    build_index(some, path, encode=encode, weights=WEIGHTS)

    def failing(texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) > 1:
            raise RuntimeError("out of memory")
        return encode(texts)

    edited = (dataclasses.replace(some[0], title="Nuevo", body="Algo nuevo. Y más."), *some[1:])
    with pytest.raises(RuntimeError):
        build_index(edited, path, encode=failing, weights=WEIGHTS)
    assert top(path, "contraseña") == "Restablecer la contraseña"
    assert [file.name for file in tmp_path.iterdir()] == ["index"]


def test_open_index_keeps_its_content_while_the_file_is_replaced(
    tmp_path: Path, some: tuple[Article, ...], encode: Encode
) -> None:
    path = tmp_path / "index"
    old = open_index(some, path, encode=encode)
    build_index(some[:1], path, encode=encode, weights=WEIGHTS)
    assert len(old.search("paquete contraseña pago", vector=None, locale="es", limit=9)) == 4
    new = KnowledgeIndex(SqliteReader(path))
    assert len(new.search("paquete contraseña pago", vector=None, locale="es", limit=9)) == 1


def test_index_of_no_articles_finds_nothing(tmp_path: Path, encode: Encode) -> None:
    index = open_index((), tmp_path / "index", encode=encode)
    vector = encode(["Paket"])[0]
    assert index.search("Paket", vector=vector, locale="de") == ()


def test_word_tables_take_language_subtags_only() -> None:
    assert word_tables("gsw") == ("words_gsw", "parts_gsw")
    with pytest.raises(ValueError, match="language subtag"):
        word_tables("de; DROP TABLE passage")
