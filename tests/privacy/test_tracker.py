"""Rasa's own table is reached by the settings that Rasa reads, without Rasa."""

from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.privacy.tracker import TrackerEvents, TrackerUnreachable, tracker_url
from tests.privacy.filling import assistant, write_endpoints

SQL = {"type": "SQL", "dialect": "postgresql", "db": "rasa"}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return assistant(tmp_path, monkeypatch)


async def test_what_rasa_has_stored_is_told_and_forgotten(state: Path) -> None:
    rasas = SQLTrackerStore(Domain.empty(), db=str(state / "conversations.sqlite"))
    for conversation, text in (("anna", "مرحبا"), ("bela", "Dzień dobry")):
        said = [SessionStarted(timestamp=1.0), UserUttered(text, {"name": "greet"}, timestamp=2.0)]
        await rasas.save(DialogueStateTracker.from_events(conversation, said))
    events = TrackerEvents(state.parent / "endpoints.yml")
    found = events.of_conversation("anna")["event"]
    assert [(row["type_name"], row["intent_name"]) for row in found] == [
        ("session_started", None),
        ("user", "greet"),
    ]
    assert found[1]["data"]["text"] == "مرحبا"
    assert events.forget_conversation("anna") == {"event": 2}
    assert events.forget_conversation("anna") == {"event": 0}
    assert await rasas.retrieve("anna") is None
    assert (await rasas.retrieve("bela")).latest_message.text == "Dzień dobry"


def test_database_that_rasa_has_not_made_holds_nothing(state: Path) -> None:
    events = TrackerEvents(state.parent / "endpoints.yml")
    assert events.of_conversation("anna") == {"event": []}
    assert events.forget_conversation("anna") == {"event": 0}
    assert not (state / "conversations.sqlite").exists()


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"type": "sql", "db": "rasa.db"}, "sqlite:///rasa.db"),
        ({"type": "SQL", "dialect": "sqlite", "db": "/srv/c.sqlite"}, "sqlite:////srv/c.sqlite"),
        (
            {**SQL, "url": "db.example:6432", "username": "rasa", "password": "${DB_PASSWORD}"},
            "postgresql://rasa:geheim@db.example:6432/rasa",
        ),
        ({**SQL, "url": "db.example", "port": 5433, "query": {"sslmode": "require"}},
         "postgresql://db.example:5433/rasa?sslmode=require"),
        ({**SQL, "url": "postgresql://db.example/other"}, "postgresql://db.example/other"),
    ],
)  # fmt: skip
def test_settings_are_read_as_rasa_reads_them(
    settings: dict[str, Any], url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "geheim")
    write_endpoints(state.parent, **{"dialect": "sqlite", **settings})
    found = tracker_url(state.parent / "endpoints.yml")
    assert found.render_as_string(hide_password=False) == url


def test_usual_state_folder_is_that_of_the_environment(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "elsewhere"))
    found = tracker_url(state.parent / "endpoints.yml")
    assert found.database == str(tmp_path / "elsewhere" / "conversations.sqlite")


def test_error_of_the_database_shows_neither_password_nor_conversation(state: Path) -> None:
    write_endpoints(state.parent, **SQL, url="127.0.0.1:1", username="rasa", password="geheim")
    with pytest.raises(TrackerUnreachable) as caught:
        TrackerEvents(state.parent / "endpoints.yml").of_conversation("anna")
    assert "postgresql://rasa:***@127.0.0.1:1/rasa cannot be used" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "anna" not in str(caught.value)


def test_missing_endpoints_leave_conversations_out_of_reach(state: Path) -> None:
    (state.parent / "endpoints.yml").unlink()
    with pytest.raises(TrackerUnreachable, match="names no tracker store"):
        TrackerEvents(state.parent / "endpoints.yml").forget_conversation("anna")
