"""The article index in a real PostgreSQL: found as in a file, shared, and never in the way."""

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from persona_router.content.articles import read_articles
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.live_index import LiveIndex
from persona_router.knowledge.postgres import PostgresPlace
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.knowledge.search import Hit, open_index
from tests.content.article_files import write_article
from tests.services.postgres import Postgres, running_postgres
from tests.services.shop_index import (
    EDITED,
    SHOP,
    WEIGHTS,
    answer,
    article,
    encode,
    eventually,
    taken,
)

ROOT = Path(__file__).parents[2]
_numbers = count()


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


def rounded(hit: Hit) -> Hit:
    """Return the hit without what the order of adding up may change."""
    return dataclasses.replace(hit, score=round(hit.score, 9))


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


def test_tables_that_are_made_anew_are_not_taken_for_the_old_ones(
    place: Callable[[], PostgresPlace], server: Postgres, database: str
) -> None:
    first = place()
    before = taken(first, SHOP)
    names = ("meta", "version", "article", "passage", "posting", "term", "vector")
    server.run(f"DROP TABLE {', '.join(f'knowledge_{name}' for name in names)}", database)
    with pytest.raises(IndexUnavailable, match="does not exist"):
        answer(before, "Zollgebühren")
    other = (*SHOP[:3], article("zoll", "Zollgebühren", "Bis 800 Dollar frei."), SHOP[4])
    taken(place(), other)
    with pytest.raises(IndexUnavailable, match="a newer index has replaced"):
        before.contents.texts([0])
    after = first.newer(weights=WEIGHTS, current=before)
    assert answer(after, "Zollgebühren") == "Bis 800 Dollar frei."
    about = encode(["Konto löschen"])[0]
    assert after is not None
    np.testing.assert_array_equal(after.contents.about[0], about)
