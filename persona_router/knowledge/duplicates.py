"""Articles of one locale that say the same: in the same words, or in others."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import ArticleFile
from persona_router.knowledge.passages import passages
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.words import fold

_WORD = re.compile(r"[^\W_]+")
# Words in a row that hardly stand in two texts by chance.
_RUN = 5
_BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Two articles of one locale and how alike they are, 0 to 1; `first` comes first by name."""

    first: ArticleFile
    second: ArticleFile
    share: float


def same_titles(files: Sequence[ArticleFile]) -> Iterator[Alike]:
    """Yield the pairs whose titles differ in capitals or accents at most."""
    for found in _by_locale(files):
        by_title: dict[str, list[ArticleFile]] = {}
        for file in found:
            by_title.setdefault(fold(file.article.title), []).append(file)
        for same in by_title.values():
            for first, second in combinations(same, 2):
                yield Alike(first=first, second=second, share=1.0)


def same_words(files: Sequence[ArticleFile], share: float) -> Iterator[Alike]:
    """Yield the pairs of which one repeats at least `share` of the wording of the shorter one.

    Wording is runs of five words: an added chapter or another order of chapters hides nothing.
    """
    for found in _by_locale(files):
        runs = [_runs(file) for file in found]
        holders: dict[tuple[str, ...], list[int]] = {}
        for number, own in enumerate(runs):
            for run in own:
                holders.setdefault(run, []).append(number)
        common: Counter[tuple[int, int]] = Counter()
        for numbers in holders.values():
            common.update(combinations(numbers, 2))
        for (first, second), count in sorted(common.items()):
            repeated = count / min(len(runs[first]), len(runs[second]))
            if repeated >= share:
                yield Alike(first=found[first], second=found[second], share=repeated)


def same_meaning(
    files: Sequence[ArticleFile], similarity: float, encode: Encode
) -> Iterator[Alike]:
    """Yield the pairs that say the same, sentence by sentence, with at least that `similarity`.

    `encode` gives unit vectors, float32, shape (texts, dimensions). Each sentence is compared with
    the nearest one of the other article; the mean over the sentences counts, of the article that
    is said by the other one less.
    """
    for found in _by_locale(files):
        sentences = [_sentences(file) for file in found]
        vectors = _encoded([text for own in sentences for text in own], encode)
        ends = np.cumsum([len(own) for own in sentences])
        starts = ends - [len(own) for own in sentences]
        said = np.array(
            [
                np.maximum.reduceat(vectors[start:end] @ vectors.T, starts, axis=1).mean(axis=0)
                for start, end in zip(starts, ends, strict=True)
            ]
        )
        alike = np.triu(np.minimum(said, said.T), k=1)
        for first, second in np.argwhere(alike >= similarity):
            share = min(1.0, float(alike[first, second]))
            yield Alike(first=found[first], second=found[second], share=share)


def _by_locale(files: Sequence[ArticleFile]) -> list[list[ArticleFile]]:
    found: dict[str, list[ArticleFile]] = {}
    for file in sorted(files, key=lambda file: file.path):
        found.setdefault(file.article.locale, []).append(file)
    return list(found.values())


def _runs(file: ArticleFile) -> frozenset[tuple[str, ...]]:
    found = _WORD.findall(fold(file.article.body))
    ends = range(_RUN, max(len(found), _RUN) + 1)
    return frozenset(tuple(found[end - _RUN : end]) for end in ends)


def _sentences(file: ArticleFile) -> tuple[str, ...]:
    found = passages(file.article.body, length=len(file.article.body))
    texts = (text for p in found for text in (*p.headings[-1:], *p.sentences))
    return tuple(dict.fromkeys(texts)) or (file.article.title,)


def _encoded(texts: Sequence[str], encode: Encode) -> NDArray[np.float32]:
    # A batch is padded to its longest text: texts of one length together take far less time.
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    vectors: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(texts)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        encoded = encode([texts[number] for number in batch])
        for number, vector in zip(batch, encoded, strict=True):
            vectors[number] = vector
    return np.asarray(vectors, dtype=np.float32)
