"""Warnings of articles that need sentence vectors: near-duplicates, and what no question finds."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from persona_router.commands.check_articles import alike_warnings
from persona_router.content.articles import ArticleFile
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.nlu_examples import read_nlu_examples
from persona_router.core.locale import language_of
from persona_router.core.policy import Policy
from persona_router.knowledge.duplicates import same_meaning, same_words
from persona_router.knowledge.reach import Question, unreached
from persona_router.knowledge.search import open_index


def meaning_warnings(
    project: Path, files: Sequence[ArticleFile], policy: Policy, cases: Sequence[Path]
) -> Iterator[ContentWarning]:
    """Yield the articles of one locale that mean the same, then those that no question finds.

    `cases` are files of search cases, whose questions count beside the examples of intents. Raises
    ContentError for one that cannot be read.
    """
    questions = (*_examples(project, policy), *(q for path in cases for q in _questions(path)))
    encode = _Remembering()
    rules = policy.articles
    with tempfile.TemporaryDirectory() as folder:
        articles = [file.article for file in files]
        index = open_index(articles, Path(folder) / "index", encode=encode)
        copies = {(a.first.path, a.second.path) for a in same_words(files, rules.same_words)}
        alike = same_meaning(files, rules.same_meaning, encode)
        yield from alike_warnings(
            (pair for pair in alike if (pair.first.path, pair.second.path) not in copies),
            "It says in other words what is said in {}.",
        )
        lost = unreached(files, questions, index=index, encode=encode, within=rules.reached_within)
        yield from _lost_warnings(lost, rules.reached_within)
        index.close()


def _lost_warnings(lost: Iterator[ArticleFile], within: int) -> Iterator[ContentWarning]:
    by_folder: dict[Path, list[str]] = {}
    for file in lost:
        by_folder.setdefault(file.path.parent, []).append(file.path.name)
    for folder, names in by_folder.items():
        what = f"Neither its title nor a known question finds among the first {within}:"
        remedy = "Give each a title of its own and tags that customers use, or remove it."
        yield ContentWarning(folder, "", f"{what} {', '.join(names)}.", remedy)


def _examples(project: Path, policy: Policy) -> Iterator[Question]:
    default = language_of(policy.default_locale)
    for example in read_nlu_examples(project):
        language = example.language if example.language in policy.languages else default
        yield Question(language=language, text=example.text, intent=example.intent)


def _questions(path: Path) -> Iterator[Question]:
    try:
        case = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ContentError(path, "", f"It cannot be read ({error}).", "Write JSON.") from error
    asked: Any = case.get("queries") if isinstance(case, dict) else None
    if not isinstance(asked, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("query"), str) for entry in asked
    ):
        what = "It holds no list 'queries' of {query, article}."
        raise ContentError(path, "queries", what, "Write a search case.")
    tag = case.get("queries_language", case.get("language"))
    try:
        language = language_of(str(tag))
    except ValueError as error:
        what = f"'{tag}' is not a locale."
        raise ContentError(path, "language", what, "Give a BCP 47 tag, such as `de`.") from error
    yield from (Question(language=language, text=entry["query"]) for entry in asked)


class _Remembering:
    """The process's encoder with a memory of all that it encoded: an index has every text once."""

    def __init__(self) -> None:
        from persona_router.encoder import shared_encoder

        self._encode = shared_encoder().encode
        self._known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encode(new), strict=True))
        return np.asarray([self._known[text] for text in texts], dtype=np.float32)
