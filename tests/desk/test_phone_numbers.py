"""The number at which an agent is called: set by themselves, or by an administrator."""

import html
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from persona_router.desk.account_store import AccountStore
from persona_router.desk.call_store import CallStore
from persona_router.desk.database import desk_database
from persona_router.handoff.queue import QueueUnavailable
from tests.desk.conftest import Agent, Desk

ZOE = {"login": "zoe", "name": "Zoé", "role_agent": "1", "capacity": "2"}
FIRST_RELEASE = """
CREATE TABLE account (
    login TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, team TEXT NOT NULL,
    languages TEXT NOT NULL, skills TEXT NOT NULL, capacity INTEGER NOT NULL, password TEXT,
    enabled INTEGER NOT NULL DEFAULT 1, available INTEGER NOT NULL DEFAULT 1, seen_at REAL
);
CREATE TABLE link (
    hash TEXT PRIMARY KEY, login TEXT REFERENCES account (login) ON DELETE CASCADE,
    expires_at REAL NOT NULL
);
CREATE TABLE session (
    hash TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES account (login) ON DELETE CASCADE,
    started_at REAL NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE note (
    number INTEGER PRIMARY KEY AUTOINCREMENT, handoff TEXT NOT NULL, kind TEXT NOT NULL,
    author TEXT, text TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE care (
    handoff TEXT PRIMARY KEY, team TEXT NOT NULL DEFAULT '', agent TEXT, priority TEXT,
    snoozed_until REAL
);
INSERT INTO account (login, name, roles, team, languages, skills, capacity, password)
VALUES ('amira', 'Amira', 'agent', '', '["de"]', '[]', 4, 'hash');
PRAGMA user_version = 1;
"""


def test_agent_sets_changes_and_takes_away_their_number(desk: Desk, amira: Agent) -> None:
    page = html.unescape(amira.get("/account?lang=de").text)
    assert '<label for="phone">Meine Telefonnummer</label>' in page
    for written, kept in (
        ("+49 (0) 30 1234-5678", "+493012345678"),
        ("+٩٦٦ ٥٠ ٠٠٠ ٠٠٠١", "+966500000001"),
        ("  ", ""),
    ):
        answer = amira.post("/account/phone", {"phone": written})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?saved=1")
        assert desk.accounts.get("amira").profile.phone == kept
        assert f'type="tel" value="{kept}"' in amira.get("/account").text


@pytest.mark.parametrize(
    "written", ["030 12345678", "+49 30 12345678 ext. 9", "+49", "extern", "+" + "4" * 60, "<b>"]
)
def test_number_that_nobody_could_call_is_refused(desk: Desk, amira: Agent, written: str) -> None:
    desk.accounts.set_phone("amira", "+493012345678")
    answer = amira.post("/account/phone", {"phone": written})
    assert answer.status_code == 422
    assert "This is no phone number with a country code." in answer.text
    assert f'value="{html.escape(written[:40])}"' in answer.text
    assert desk.accounts.get("amira").profile.phone == "+493012345678"


def test_administrator_sets_it_for_somebody(desk: Desk) -> None:
    boss = desk.agent("Boss", roles="admin")
    assert boss.post("/people", {**ZOE, "phone": "+44 20 7946 0112"}).status_code == 200
    assert desk.accounts.get("zoe").profile.phone == "+442079460112"
    assert 'value="+442079460112"' in boss.get("/people/zoe").text
    assert boss.post("/people/zoe", {**ZOE, "phone": "112"}).status_code == 422
    assert boss.post("/people/zoe", {**ZOE, "phone": ""}).status_code == 303
    assert desk.accounts.get("zoe").profile.phone == ""


def test_number_is_not_shown_to_colleagues(desk: Desk, amira: Agent) -> None:
    desk.hire("zoe", "Zoé", phone="+442079460112")
    watcher = desk.agent("Olga", roles="operations")
    handoff = desk.ask("c1")
    amira.post(f"/handoffs/{handoff.id}/claim")
    for agent, path in ((amira, f"/handoffs/{handoff.id}"), (watcher, "/operations")):
        assert "2079460112" not in agent.get(path).text


def test_file_of_the_first_release_goes_on_working(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(FIRST_RELEASE)
    for _ in range(2):
        database = desk_database(path)
        account = AccountStore(database).get("amira")
        assert (account.profile.capacity, account.profile.phone) == (4, "")
        assert AccountStore(database).password("amira") == "hash"
    AccountStore(database).set_phone("amira", "+493012345678")
    assert CallStore(database).begin("attempt-0123456789", "h1", "amira", now=1.0)
    fresh = desk_database(tmp_path / "new" / "desk.sqlite")
    assert _shape(path) == _shape(fresh.path)


def test_file_is_lifted_once_by_those_who_open_it_together(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA journal_mode = WAL; {FIRST_RELEASE}")
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: desk_database(path), range(8)))
    assert [AccountStore(one).get("amira").profile.phone for one in opened] == [""] * 8


def test_file_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = desk_database(tmp_path / "desk.sqlite").path
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 3")
    with pytest.raises(QueueUnavailable, match="schema version 3"):
        desk_database(path)


def _shape(path: Path) -> dict[str, set[str]]:
    with sqlite3.connect(path) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables
        }
