"""Search: the right article in the right language, for whatever customers write."""

import dataclasses
import datetime
import json
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona_router.content.articles import Article
from persona_router.knowledge.search import Hit, KnowledgeIndex, open_index
from persona_router.knowledge.vectors import Encode

QUESTIONS: dict[str, list[tuple[str, str | None]]] = json.loads(
    (Path(__file__).parent / "questions.json").read_text(encoding="utf-8")
)


def ask(
    index: KnowledgeIndex,
    encode: Encode,
    question: str,
    locale: str,
    fallbacks: tuple[str, ...] = ("en",),
    intents: Mapping[str, float] | None = None,
    limit: int = 5,
) -> tuple[Hit, ...]:
    return index.search(
        question,
        vector=encode([question])[0],
        locale=locale,
        fallbacks=fallbacks,
        intents=intents,
        limit=limit,
    )


@pytest.mark.parametrize("language", QUESTIONS)
def test_questions_find_their_article(index: KnowledgeIndex, encode: Encode, language: str) -> None:
    ranks = [
        [hit.article_id for hit in ask(index, encode, question, language)].index(wanted)
        for question, wanted in QUESTIONS[language]
        if wanted is not None
    ]
    assert sum(rank == 0 for rank in ranks) >= 8
    assert sum(rank <= 2 for rank in ranks) >= 9


@pytest.mark.parametrize("language", QUESTIONS)
def test_score_tells_answerable_questions_from_others(
    index: KnowledgeIndex, encode: Encode, language: str
) -> None:
    scores: dict[bool, list[float]] = {True: [], False: []}
    for question, wanted in QUESTIONS[language]:
        scores[wanted is not None].append(ask(index, encode, question, language)[0].score)
    assert max(scores[False]) < 0.2
    assert sum(score > 0.2 for score in scores[True]) >= 7


@pytest.mark.parametrize(
    ("question", "locale", "wanted"),
    [
        pytest.param("Rücksendekosten", "de", "returns", id="de-compound"),
        pytest.param("Lieferzeitfenster", "de", "delivery", id="de-compound-of-three"),
        pytest.param("Rechnugn herunterlden", "de", "invoice", id="de-typing-slips"),
        pytest.param("contrasena olvidada", "es", "password", id="es-no-tilde"),
        pytest.param("ارجاع", "ar", "returns", id="ar-without-hamza"),
        pytest.param("اعاده تعيين كلمه المرور", "ar", "password", id="ar-haa-for-taa-marbuta"),
        pytest.param("RETURN", "en", "returns", id="en-capitals"),
    ],
)
def test_spelling_does_not_hide_an_article(
    index: KnowledgeIndex, encode: Encode, question: str, locale: str, wanted: str
) -> None:
    assert ask(index, encode, question, locale)[0].article_id == wanted


def test_words_alone_find_what_vectors_are_missing_for(index: KnowledgeIndex) -> None:
    hits = index.search("Passwort vergessen", vector=None, locale="de")
    assert (hits[0].article_id, hits[0].locale) == ("password", "de")


def test_hit_carries_the_passage_that_answers(index: KnowledgeIndex, encode: Encode) -> None:
    hit = ask(index, encode, "zweimal abgebucht", "de")[0]
    assert hit.title == "Zahlungsarten"
    assert hit.heading == "Der Betrag wurde zweimal abgebucht"
    assert hit.passage.startswith("Die zweite Buchung ist eine Vormerkung.")
    assert hit.updated.isoformat() == "2026-04-02"
    assert 0 < hit.score < 1


def test_article_is_listed_once_in_the_customers_language(
    index: KnowledgeIndex, encode: Encode
) -> None:
    hits = ask(index, encode, "devolver un pedido", "es")
    assert [hit.article_id for hit in hits].count("returns") == 1
    assert (hits[0].article_id, hits[0].locale, hits[0].fallback) == ("returns", "es", False)


@pytest.mark.parametrize(
    ("fallbacks", "wanted"), [(("de", "en"), "de"), (("en", "de"), "en"), ((), "de")]
)
def test_missing_translation_falls_back_in_order_and_is_labelled(
    index: KnowledgeIndex, encode: Encode, fallbacks: tuple[str, ...], wanted: str
) -> None:
    hits = ask(index, encode, "factura con el NIF de la empresa", "es", fallbacks)
    hit = next(hit for hit in hits if hit.article_id == "invoice")
    assert (hit.locale, hit.fallback) == (wanted, True)


def test_region_prefers_itself_then_its_language(
    articles: tuple[Article, ...], tmp_path: Path, encode: Encode
) -> None:
    returns = next(item for item in articles if (item.id, item.locale) == ("returns", "de"))
    swiss = dataclasses.replace(returns, locale="de-CH", title="Ware zurückschicken")
    index = open_index((*articles, swiss), tmp_path / "index", encode=encode)
    found = ask(index, encode, "Ware zurücksenden", "de-CH", limit=9)
    hits = {hit.article_id: hit for hit in found}
    assert (hits["returns"].locale, hits["returns"].fallback) == ("de-CH", False)
    assert (hits["payment"].locale, hits["payment"].fallback) == ("de", False)
    austrian = ask(index, encode, "Ware zurücksenden", "de-AT")[0]
    assert (austrian.locale, austrian.fallback) == ("de", False)


