"""`evaluate search`: the figures of a labelled case, and what is wrong with a bad one."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.content.errors import ContentError
from persona_router.knowledge.evaluate import answers, remembering, search_figures
from persona_router.knowledge.search_cases import read_search_case
from persona_router.knowledge.vectors import Encode


def case(articles: tuple[Article, ...], locale: str, /, **changes: Any) -> dict[str, Any]:
    return {
        "language": locale,
        "articles": [
            {"id": item.id, "title": item.title, "body": item.body}
            for item in articles
            if item.locale == locale
        ],
        "queries": [
            {"query": "Umsatzsteuer-ID auf der Rechnung", "article": "invoice"},
            {"query": "Passwort vergessen", "article": "password"},
            {"query": "Passwort vergessen", "article": "payment"},
        ],
    } | changes


def figures_of(read: Mapping[str, Any], encode: Encode) -> Mapping[str, float]:
    return search_figures(answers(read_search_case(read, file="case.json"), encode))


def test_recall_counts_first_and_first_five_places(
    articles: tuple[Article, ...], encode: Encode
) -> None:
    figures = figures_of(case(articles, "de"), encode)
    assert figures["recall_at_1"] == pytest.approx(2 / 3)
    assert 2 / 3 <= figures["recall_at_5"] <= 1
    assert 0 < figures["latency_ms_p50"] <= figures["latency_ms_p99"]


def test_questions_in_another_language_find_the_articles(
    articles: tuple[Article, ...], encode: Encode
) -> None:
    queries = [
        {"query": "He olvidado mi contraseña", "article": "password"},
        {"query": "¿Cuánto tarda el envío urgente?", "article": "delivery"},
        {"query": "¿Dónde está mi factura?", "article": "invoice"},
    ]
    figures = figures_of(case(articles, "de", queries=queries, queries_language="es"), encode)
    assert figures["recall_at_5"] == 1


def test_titles_shared_by_articles_do_not_matter(encode: Encode) -> None:
    bodies = {"a": "Die Kirche wurde 1420 gebaut.", "b": "Der Fluss ist 300 km lang."}
    figures = figures_of(
        {
            "language": "de",
            "articles": [{"id": key, "title": "Ort", "body": text} for key, text in bodies.items()],
            "queries": [{"query": "Wie lang ist der Fluss?", "article": "b"}],
        },
        encode,
    )
    assert figures["recall_at_1"] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": None}, "language: No text 'language'."),
        ({"articles": []}, "articles: No list 'articles'."),
        ({"articles": [{"id": "a", "title": "t"}]}, "articles[0].body: No text 'body'."),
        ({"articles": ["a"]}, "articles[0].id: No text 'id'."),
        ({"queries": "x"}, "queries: No list 'queries'."),
        (
            {"queries": [{"query": "q", "article": "nope"}]},
            "queries[0]: Unknown article 'nope'.",
        ),
    ],
)
def test_bad_case_is_refused_with_its_place(
    articles: tuple[Article, ...], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ContentError) as error:
        read_search_case(case(articles, "de", **changes), file="case.json")
    assert str(error.value).startswith(f"case.json: {message}")


def test_language_that_cannot_be_one_is_refused(articles: tuple[Article, ...]) -> None:
    with pytest.raises(ContentError, match=r"language: '\.\./x' is not a locale"):
        read_search_case(case(articles, "de", language="../x"), file="case.json")


def test_remembering_encodes_a_text_once_and_keeps_the_order() -> None:
    asked: list[str] = []

    def lengths(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(texts)
        return np.array([[len(text)] for text in texts], dtype=np.float32)

    encode = remembering(lengths)
    assert encode(["Brief", "Ei", "Brief"]).tolist() == [[5.0], [2.0], [5.0]]
    assert encode(["Ei", "Paket", "Brief"]).tolist() == [[2.0], [5.0], [5.0]]
    assert encode(["Ei"]).tolist() == [[2.0]]
    assert asked == ["Brief", "Ei", "Paket"]
