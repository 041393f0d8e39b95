"""What another process writes into a database is noticed, before and after a checkpoint."""

import sqlite3
from contextlib import closing
from pathlib import Path

from persona_router.handoff.changes import stamp_of


def test_stamp_differs_after_each_write_and_not_without_one(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    stamps = [stamp_of([path])]
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE word (word TEXT)")
        stamps.append(stamp_of([path]))
        for word in ("Grüße", "سلام"):
            with db:
                db.execute("INSERT INTO word VALUES (?)", (word,))
            stamps.append(stamp_of([path]))
    assert len(set(stamps)) == 4
    assert stamp_of([path]) == stamp_of([path])


def test_stamp_watches_each_of_several_databases(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    before = stamp_of([one, other])
    other.write_bytes(b"x")
    assert stamp_of([one, other]) != before
