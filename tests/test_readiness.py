"""Which faults of a database make a process not ready, and that asking often costs nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from persona_router import readiness
from persona_router.readiness import Readiness, database_works


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "été 1?.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE message (seq INTEGER); INSERT INTO message VALUES (1);")
    return path


def test_readiness_names_every_check_and_hides_why_one_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret.sqlite"
    found = Readiness({"good": lambda: True, "bad": lambda: False, "broken": secret.read_bytes})
    assert found.answer() == (
        503,
        {"ok": False, "checks": {"good": "ok", "bad": "failed", "broken": "failed"}},
    )
    assert "secret.sqlite" in caplog.text


def test_readiness_is_200_when_every_check_passes() -> None:
    assert Readiness({"good": lambda: True}).answer() == (
        200,
        {"ok": True, "checks": {"good": "ok"}},
    )


def test_readiness_looks_once_a_second_however_often_it_is_asked() -> None:
    looked, ticks = [], Ticks()

    def check() -> bool:
        looked.append(ticks.now)
        return len(looked) > 1

    found = Readiness({"check": check}, ticks=ticks)
    assert [found.answer()[0] for _ in range(100)] == [503] * 100
    ticks.now += 1.0
    assert found.answer()[0] == 200
    assert looked == [100.0, 101.0]


def test_database_that_can_be_read_and_written_works(database: Path) -> None:
    assert database_works(database, "message")


def break_nothing_there(path: Path) -> None:
    path.unlink()


def break_garbage(path: Path) -> None:
    path.write_bytes(b"garbage " * 1000)


def break_other_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE message")


@pytest.mark.parametrize("fault", [break_nothing_there, break_garbage, break_other_file])
def test_database_with_a_fault_does_not_work(database: Path, fault: Callable[[Path], None]) -> None:
    fault(database)
    assert Readiness({"database": lambda: database_works(database, "message")}).answer()[0] == 503


def test_missing_database_is_not_made(database: Path) -> None:
    database.unlink()
    with pytest.raises(sqlite3.Error):
        database_works(database, "message")
    assert not database.exists()


def test_database_that_another_process_writes_into_does_not_work(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            database_works(database, "message")
        other.execute("ROLLBACK")
    assert database_works(database, "message")
