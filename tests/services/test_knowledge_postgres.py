"""The article index in a real PostgreSQL: found as in a file, shared, and never in the way."""

import dataclasses
import datetime
import hashlib
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from persona_router.content.articles import Article, read_articles
from persona_router.content.errors import ContentError
from persona_router.knowledge import live_index, postgres_server
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.live_index import LiveIndex
from persona_router.knowledge.places import FilePlace, index_place
from persona_router.knowledge.postgres import PostgresPlace
from persona_router.knowledge.postgres_setting import URL_VARIABLE, url_faults
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.knowledge.search import Hit, KnowledgeIndex, open_index
from persona_router.knowledge.weights import search_weights
from tests.content.article_files import write_article
from tests.services.postgres import Postgres, running_postgres

WEIGHTS = search_weights()
ROOT = Path(__file__).parents[2]
WAIT = 15.0
_numbers = count()


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return a unit vector for each text, made of the beginnings of its words."""
    found = np.full((len(texts), 64), 0.01, dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            found[row, hashlib.sha256(word[:5].encode()).digest()[0] % 64] += 1
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


class Counting:
    """Encodes, and keeps what was encoded."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return encode(texts)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def database(server: Postgres) -> str:
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name}")
    return name


@pytest.fixture
def place(server: Postgres, database: str, tmp_path: Path) -> Callable[[], PostgresPlace]:
    """Return a function that gives what a Rasa server of its own would have."""
    return lambda: PostgresPlace(server.url(database), lambda: tmp_path)


def article(id_: str, title: str, body: str, locale: str = "de") -> Article:
    return Article(
        id=id_,
        locale=locale,
        title=title,
        updated=datetime.date(2026, 11, 1),
        tags=(),
        intents=("refund_policy",),
        body=body,
    )


SHOP = (
    article("konto", "Konto löschen", "Unter Einstellungen."),
    article("returns", "Rückgabefrist", "Dreißig Tage."),
    article("versand", "Lieferzeit", "Drei Werktage."),
    article("zoll", "Zollgebühren", "Kein Zoll."),
    article("returns", "İade süresi", "Otuz gün.", "tr"),
)
EDITED = (SHOP[0], dataclasses.replace(SHOP[1], body="Vierzig Tage."), *SHOP[2:])


def taken(
    place: PostgresPlace, articles: Sequence[Article], current: KnowledgeIndex | None = None
) -> KnowledgeIndex:
    index = place.take(articles, encode=encode, weights=WEIGHTS, current=current)
    assert index is not None
    return index


def answer(index: KnowledgeIndex | None, query: str) -> str:
    assert index is not None
    [hit] = index.search(query, vector=None, locale="de", limit=1)
    return hit.passage


def rounded(hit: Hit) -> Hit:
    """Return the hit without what the order of adding up may change."""
    return dataclasses.replace(hit, score=round(hit.score, 9))


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def versions(server: Postgres, database: str) -> int:
    [[number]] = server.run("SELECT count(*) FROM knowledge_version", database)
    return int(str(number))


