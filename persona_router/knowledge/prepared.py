"""An article as an index stores it: its passages, their words, and the texts that get vectors."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from persona_router.content.articles import Article
from persona_router.knowledge.passages import Passage, passages
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import SearchWeights
from persona_router.knowledge.words import parts, stems_of, words

PROBE = "1, 2, 3"
"""The text whose vector tells encoders apart."""
_BATCH = 64

Columns = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class PreparedPassage:
    """A passage with its terms by title, headings and text; `sentences` has the whole first."""

    heading: str
    markdown: str
    stems: str
    sentences: tuple[str, ...]
    words: Columns
    parts: Columns


@dataclass(frozen=True, kw_only=True)
class PreparedArticle:
    """An article's language, its passages, and `about`: in a line what all of it is about."""

    language: str
    about: str
    passages: tuple[PreparedPassage, ...]

    @property
    def texts(self) -> Iterator[str]:
        """The texts whose vectors are kept, some more than once."""
        yield self.about
        for passage in self.passages:
            yield from passage.sentences


def prepared(article: Article, weights: SearchWeights) -> PreparedArticle:
    """Return the article cut into passages, with the terms by which each is found."""
    language = article.locale.split("-")[0]
    found = passages(article.body, length=weights.passage_length)
    return PreparedArticle(
        language=language,
        about=_about(article, found),
        passages=tuple(_passage(article, one, language, weights.part_length) for one in found),
    )


def content_hash(articles: Sequence[Article], weights: SearchWeights) -> str:
    """Return what differs between articles, or ways to cut them, that make different indexes."""
    digest = hashlib.sha256(f"{weights.passage_length} {weights.part_length}".encode())
    for article in articles:
        fields = [article.id, article.locale, article.title, article.updated.isoformat()]
        fields += [*article.tags, *article.intents, article.body]
        digest.update(json.dumps(fields).encode())
    return digest.hexdigest()


def text_hash(text: str) -> bytes:
    """Return the key under which the vector of a text is kept."""
    return hashlib.sha256(text.encode()).digest()


def encoded(texts: Sequence[str], encode: Encode) -> Iterator[tuple[bytes, bytes]]:
    """Yield the key and the vector (float32) of each text, in no particular order."""
    # A batch is padded to its longest text: texts of one length together take far less time.
    ordered = sorted(texts, key=len)
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        vectors = np.asarray(encode(batch), dtype=np.float32)
        for text, vector in zip(batch, vectors, strict=True):
            yield text_hash(text), vector.tobytes()


def _passage(article: Article, passage: Passage, language: str, length: int) -> PreparedPassage:
    heading = " › ".join(passage.headings)
    # The whole passage stands first; its own heading counts as one of its sentences.
    whole = ". ".join(filter(None, (article.title, *passage.headings, passage.text)))
    single = dict.fromkeys((*passage.headings[-1:], *passage.sentences)) or (whole,)
    title = " ".join((article.title, *article.tags))
    return PreparedPassage(
        heading=heading,
        markdown=passage.markdown,
        stems=stems_of(single, language),
        sentences=(whole, *single),
        words=(
            tuple(words(title, language)),
            tuple(words(heading, language)),
            tuple(words(passage.text, language)),
        ),
        parts=(
            tuple(parts(title, length)),
            tuple(parts(heading, length)),
            tuple(parts(passage.text, length)),
        ),
    )


def _about(article: Article, found: Sequence[Passage]) -> str:
    headings = dict.fromkeys(heading for passage in found for heading in passage.headings)
    return ". ".join(filter(None, (article.title, ", ".join(article.tags), *headings)))
