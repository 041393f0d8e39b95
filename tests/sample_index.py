"""The index of the sample's articles for tests: built when it is out of date, once for all callers.

A folder without it encodes thousands of sentences when the assistant starts.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from persona_router.content.articles import read_articles
from persona_router.encoder import shared_encoder
from persona_router.knowledge.index import build_index
from persona_router.knowledge.prepared import text_hash
from persona_router.knowledge.vectors import Encode, Floats
from persona_router.knowledge.weights import search_weights
from scripts.training import digest
from tests.training import ROOT, alone

_ARTICLES = ROOT / "data" / "knowledge"
_PREFIX = "tests-knowledge-"


def furnished(state: Path) -> Path:
    """Return the state folder, in which the index of the sample's articles now lies.

    Whoever opens it compares it with the articles as always, and encodes again what differs.
    """
    shutil.copyfile(_sample_index(), state / "knowledge.sqlite")
    return state


def knowing_the_sample(encode: Encode) -> Encode:
    """Return `encode` that takes the vectors of the sample's articles from their index."""
    with closing(sqlite3.connect(_sample_index())) as index:
        known = dict(index.execute("SELECT text_hash, value FROM vector"))

    def encode_others(texts: Sequence[str]) -> Floats:
        others = [text for text in texts if text_hash(text) not in known]
        vectors = dict(zip(others, encode(others) if others else (), strict=True))
        found = [
            vectors[text]
            if text in vectors
            else np.frombuffer(known[text_hash(text)], dtype=np.float32)
            for text in texts
        ]
        return np.stack(found)

    return encode_others


def _sample_index() -> Path:
    """Return the path of the index; of several processes that ask at once one builds it."""
    path = ROOT / "models" / f"{_PREFIX}{_digest()}.sqlite"
    with alone(ROOT / "models" / "tests-knowledge.lock"):
        if not path.exists():
            for old in path.parent.glob(f"{_PREFIX}*.sqlite"):
                old.unlink()
            articles = read_articles(_ARTICLES)
            encode = shared_encoder().encode
            build_index(articles, path, encode=encode, weights=search_weights())
    return path


def _digest() -> str:
    """Return what tells the articles, and the code that cuts them, from others."""
    code = (ROOT / "persona_router" / "knowledge").rglob("*.py")
    return digest(sorted([*_ARTICLES.rglob("*.md"), *code]), base=ROOT)[:16]
