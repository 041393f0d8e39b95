"""What only a routing log in PostgreSQL has: a server that goes away, an address, one schema."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from persona_router.commands import datasette
from persona_router.content.errors import ContentError
from persona_router.core.privacy_rules import KeepDays
from persona_router.log.dialect import POSTGRESQL
from persona_router.log.errors import LogUnavailable
from persona_router.log.filters import Filter
from persona_router.log.migrations.upgrade import scripts
from persona_router.log.places import URL_VARIABLE, log_place, log_url_faults
from persona_router.log.postgres import LOCK, PostgresDatabase
from persona_router.log.postgres_place import ServerPlace
from persona_router.log.reader import LogReader
from persona_router.log.rollup import counted, stretch
from persona_router.log.schema import HEAD
from persona_router.log.store import RoutingLog
from persona_router.log.writer import LogWriter
from persona_router.privacy.stores import Stores
from persona_router.privacy.sweep import Sweep
from tests.log.making import DAY, MONDAY, row, write
from tests.services.postgres import Postgres, running_postgres

_numbers = count()
_MANY_PROFILES = """
SET search_path = routing_log;
INSERT INTO profile (key, differs, translation_demand, failed, reasons)
    SELECT number, 0, 0, 0, '' FROM generate_series(1, 3000) AS number;
INSERT INTO profile_words
    SELECT number, array_to_tsvector(ARRAY['ab', 'c' || number % 10, 'd' || number % 4])
    FROM profile;
INSERT INTO rollup
    SELECT CASE WHEN place > 3 THEN 1 ELSE 32 END, place, number, 1
    FROM profile, generate_series(1, 12) AS place;
