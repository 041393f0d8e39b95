"""What goes wrong with the database that keeps the index, and what comes of it."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge import live_index, postgres_server
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.live_index import LiveIndex
from persona_router.knowledge.places import FilePlace, index_place
from persona_router.knowledge.postgres import PostgresPlace
from persona_router.knowledge.postgres_setting import URL_VARIABLE, url_faults
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.knowledge.search import KnowledgeIndex
from tests.content.article_files import write_article
from tests.services.postgres import Postgres, running_postgres
from tests.services.shop_index import SHOP, WEIGHTS, answer, encode, eventually, taken

_numbers = count()


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
    assert "permission denied for sequence" in caplog.text
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
