"""Measures search on labelled questions, in an index of its own, beside words or vectors alone."""

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from persona_router.content.evaluate import calibration_error
from persona_router.knowledge.search import KnowledgeIndex, open_index
from persona_router.knowledge.search_cases import Question, SearchCase
from persona_router.knowledge.vectors import Encode, Floats
from persona_router.knowledge.weights import SearchWeights

_LISTED = 5


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was found for a question: ids of articles, best first, by search and by its yardsticks.

    `words` are FTS5's, by the question's words alone, `vectors` those of the most similar passages.
    `score` is that of the first article, 0 without one; `seconds` the time of the search and
    `encoding` that of the question's vector.
    """

    question: Question
    found: tuple[str, ...]
    words: tuple[str, ...]
    vectors: tuple[str, ...]
    score: float
    seconds: float
    encoding: float

    @property
    def right(self) -> bool:
        """Whether the first article answers the question."""
        return bool(self.found) and self.found[0] in self.question.right


def remembering(encode: Encode) -> Encode:
    """Return `encode` that encodes a text once, for cases over the same articles."""
    known: dict[str, Floats] = {}

    def encode_new(texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, np.asarray(encode(new), dtype=np.float32), strict=True))
        return np.stack([known[text] for text in texts])

    return encode_new


def answers(
    case: SearchCase,
    encode: Encode,
    *,
    encode_articles: Encode | None = None,
    weights: SearchWeights | None = None,
) -> tuple[Answered, ...]:
    """Return what is found for each question of the case; `encode` gives unit vectors, float32.

    `encode_articles` does so for the articles, if not `encode`: one that is `remembering`, for
    instance, which the questions must not be if their time is to be measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(
            case.articles,
            Path(folder) / "index",
            encode=encode_articles or encode,
            weights=weights,
        )
        found = tuple(_answer(index, case, question, encode) for question in case.questions)
        index.close()
    return found


def search_figures(
    answered: Sequence[Answered], *, article_from: float | None = None
) -> Mapping[str, float]:
    """Return the figures of some questions; docs/evaluation.md tells what each means.

    Shares are 0..1. Those of questions that nothing answers, or that something does, are left out
    where there are none, as are those at the threshold `article_from` without one.
    """
    figures: dict[str, float] = {}
    answerable = [one for one in answered if one.question.right]
    for limit in (1, _LISTED) if answerable else ():
        for suffix, attribute in (("", "found"), ("_words", "words"), ("_vectors", "vectors")):
            figures[f"recall_at_{limit}{suffix}"] = _share(
                not one.question.right.isdisjoint(getattr(one, attribute)[:limit])
                for one in answerable
            )
    figures["ece"] = calibration_error([(one.score, one.right) for one in answered])
    if article_from is not None:
        figures |= _at_threshold(answered, article_from)
    own = [one.seconds for one in answered]
    whole = [one.seconds + one.encoding for one in answered]
    for name, seconds in (("latency", whole), ("search", own)):
        figures[f"{name}_ms_p50"], figures[f"{name}_ms_p99"] = (
            1000 * np.percentile(seconds, (50, 99))
        ).tolist()
    return figures


def _at_threshold(answered: Sequence[Answered], article_from: float) -> dict[str, float]:
    figures: dict[str, float] = {}
    given = [one for one in answered if one.score >= article_from]
    answerable = [one for one in answered if one.question.right]
    if answerable:
        figures["coverage"] = _share(one.score >= article_from for one in answerable)
    if given:
        figures["precision"] = _share(one.right for one in given)
    if len(answerable) < len(answered):
        figures["false_answers"] = _share(
            one.score >= article_from for one in answered if not one.question.right
        )
    return figures


def _answer(
    index: KnowledgeIndex, case: SearchCase, question: Question, encode: Encode
) -> Answered:
    start = time.perf_counter()
    vector = np.asarray(encode([question.text]), dtype=np.float32)[0]
    encoded = time.perf_counter()
    hits = index.search(
        question.text, vector=vector, locale=case.asked, fallbacks=(case.language,), limit=_LISTED
    )
    end = time.perf_counter()
    return Answered(
        question=question,
        found=tuple(hit.article_id for hit in hits),
        words=_by_words(index, case, question.text),
        vectors=_by_vectors(index, case, vector),
        score=hits[0].score if hits else 0.0,
        seconds=end - encoded,
        encoding=encoded - start,
    )


def _by_words(index: KnowledgeIndex, case: SearchCase, text: str) -> tuple[str, ...]:
    shown = index.shown(case.asked, (case.language,))
    ranked = index.contents.by_words(text, shown.languages)
    return tuple(_first(index, (number for number in ranked if shown.among[number])))


def _by_vectors(index: KnowledgeIndex, case: SearchCase, vector: Floats) -> tuple[str, ...]:
    contents = index.contents
    numbers = np.flatnonzero(index.shown(case.asked, (case.language,)).among)
    whole, _ = contents.vectors.similarities(vector, contents.vectors.select(numbers))
    return tuple(_first(index, numbers[np.argsort(-whole, kind="stable")]))


def _first(index: KnowledgeIndex, passages: Iterable[int]) -> Iterator[str]:
    """Yield the first articles of passages, each once."""
    contents = index.contents
    listed: set[int] = set()
    for number in passages:
        owner = int(contents.owner[number])
        if owner not in listed:
            listed.add(owner)
            yield contents.entries[owner].id
        if len(listed) == _LISTED:
            return


def _share(values: Iterable[bool]) -> float:
    return float(np.mean(list(values)))