@pytest.mark.parametrize("language", ["ar", "de", "es"])
def test_fallback_ranks_below_an_equally_good_localized_article(
    articles: tuple[Article, ...], tmp_path: Path, encode: Encode, language: str
) -> None:
    localized = [item for item in articles if item.locale == language]
    twins = [
        dataclasses.replace(item, id=f"{item.id}-twin") for item in articles if item.locale == "en"
    ]
    index = open_index((*localized, *twins), tmp_path / "index", encode=encode)
    known = {item.id for item in localized}
    questions = [pair for pair in QUESTIONS[language] if pair[1] in known]
    above = 0
    for question, wanted in questions:
        vector = encode([question])[0]
        hits = index.search(question, vector=vector, locale=language, fallbacks=("en",), limit=20)
        ranked = [hit.article_id for hit in hits]
        above += ranked.index(str(wanted)) < ranked.index(f"{wanted}-twin")
    assert above >= 0.75 * len(questions)


def test_intent_favours_the_articles_that_declare_it(index: KnowledgeIndex, encode: Encode) -> None:
    question = "changed my mind, don't send it"
    assert ask(index, encode, question, "en")[0].article_id != "cancel"
    sure = ask(index, encode, question, "en", intents={"cancel_order": 0.9, "greet": 0.1})
    assert sure[0].article_id == "cancel"
    guess = ask(index, encode, question, "en", intents={"cancel_order": 0.05})
    assert guess[0].article_id != "cancel"


@pytest.mark.parametrize(
    "question",
    ["", "   ", "🙂🙂", '"""', "***", "\x00\x01", "\u202e\u200f", "_", "?!…"],
)
def test_question_without_letters_finds_nothing(
    index: KnowledgeIndex, encode: Encode, question: str
) -> None:
    assert index.search(question, vector=encode(["x"])[0], locale="de") == ()


@pytest.mark.parametrize(
    "question",
    [
        'Passwort" OR title:*',
        "Passwort AND NOT (",
        "NEAR(Passwort, 5)",
        "Passwort'; DROP TABLE passage; --",
        "{title heading} : Passwort",
        "^Passwort* + -",
        "Passwort\x00zurücksetzen",
    ],
)
def test_query_syntax_is_plain_text(index: KnowledgeIndex, question: str) -> None:
    assert index.search(question, vector=None, locale="de")[0].article_id == "password"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.text(max_size=200), locale=st.sampled_from(["de", "ar", "es-MX", "ja", "x y", ""])
)
def test_any_text_can_be_asked(index: KnowledgeIndex, question: str, locale: str) -> None:
    for hit in index.search(question, vector=None, locale=locale, fallbacks=("en",)):
        assert 0 <= hit.score <= 1


def test_twenty_thousand_characters_can_be_asked(index: KnowledgeIndex) -> None:
    question = ("Wo ist mein Passwort 12345 " + "ß" * 40 + " ") * 300
    assert len(index.search(question[:20_000], vector=None, locale="de")) == 5


def test_vector_of_another_size_is_refused(index: KnowledgeIndex) -> None:
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        index.search("Paket", vector=np.ones(3, dtype=np.float32), locale="de")


def test_threads_may_search_at_once(index: KnowledgeIndex) -> None:
    found: list[str] = []

    def search() -> None:
        for _ in range(20):
            found.append(index.search("Passwort", vector=None, locale="de")[0].article_id)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["password"] * 80


def test_first_hit_tells_all_that_stands_under_its_heading(tmp_path: Path, encode: Encode) -> None:
    rows = "\n".join(
        f"- Zone {number}: parcels take {number} days to arrive" for number in range(40)
    )
    article = Article(
        id="zones",
        locale="en",
        title="Delivery zones",
        updated=datetime.date(2026, 11, 1),
        tags=(),
        intents=(),
        body=f"First words.\n\n## Zones\n{rows}\n\n## Islands\nNo express to islands.",
    )
    index = open_index([article], tmp_path / "index.sqlite", encode=encode)
    (hit,) = ask(index, encode, "how many days to zone 17?", "en")
    assert hit.heading == "Zones"
    assert "Zone 17" in hit.passage
    assert hit.passage in hit.section
    assert len(hit.passage) < len(hit.section) <= 3_000
    assert "First words" not in hit.section
    assert "islands" not in hit.section


def test_very_long_section_shows_what_comes_first_or_what_answers(
    tmp_path: Path, encode: Encode
) -> None:
    rows = "\n".join(
        f"- Zone {number}: parcels take {number} days to arrive" for number in range(300)
    )
    article = Article(
        id="zones",
        locale="en",
        title="Delivery zones",
        updated=datetime.date(2026, 11, 1),
        tags=(),
        intents=(),
        body=rows,
    )
    index = open_index([article], tmp_path / "index.sqlite", encode=encode)
    (early,) = ask(index, encode, "zone 3", "en")
    assert early.section.startswith("- Zone 0:")
    assert len(early.section) <= 3_000
    (late,) = ask(index, encode, "zone 287", "en")
    assert late.section == late.passage
