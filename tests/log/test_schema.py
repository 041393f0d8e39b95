"""Logs of every earlier release are read on, and those of later ones are left alone."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from persona_router.log.filters import Filter
from persona_router.log.migrations.upgrade import scripts
from persona_router.log.reader import LogReader
from persona_router.log.schema import HEAD
from persona_router.log.sqlite import revision
from persona_router.log.store import COLUMNS, OUTCOMES, RoutingLog
from tests.log.making import lower, row, write

_FIRST_RELEASE = """
CREATE TABLE decision (
    id TEXT PRIMARY KEY, at REAL NOT NULL, conversation TEXT NOT NULL, turn INTEGER, channel TEXT,
    locale TEXT, intent TEXT, concern TEXT, route TEXT, plan TEXT NOT NULL, persona TEXT,
    posterior TEXT NOT NULL, evidence TEXT NOT NULL, signals TEXT NOT NULL, reasons TEXT NOT NULL,
    constraints TEXT NOT NULL, alternatives TEXT NOT NULL, closed TEXT NOT NULL, article TEXT,
    article_locale TEXT, translation_demand INTEGER NOT NULL, failed INTEGER NOT NULL,
    policy_version TEXT, propensity REAL
);
CREATE INDEX decision_by_time ON decision (at);
CREATE INDEX decision_by_conversation ON decision (conversation, at);
INSERT INTO decision VALUES ('d0', 1, 'c0', 1, 'website', 'pt-BR', 'complaint', null, 'agent',
    '[]', null, '{}', '[]', '{}', '[{"code": "neutral", "values": {}}]', '[]', '[]', '[]', null,
    null, 0, 0, '1', 1.0);
INSERT INTO decision VALUES ('d1', 2, 'c0', null, null, null, null, null, null,
    '[]', null, '{}', '[]', '{}', '[]', '[]', '[]', '[]', null, null, 0, 1, '1', null);
"""
_SECOND_RELEASE = (
    _FIRST_RELEASE
    + """
ALTER TABLE decision ADD COLUMN stated_route TEXT;
ALTER TABLE decision ADD COLUMN inferred_route TEXT;
ALTER TABLE decision ADD COLUMN corrected INTEGER;
ALTER TABLE decision ADD COLUMN inferred_persona TEXT;
UPDATE decision SET stated_route = 'phone', inferred_route = 'agent' WHERE id = 'd0';
"""
)


def old_log(folder: Path, script: str) -> Path:
    path = folder / "log.sqlite"
    database = sqlite3.connect(path)
    database.executescript(script)
    database.close()
    return path


@pytest.mark.parametrize(
    ("script", "stated"), [(_FIRST_RELEASE, None), (_SECOND_RELEASE, "phone")], ids=["1", "2"]
)
def test_log_of_an_earlier_release_is_brought_up_to_date(
    tmp_path: Path, script: str, stated: str | None
) -> None:
    path = old_log(tmp_path, script)
    first, second = RoutingLog(path), RoutingLog(path)
    assert first.add(row("d2", at=3.0))
    new, failed, old = second.rows()
    assert set(new) == {*COLUMNS, *OUTCOMES, "profile"}
    assert (old["id"], old["stated_route"], old["corrected"]) == ("d0", stated, None)
    assert (old["language"], old["intent_confidence"]) == ("pt", None)
    assert (failed["language"], failed["failed"]) == (None, 1)
    counts = LogReader(path).counts(Filter())
    assert counts.total == 3
    assert counts.facets["language"] == {"pt": 1, "-": 1, "en": 1}
    assert counts.facets["differs"] == ({"0": 2, "1": 1} if stated else {"0": 3})


def test_pages_bring_a_log_up_to_date_by_themselves(tmp_path: Path) -> None:
    path = old_log(tmp_path, _FIRST_RELEASE)
    found = LogReader(path).decision("d0")
    assert found is not None
    assert (found["language"], found["state"]) == ("pt", None)


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    path, opened = old_log(tmp_path, _SECOND_RELEASE), []
    threads = [threading.Thread(target=lambda: opened.append(RoutingLog(path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    assert LogReader(path).counts(Filter()).total == 2


def test_row_that_an_earlier_release_writes_meanwhile_is_counted_at_the_next_start(
    tmp_path: Path,
) -> None:
    path = old_log(tmp_path, _SECOND_RELEASE)
    RoutingLog(path).close()
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO decision (id, at, conversation, plan, posterior, evidence, signals,"
            " reasons, constraints, alternatives, closed, translation_demand, failed)"
            " SELECT 'd9', at, conversation, plan, posterior, evidence, signals, reasons,"
            " constraints, alternatives, closed, translation_demand, failed FROM decision LIMIT 1"
        )
    assert LogReader(path).counts(Filter()).total == 3


def test_log_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    RoutingLog(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(OSError, match=r"is of a later release .* Use the release that wrote it"):
        RoutingLog(path)


def test_log_that_cannot_be_migrated_is_left_as_it_was(tmp_path: Path) -> None:
    path = old_log(tmp_path, _FIRST_RELEASE + "CREATE TABLE profile (something TEXT);")
    before = sqlite3.connect(path).execute("PRAGMA table_info(decision)").fetchall()
    with pytest.raises(OSError, match="is no usable routing log"):
        RoutingLog(path)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA table_info(decision)").fetchall() == before
    assert database.execute("PRAGMA user_version").fetchone() == (0,)
    assert (
        database.execute("SELECT 1 FROM sqlite_master WHERE name LIKE 'alembic%'").fetchall() == []
    )


def test_head_that_is_written_down_is_the_last_revision() -> None:
    assert scripts("sqlite").get_current_head() == HEAD


def test_log_of_before_alembic_counts_as_the_revision_of_its_number(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(path, row("d1")).close()
    lower(path, 5)
    database = sqlite3.connect(path)
    assert revision(database) == "0005"
    (found,) = RoutingLog(path).rows()
    assert (found["id"], found["arm"]) == ("d1", None)
    assert revision(database) == HEAD
    assert database.execute("PRAGMA user_version").fetchone() == (int(HEAD),)


def test_log_of_today_is_opened_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(path, row("d1")).close()
    script = (
        "import sys; from pathlib import Path; from persona_router.log.store import RoutingLog; "
        f"print(len(RoutingLog(Path({str(path)!r})).rows()),"
        " {'alembic', 'sqlalchemy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert told.stdout == "1 set()\n"
