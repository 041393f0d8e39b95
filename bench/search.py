"""Measure article search as the knowledge base grows, over generated articles.

    python -m bench.search [--postgres URL] [PASSAGES …]

PASSAGES are sizes of the knowledge base, 1000, 10000 and 100000 unless given. The articles are in
one language, which is the worst case: a customer is shown all of them. Their words are as frequent
as words are, each article has its own, and their vectors are made of those of their words, spread
as the sentence encoder spreads its own; so a size of 100,000 takes minutes, not hours, to build.
Questions ask for words of one sentence. With --postgres the index is kept in the
empty database at URL, whose size counts as the file's. Prints a table and writes
bench/results/<time>.json.
"""

import argparse
import dataclasses
import datetime
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from wordfreq import top_n_list, word_frequency

from bench.report import write
from persona_router.content.articles import Article
from persona_router.knowledge.index import build_index
from persona_router.knowledge.postgres import PostgresPlace
from persona_router.knowledge.postgres_server import Server
from persona_router.knowledge.search import KnowledgeIndex
from persona_router.knowledge.sqlite_reader import SqliteReader
from persona_router.knowledge.weights import SearchWeights, search_weights

_SIZES = (1_000, 10_000, 100_000)
_PASSAGES = 6
"""Passages of an article, as in the sample's."""
_SENTENCES = 4
_QUESTIONS = 300
_COMPARED = 60
_DIMENSIONS = 512
# The eigenvalues of the encoder's vectors fall about like the inverse square root of their rank.
_SLOPE = -0.25
_LINES = (
    ("articles", "articles"),
    ("search p50, ms", "search_ms_p50"),
    ("search p95, ms", "search_ms_p95"),
    ("right article first", "recall_at_1"),
    ("first as if all were compared", "same_first"),
    ("build, seconds", "build_seconds"),
    ("open, seconds", "open_seconds"),
    ("file, MiB", "file_mb"),
    ("memory of its own, MiB", "memory_mb"),
    ("memory mapped from disk, MiB", "mapped_mb"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status after measuring every size."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.search", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("passages", nargs="*", type=int, metavar="PASSAGES")
    parser.add_argument("--postgres", metavar="URL", help="keep the index in this empty database")
    options = parser.parse_args(arguments)
    sizes = options.passages or list(_SIZES)
    if min(sizes) < _PASSAGES:
        print(f"Benchmark: give sizes from {_PASSAGES} passages on.", file=sys.stderr)
        return 1
    columns = {size: _measure(size, options.postgres) for size in sizes}
    print(f"{'passages':32}" + "".join(f"{size:>12,}" for size in columns))
    for name, key in _LINES:
        print(f"{name:32}" + "".join(f"{figures[key]:>12,.2f}" for figures in columns.values()))
    result = {"search": {str(size): figures for size, figures in columns.items()}}
    print(f"\n{write(result, Path('bench/results'))}")
    return 0


def _measure(size: int, url: str | None) -> Mapping[str, float]:
    count = max(1, size // _PASSAGES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.sqlite"
        start = time.perf_counter()
        # In a process of its own, so that what building needs is not counted below.
        builder = multiprocessing.get_context("fork").Process(
            target=_build, args=(count, path, url)
        )
        builder.start()
        builder.join()
        built = time.perf_counter()
        before = _memory()
        index = _opened(path, url, search_weights())
        opened = time.perf_counter()
        rng = random.Random(size)
        numbers = [rng.randrange(count) for _ in range(_QUESTIONS)]
        asked = [_question(number) for number in numbers]
        vectors = encode(asked)
        seconds, firsts = [], []
        for query, vector in zip(asked, vectors, strict=True):
            began = time.perf_counter()
            hits = index.search(query, vector=vector, locale="en")
            seconds.append(time.perf_counter() - began)
            firsts.append(hits[0].article_id if hits else "")
        after = _memory()
        index.close()
        everything = dataclasses.replace(search_weights(), nearest=sys.maxsize)
        whole = _opened(path, url, everything)
        same = [
            whole.search(query, vector=vector, locale="en")[0].article_id == first
            for query, vector, first in zip(asked[:_COMPARED], vectors, firsts, strict=False)
        ]
        whole.close()
        return {
            "articles": float(count),
            "search_ms_p50": 1000 * statistics.median(seconds),
            "search_ms_p95": 1000 * sorted(seconds)[int(0.95 * (len(seconds) - 1))],
            "recall_at_1": statistics.mean(
                first == f"article-{number}" for first, number in zip(firsts, numbers, strict=True)
            ),
            "same_first": statistics.mean(same),
            "build_seconds": built - start,
            "open_seconds": opened - built,
            "file_mb": _stored(path, url) / 2**20,
            "memory_mb": after[0] - before[0],
            "mapped_mb": after[1] - before[1],
        }


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return a unit vector for each text, shape (texts, 512), made of those of its words."""
    known, table, weight = _word_vectors()
    rows = []
    for text in texts:
        found = [known[word] for word in text.lower().replace(".", "").split() if word in known]
        rows.append(weight[found] @ table[found] if found else table[0])
    stacked = np.asarray(rows, dtype=np.float32)
    return np.asarray(stacked / np.linalg.norm(stacked, axis=1, keepdims=True))


def _build(count: int, path: Path, url: str | None) -> None:
    articles = [_article(number) for number in range(count)]
    weights = search_weights()
    if url:
        place = PostgresPlace(url, lambda: path.parent)
        place.take(articles, encode=encode, weights=weights, current=None)
    else:
        build_index(articles, path, encode=encode, weights=weights)


def _opened(path: Path, url: str | None, weights: SearchWeights) -> KnowledgeIndex:
    if not url:
        return KnowledgeIndex(SqliteReader(path), weights=weights)
    index = PostgresPlace(url, lambda: path.parent).newer(weights=weights, current=None)
    assert index is not None
    return index


def _stored(path: Path, url: str | None) -> float:
    """Return the bytes that the index takes."""
    if not url:
        return path.stat().st_size

    def size(cursor: Any) -> float:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0])

    return Server(url).read(size)


def _article(number: int) -> Article:
    sections = [
        f"## {_words(number, part, 0)[:30]}\n\n"
        + " ".join(f"{_words(number, part, place)}." for place in range(1, _SENTENCES + 1))
        for part in range(_PASSAGES)
    ]
    return Article(
        id=f"article-{number}",
        locale="en",
        title=_words(number, _PASSAGES, 0)[:40],
        updated=datetime.date(2026, 1, 1),
        tags=(),
        intents=(),
        body="\n\n".join(sections),
    )


def _words(article: int, part: int, place: int) -> str:
    """Return a sentence: two in three words as frequent as in the language, the others its own."""
    rng = random.Random(f"{article} {part} {place}")
    listed, shares = _vocabulary()
    own = random.Random(article).sample(listed[300:], 30)
    common = rng.choices(listed, cum_weights=shares, k=8)
    return " ".join(rng.sample([*common, *rng.sample(own, 4)], 12))


def _question(article: int) -> str:
    rng = random.Random(f"question {article}")
    sentence = _words(article, rng.randrange(_PASSAGES), rng.randrange(1, _SENTENCES + 1))
    return " ".join(rng.sample(sentence.split(), 6))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[list[str], list[float]]:
    listed = [word for word in top_n_list("en", 20_000) if word.isalpha()]
    return listed, np.cumsum([word_frequency(word, "en") for word in listed]).tolist()


@lru_cache(maxsize=1)
def _word_vectors() -> tuple[Mapping[str, int], NDArray[np.float32], NDArray[np.float32]]:
    listed, _ = _vocabulary()
    spread = np.arange(1, _DIMENSIONS + 1) ** _SLOPE
    table = np.random.default_rng(0).normal(size=(len(listed), _DIMENSIONS)) * spread
    rarity = [-np.log(word_frequency(word, "en")) - 4 for word in listed]
    weight = np.maximum(rarity, 0.5)
    known = {word: number for number, word in enumerate(listed)}
    return known, table.astype(np.float32), weight.astype(np.float32)


def _memory() -> tuple[float, float]:
    """Return the MiB that this process holds itself, and those it maps from files."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return int(found["RssAnon"]) / 1024, int(found["RssFile"]) / 1024


if __name__ == "__main__":
    sys.exit(main())