ANALYZE
"""


class _Explained:
    """Asks the database how it would answer, and answers with no rows."""

    dialect = POSTGRESQL

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self.pages: list[int] = []

    def execute(self, statement: str, values: Any = ()) -> Any:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        ((plan,),) = self._database.execute(explained, values).fetchall()
        self.pages.append(plan[0]["Plan"]["Shared Hit Blocks"])
        return self._database.execute("SELECT 1, 1 WHERE false")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def url(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name}")
    monkeypatch.setenv(URL_VARIABLE, server.url(name))
    return server.url(name)


def database_of(url: str) -> str:
    return url.rpartition("/")[2]


def place_of(url: str) -> ServerPlace:
    return ServerPlace(url, variable=URL_VARIABLE)


def test_head_that_is_written_down_is_the_last_revision() -> None:
    assert scripts("postgresql").get_current_head() == HEAD


def test_log_of_the_release_before_is_brought_up_to_date(url: str, server: Postgres) -> None:
    write(place_of(url), row("d1")).close()
    server.run(
        "SET search_path = routing_log; DROP INDEX rollup_by_profile;"
        " CREATE OR REPLACE FUNCTION drawn(conversation TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE"
        " AS 'SELECT 0::BIGINT'; UPDATE alembic_version SET version_num = '0008'",
        database_of(url),
    )
    assert LogReader(place_of(url)).counts(Filter(words="refund")).total == 1
    found = server.run(
        "SELECT to_regclass('routing_log.rollup_by_profile') IS NOT NULL, routing_log.drawn('c1'),"
        " version_num FROM routing_log.alembic_version",
        database_of(url),
    )
    assert found == [(True, 0xD0F631CA, HEAD)]


def test_rows_have_their_values_by_place_and_by_name(url: str) -> None:
    RoutingLog(place_of(url)).close()
    asked = "SELECT 1 AS one, 'zwei' AS two UNION ALL SELECT 3, NULL"
    with place_of(url).reading() as database:
        first = database.execute(asked).fetchone()
        assert (first[0], first["two"], dict(first)) == (1, "zwei", {"one": 1, "two": "zwei"})
        assert database.execute(asked).fetchall() == [(1, "zwei"), (3, None)]
        assert list(database.execute(asked)) == [(1, "zwei"), (3, None)]
        assert database.execute("SELECT 1 WHERE false").fetchone() is None


def test_search_by_words_reads_the_counts_of_the_profiles_that_have_them(
    url: str, server: Postgres
) -> None:
    RoutingLog(place_of(url)).close()
    server.run(_MANY_PROFILES, database_of(url))
    with place_of(url).reading() as database:
        asked = _Explained(database)
        assert list(counted(asked, Filter(words="ab c7 d1"))) == []
        stretch(asked, Filter(words="ab c7 d1"), start=None, descending=True, limit=51)
    assert len(asked.pages) == 3  # beside profiles: decisions whose id begins like this
    assert max(asked.pages) < 4_000  # not the index of all counts for each of 150 profiles


def test_log_that_nobody_has_begun_is_empty_and_stays_so(url: str) -> None:
    assert LogReader(log_place()).counts(Filter()).total == 0
    assert not place_of(url).begun()


def test_processes_that_start_together_make_the_tables_once(url: str) -> None:
    opened: list[RoutingLog] = []
    threads = [
        threading.Thread(target=lambda: opened.append(RoutingLog(place_of(url)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [log.add(row("d1")) for log in opened] == [True, False, False, False]


def test_log_of_a_later_release_is_left_alone(url: str) -> None:
    RoutingLog(place_of(url)).close()
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE routing_log.alembic_version SET version_num = '0099'")
    connection.close()
    with pytest.raises(LogUnavailable, match=r"is of a later release .* Use the release"):
        RoutingLog(place_of(url))


def test_log_of_today_is_opened_without_alembic(url: str) -> None:
    RoutingLog(place_of(url)).close()
    script = (
        "import sys; from persona_router.log.places import log_place;"
        " from persona_router.log.store import RoutingLog; RoutingLog(log_place());"
        " print({'alembic', 'sqlalchemy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert told.stdout == "set()\n"


def test_real_and_simulated_customers_are_kept_apart(url: str) -> None:
    RoutingLog(place_of(url), simulated=True).close()
    assert LogReader(place_of(url)).is_simulated()
    with pytest.raises(LogUnavailable, match="Name another database in PERSONA_ROUTER_LOG_URL"):
        RoutingLog(place_of(url), simulated=False)


def test_log_that_another_process_holds_is_waited_for(url: str) -> None:
    log = RoutingLog(place_of(url))
    writer = LogWriter(log, retry=0.05)
    holder = psycopg2.connect(url)
    holder.cursor().execute(f"SELECT pg_advisory_xact_lock({LOCK})")
    writer.put([row("d1")])
    assert not writer.flush(within=0.3)
    holder.close()
    assert writer.flush()
    assert [one["id"] for one in log.rows()] == ["d1"]
    writer.close()


def test_server_that_goes_away_is_waited_for_and_readers_say_so(url: str, server: Postgres) -> None:
    log, reader = RoutingLog(place_of(url)), LogReader(place_of(url))
    writer = LogWriter(log, retry=0.05)
    log.add(row("d1"))
    assert reader.counts(Filter()).total == 1
    server.stop()
    try:
        writer.put([row("d2")])
        assert not writer.flush(within=0.2)
        with pytest.raises(LogUnavailable, match=r"^PostgreSQL: .*refused"):
            reader.counts(Filter())
    finally:
        server.start()
    assert writer.flush()
    assert reader.counts(Filter()).total == 2
    writer.close()


def test_server_that_cannot_be_reached_is_told_without_the_password() -> None:
    with pytest.raises(LogUnavailable, match=r"PERSONA_ROUTER_LOG_URL cannot be used") as caught:
        RoutingLog(place_of("postgresql://u:geheim@127.0.0.1:1/x"))
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://u:geheim@db/x", "geheim", "postgresql://u:gehei%m@db/x"])
def test_wrong_address_is_told_without_the_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, url)
    with pytest.raises(ContentError, match=r"postgresql://user:password@host/name") as caught:
        log_place()
    assert "gehei" not in str(caught.value)
    assert [str(fault) for fault in log_url_faults({URL_VARIABLE: url})] == [str(caught.value)]


def test_datasette_says_that_it_reads_files_only(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert datasette.run(None) == 1  # type: ignore[arg-type]
    assert capsys.readouterr().err == (
        "PERSONA_ROUTER_LOG_URL: Datasette reads SQLite only. Use psql.\n"
    )


def test_customer_is_handed_out_and_forgotten(url: str, tmp_path: Path) -> None:
    log = write(
        place_of(url), row("d1", unanswered="Gibt es Socken?"), row("d2", conversation="c2")
    )
    unused: Any = log  # only the routing log's own store is asked
    stores = Stores(tmp_path, tracker=log, desk=unused)
    (store,) = (one for one in stores.all() if one.name == "routing log in PostgreSQL")
    assert {name: len(found) for name, found in store.find("c1").items()} == {
        "decision": 1, "question": 1,
    }  # fmt: skip
    assert store.forget("c1") == {"question": 1, "decision": 1}
    assert [one["id"] for one in log.rows()] == ["d2"]


def test_what_is_older_than_the_policy_keeps_it_is_deleted(url: str, tmp_path: Path) -> None:
    log = write(place_of(url), row("d1", at=MONDAY - 40 * DAY), row("d2"))
    sweep = Sweep(tmp_path, keep=KeepDays(log=30), endpoints=tmp_path / "endpoints.yml")
    assert sweep.due("log", MONDAY) == 1
    assert sweep.delete("log", MONDAY) == 1
    assert [one["id"] for one in log.rows()] == ["d2"]
