"""The index of the sample's articles for tests: built when it is out of date, once for all callers.

A folder without it encodes thousands of sentences when the assistant starts.
"""

import shutil
from pathlib import Path

from persona_router.content.articles import read_articles
from persona_router.encoder import shared_encoder
from persona_router.knowledge.index import build_index
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
