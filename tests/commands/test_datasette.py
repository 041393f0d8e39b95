import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.commands import datasette
from persona_router.log.events import Outcome
from tests.log.making import row, write

DATABASE = json.loads(datasette.METADATA.read_text(encoding="utf-8"))["databases"]["routing_log"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of two decisions, one of which helped."""
    path = tmp_path / "routing_log.sqlite"
    closed = [{"route": "phone", "opens": None}]
    written = write(path, row("d1"), row("d2", conversation="c2", closed=closed, article=None))
    written.note(Outcome(decision="d1", values={"helped": 0, "latency_ms": 12.5}))
    written.close()
    return path


def test_every_table_and_column_that_is_described_exists(log: Path) -> None:
    with closing(sqlite3.connect(log)) as database:
        for table, told in DATABASE["tables"].items():
            there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            assert there
            assert set(told.get("columns", {})) <= there
            assert {*told.get("facets", ()), *filter(None, [told.get("sort_desc")])} <= there


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("by_route_and_day", ("2026-11-23", "knowledge_base", 2)),
        ("slowest", ("2026-11-23 09:00:00", 12.5, "refund_policy", "knowledge_base", "d1")),
        ("unanswered", None),
        ("what_closed", ("phone", "09", 1)),
        ("unhelpful_articles", ("returns", "en", 1, 0)),
    ],
)
def test_ready_made_query_answers(log: Path, query: str, first: tuple[object, ...] | None) -> None:
    with closing(sqlite3.connect(log)) as database:
        assert database.execute(DATABASE["queries"][query]["sql"]).fetchone() == first


def test_every_ready_made_query_is_tested() -> None:
    assert len(DATABASE["queries"]) == 5


def test_log_is_served_to_this_machine_alone_and_not_for_download(log: Path) -> None:
    words = datasette.command(log, host="127.0.0.1", port=8001)
    assert words[:5] == [sys.executable, "-m", "datasette", "serve", str(log)]
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("allow_download") + 1] == "off"


def test_missing_datasette_is_named_with_the_way_to_install_it(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(log.parent))
    monkeypatch.setattr(datasette, "find_spec", lambda name: None)
    assert main(["datasette"]) == 1
    told = capsys.readouterr().err.strip()
    assert told == "Datasette is not installed: pip install persona-router[datasette]"


def test_missing_log_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    assert main(["datasette"]) == 1
    assert "There is no routing log yet. Start the assistant first." in capsys.readouterr().err


def test_wrong_port_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["datasette", "--port", "70000"])
    assert "'70000' is no port; write 1 to 65535" in capsys.readouterr().err