def test_search_finds_the_same_as_in_a_file(
    place: Callable[[], PostgresPlace], tmp_path: Path
) -> None:
    articles = read_articles(ROOT / "data/knowledge")[::4]
    stored = taken(place(), articles)
    file = open_index(articles, tmp_path / "index", encode=encode)
    asked = 0
    for path in sorted((ROOT / "tests/data/search").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        for query in (one["query"] for one in case["queries"]):
            asked += 1
            vector = encode([query])[0] if asked % 2 else None
            found, expected = (
                index.search(query, vector=vector, locale=path.stem) for index in (stored, file)
            )
            assert [rounded(hit) for hit in found] == [rounded(hit) for hit in expected]
    assert asked == 280
    words = [index.contents.by_words("Wie lange dauert das?", ["de"]) for index in (stored, file)]
    assert words[0] == words[1] != []


def test_edit_encodes_and_writes_only_what_changed(
    place: Callable[[], PostgresPlace], server: Postgres, database: str
) -> None:
    first = place()
    before = taken(first, SHOP)
    [[kept]] = server.run("SELECT max(key) FROM knowledge_article", database)
    counting = Counting()
    after = first.take(EDITED, encode=counting, weights=WEIGHTS, current=before)
    assert counting.texts == ["1, 2, 3", "Vierzig Tage.", "Rückgabefrist. Vierzig Tage."]
    assert answer(after, "Rückgabefrist") == "Vierzig Tage."
    assert answer(before, "Rückgabefrist") == "Dreißig Tage."
    new = server.run(f"SELECT id FROM knowledge_article WHERE key > {kept}", database)
    assert new == [("returns",)]
    assert first.take(EDITED, encode=encode, weights=WEIGHTS, current=after) is None


def test_scores_after_edits_are_those_of_an_index_built_at_once(
    place: Callable[[], PostgresPlace], tmp_path: Path
) -> None:
    first = place()
    index = taken(first, SHOP)
    usa = article("zoll-usa", "Zoll in den USA", "Kein Zoll bis 800 Dollar.")
    more = (*EDITED[:4], usa, *SHOP[4:])
    for articles in (more, SHOP[1:], (), more):
        index = taken(first, articles, index)
    file = open_index(more, tmp_path / "index", encode=encode)
    for question in ("Zollgebühren", "kein Zoll", "Dollar", "Rückgabe"):
        found, expected = (
            index.search(question, vector=encode([question])[0], locale="de")
            for index in (index, file)
        )
        assert [rounded(hit) for hit in found] == [rounded(hit) for hit in expected]


def test_another_encoder_encodes_everything_anew(place: Callable[[], PostgresPlace]) -> None:
    before = taken(place(), SHOP)
    after = place().take(SHOP, encode=lambda texts: -encode(texts), weights=WEIGHTS, current=before)
    assert after is not None
    np.testing.assert_allclose(after.contents.about, -before.contents.about)


def test_servers_that_start_together_write_once(
    place: Callable[[], PostgresPlace], server: Postgres, database: str
) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(answer(taken(place(), SHOP), "Zollgebühren")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Kein Zoll."] * 4
    assert versions(server, database) == 1


def test_failed_write_leaves_the_last_version(place: Callable[[], PostgresPlace]) -> None:
    def failing(texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) > 1:
            raise RuntimeError("out of memory")
        return encode(texts)

    first = place()
    index = taken(first, SHOP)
    with pytest.raises(RuntimeError):
        first.take(EDITED, encode=failing, weights=WEIGHTS, current=index)
    assert first.newer(weights=WEIGHTS, current=index) is None
    again = place().newer(weights=WEIGHTS, current=None)
    assert answer(again, "Rückgabefrist") == "Dreißig Tage."


def test_text_that_the_database_cannot_keep_breaks_nothing(
    place: Callable[[], PostgresPlace],
) -> None:
    body = f"Kein\0 Zoll\\N \t'; DROP TABLE knowledge_term; -- {hex(3**9000)}"
    odd = article("odd", "Zoll\0gebühren", body)
    assert answer(taken(place(), (odd,)), "Zoll '\\ % %s gebühren")


def test_old_versions_are_forgotten_after_minutes(
    place: Callable[[], PostgresPlace], server: Postgres, database: str
) -> None:
    first = place()
    index = taken(first, SHOP)
    index = taken(first, SHOP[1:2], index)
    server.run("UPDATE knowledge_version SET made = made - interval '11 minutes'", database)
    taken(first, (*SHOP[1:2], article("neu", "Neu", "Alles neu.")), index)
    assert server.run("SELECT id FROM knowledge_article ORDER BY key", database) == [
        ("returns",),
        ("neu",),
    ]
    for table, column in (("posting", "passage"), ("passage", "key")):
        [[left]] = server.run(f"SELECT count(DISTINCT {column}) FROM knowledge_{table}", database)
        assert left == 2
    assert server.run("SELECT term FROM knowledge_term WHERE term LIKE 'zoll%'", database) == []
    # Of each article its title, which is what it is about, its whole and its sentence.
    assert server.run("SELECT count(*) FROM knowledge_vector", database) == [(6,)]


def test_edit_reaches_every_server_within_seconds(
    place: Callable[[], PostgresPlace], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        write_article(folder, "de/returns", "Dreißig Tage.", title="Rückgabefrist")
    servers = [
        LiveIndex(
            LiveArticles(folder, settle=0.1),
            place(),
            encode=lambda: encode,
            weights=WEIGHTS,
            every=0.05,
        )
        for folder in folders
    ]
    write_article(folders[0], "de/returns", "Vierzig Tage.", title="Rückgabefrist")
    for live in servers:
        assert eventually(
            lambda live=live: answer(live.current, "Rückgabefrist") == "Vierzig Tage."
        )


def test_database_that_goes_away_fails_the_search_and_comes_back(
    place: Callable[[], PostgresPlace],
    server: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres_server, "RETRY", 0.1)
    index = taken(place(), SHOP)
    assert answer(index, "Zollgebühren") == "Kein Zoll."
    server.stop()
    try:
        for _ in range(2):
            start = time.monotonic()
            with pytest.raises(IndexUnavailable, match=r"^PostgreSQL: .*refused"):
                answer(index, "Zollgebühren")
            assert time.monotonic() - start < 1
    finally:
        server.start()
    assert eventually(lambda: answers(index))
    server.stop()
    server.start()
    assert answer(index, "Zollgebühren") == "Kein Zoll."


def answers(index: KnowledgeIndex) -> bool:
    try:
        return answer(index, "Zollgebühren") == "Kein Zoll."
    except IndexUnavailable:
        return False


def test_database_that_is_away_at_the_start_is_taken_when_it_comes(
    place: Callable[[], PostgresPlace],
    server: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(postgres_server, "RETRY", 0.1)
    monkeypatch.setattr(live_index, "RETRY_SHARED", 0.1)
    write_article(tmp_path / "articles", "de/returns", "Dreißig Tage.", title="Rückgabefrist")
    server.stop()
    try:
        with caplog.at_level(logging.ERROR):
            live = LiveIndex(
                LiveArticles(tmp_path / "articles", settle=0),
                place(),
                encode=lambda: encode,
                weights=WEIGHTS,
            )
            time.sleep(0.2)
            assert not live.refresh()
        assert live.current is None
    finally:
        server.start()
    [told] = {record.getMessage() for record in caplog.records}
    assert told.startswith("the article index is not up to date; what there is serves: PostgreSQL:")
    assert eventually(live.refresh)
    assert answer(live.current, "Rückgabefrist") == "Dreißig Tage."


def test_who_may_not_write_is_told_so_and_reads_what_others_wrote(
    place: Callable[[], PostgresPlace],
    server: Postgres,
    database: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.run("CREATE ROLE guest LOGIN")
    guest = PostgresPlace(server.url(database, "guest", "geheim"), lambda: tmp_path)
    with pytest.raises(IndexUnavailable, match=r"permission denied for schema public \(grant"):
        taken(guest, SHOP)
    taken(place(), SHOP)
    server.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest", database)
    write_article(tmp_path / "articles", "de/own", "Eigenes.", title="Eigenes")
    live = LiveIndex(
        LiveArticles(tmp_path / "articles", settle=0),
        guest,
        encode=lambda: encode,
        weights=WEIGHTS,
    )
    assert answer(live.current, "Zollgebühren") == "Kein Zoll."
    assert "permission denied for table" in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("mysql://u:geheim@db/x", "The scheme 'mysql' is not", id="scheme"),
        pytest.param("geheim", "It has no scheme", id="none"),
        pytest.param("postgresql://u:gehei%m@db/x", "It cannot be read", id="percent"),
        pytest.param("postgresql://db/x?geheim=1", "It cannot be read", id="parameter"),
    ],
)
def test_wrong_address_is_told_without_the_password(
    url: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(URL_VARIABLE, url)
    with pytest.raises(ContentError, match=told) as caught:
        index_place(lambda: tmp_path / "index")
    assert str(caught.value).startswith(f"environment: {URL_VARIABLE}: {told}")
    assert "postgresql://user:password@host/name" in str(caught.value)
    assert "gehei" not in str(caught.value)
    assert [str(fault) for fault in url_faults({URL_VARIABLE: url})] == [str(caught.value)]


def test_unreachable_server_is_told_without_the_password(tmp_path: Path) -> None:
    away = PostgresPlace("postgresql://u:geheim@127.0.0.1:1/x", lambda: tmp_path)
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match=r"^PostgreSQL: .*port 1 failed") as caught:
            away.newer(weights=WEIGHTS, current=None)
        assert "geheim" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_index_stays_in_a_file_without_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert isinstance(index_place(lambda: tmp_path / "index"), FilePlace)
    program = (
        "import sys; from persona_router.knowledge import live_index, places, postgres_setting; "
        "assert not list(postgres_setting.url_faults({})); print('psycopg2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"
