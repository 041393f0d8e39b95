"""Articles that search finds for no question that anybody is known to ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from persona_router.content.articles import ArticleFile
from persona_router.core.locale import language_of
from persona_router.knowledge.search import KnowledgeIndex
from persona_router.knowledge.vectors import Encode

_BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody may ask: its language, its text, and the intent that it stands for if any."""

    language: str
    text: str
    intent: str | None = None


def unreached(
    files: Sequence[ArticleFile],
    questions: Sequence[Question],
    *,
    index: KnowledgeIndex,
    encode: Encode,
    within: int,
) -> Iterator[ArticleFile]:
    """Yield the files whose article is not among the first `within` for any question.

    Asked are each article's title and, where that does not find it, the `questions` of its
    language. `index` holds the articles of `files`; `encode` gives unit vectors, float32, shape
    (texts, dimensions).
    """
    by_locale: dict[str, dict[str, ArticleFile]] = {}
    for file in files:
        by_locale.setdefault(file.article.locale, {})[file.article.id] = file
    for locale, found in by_locale.items():
        search = partial(_found, index=index, encode=encode, locale=locale, within=within)
        titles = [Question(language="", text=file.article.title) for file in found.values()]
        finds = zip(found, search(titles), strict=True)
        left = {name: found[name] for name, hits in finds if name not in hits}
        intents = {intent for file in left.values() for intent in file.article.intents}
        asked = [question for question in questions if question.language == language_of(locale)]
        # What is asked about the articles' own intents finds them soonest.
        asked.sort(key=lambda question: question.intent not in intents)
        for hits in search(asked) if left else ():
            for name in hits:
                left.pop(name, None)
            if not left:
                break
        yield from left.values()


def _found(
    questions: Sequence[Question],
    *,
    index: KnowledgeIndex,
    encode: Encode,
    locale: str,
    within: int,
) -> Iterator[tuple[str, ...]]:
    """Yield the ids of the articles that each question finds, in the order of questions."""
    for start in range(0, len(questions), _BATCH):
        batch = questions[start : start + _BATCH]
        vectors = encode([question.text for question in batch])
        for question, vector in zip(batch, vectors, strict=True):
            wants = {question.intent: 1.0} if question.intent else {}
            hits = index.search(
                question.text, vector=vector, locale=locale, intents=wants, limit=within
            )
            yield tuple(hit.article_id for hit in hits)
