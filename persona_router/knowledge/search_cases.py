"""Reads search cases: articles, and questions of which somebody said what answers them."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.content.articles import Article, read_articles
from persona_router.content.errors import ContentError
from persona_router.core.locale import canonical


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, and the ids of the articles that answer it: any is right, none if it is empty."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SearchCase:
    """Questions of customers who read `asked`, over articles of which some are in `language`."""

    language: str
    asked: str
    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


def read_search_case(
    case: Mapping[str, Any], *, file: Path | str, locales: Collection[str] = ()
) -> SearchCase:
    """Return the case in `file`, read as JSON. Raises `ContentError` for what is not one.

    `articles` is a list of {id, title, body} in `language`, or a folder of articles, relative to
    the file. Each of `queries` is {query, article}, where `article` is an id, a list of ids, or
    null. With `locales`, only the articles in those are kept.
    """
    language = _locale(file, case, "language")
    asked = _locale(file, case, "queries_language") if "queries_language" in case else language
    if isinstance(case.get("articles"), str):
        articles = read_articles(
            (file.parent if isinstance(file, Path) else Path()) / case["articles"]
        )
    else:
        articles = _listed(file, _list(file, case, "articles"), language)
    known = frozenset(article.id for article in articles)
    questions = _questions(file, _list(file, case, "queries"), known)
    kept = tuple(a for a in articles if not locales or a.locale in locales)
    if not kept:
        found = ", ".join(sorted({article.locale for article in articles}))
        what = f"No article is in {', '.join(locales)}."
        raise ContentError(file, "articles", what, f"Choose of {found}.")
    return SearchCase(language=language, asked=asked, articles=kept, questions=questions)


def _listed(file: Path | str, items: Sequence[Any], language: str) -> tuple[Article, ...]:
    articles: dict[str, Article] = {}
    for number, item in enumerate(items):
        place = f"articles[{number}]"
        name, title, body = (_text(file, place, item, key) for key in ("id", "title", "body"))
        if name in articles:
            raise ContentError(file, place, f"Duplicate id '{name}'.", "Use every id once.")
        articles[name] = Article(
            id=name,
            locale=language,
            title=title,
            updated=datetime.date.min,
            tags=(),
            intents=(),
            body=body,
        )
    return tuple(articles.values())


def _questions(
    file: Path | str, items: Sequence[Any], known: frozenset[str]
) -> tuple[Question, ...]:
    questions: list[Question] = []
    for number, item in enumerate(items):
        place = f"queries[{number}]"
        text = _text(file, place, item, "query")
        right = _right(file, place, item)
        for name in right - known:
            remedy = "Name the id of an article of this case."
            raise ContentError(file, place, f"Unknown article '{name}'.", remedy)
        questions.append(Question(text=text, right=right))
    return tuple(questions)


def _right(file: Path | str, place: str, item: Mapping[str, Any]) -> frozenset[str]:
    value = item.get("article", "")
    if value is None:
        return frozenset()
    if isinstance(value, list):
        return frozenset(_text(file, place, {"article": name}, "article") for name in value)
    return frozenset([_text(file, place, item, "article")])


def _locale(file: Path | str, case: Mapping[str, Any], key: str) -> str:
    value = _text(file, "", case, key)
    try:
        return canonical(value)
    except ValueError as error:
        what = f"'{value}' is not a locale."
        raise ContentError(file, key, what, "Give a BCP 47 tag, such as `de`.") from error


def _list(file: Path | str, case: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = case.get(key)
    if not isinstance(value, list) or not value:
        raise ContentError(file, key, f"No list '{key}'.", f"Give `{key}` as a list of objects.")
    return value


def _text(file: Path | str, place: str, item: object, key: str) -> str:
    value = item.get(key) if isinstance(item, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        where = f"{place}.{key}" if place else key
        raise ContentError(file, where, f"No text '{key}'.", f"Give `{key}` as a string.")
    return value
