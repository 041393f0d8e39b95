"""What is kept of one customer is handed out or deleted, and nothing of another."""

import getpass
import hashlib
import json
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.cli import main
from persona_router.content.policies import DEFAULT_POLICY
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.privacy.audit import AuditTrail, Wanted
from tests.privacy.filling import (
    DAY,
    NOW,
    TABLES,
    WORDS,
    add_decisions,
    add_events,
    add_messages,
    assistant,
    everything,
    fill,
    write_endpoints,
)

FILES = {
    "event": ("conversations.sqlite", "events"),
    "entry": ("audit.sqlite", "entry WHERE deed = 'handoff_opened' AND subject <> 'erased'"),
    **{name: ("routing_log.sqlite", name) for name in ("decision", "question")},
    "message": ("website.sqlite", "message"),
    **{name: ("outbox.sqlite", name) for name in ("errand", "relay")},
    **{name: ("callbacks.sqlite", name) for name in ("booking", "hold")},
    **{name: ("desk.sqlite", name) for name in ("note", "care", "call")},
    **{name: ("contact.sqlite", name) for name in ("rating", "answering", "typing")},
    "handoff": ("handoff.sqlite", "handoff"),
}
ROWS = {table: number for tables in TABLES.values() for table, number in tables.items()}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return assistant(tmp_path, monkeypatch)


def counted(state: Path) -> dict[str, int]:
    """Return how many rows there are in all, by table."""
    found = {}
    for name, (file, table) in FILES.items():
        with closing(sqlite3.connect(state / file)) as database:
            found[name] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def receipt(state: Path) -> dict[str, Any]:
    (path,) = (state / "receipts").iterdir()
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_export_holds_all_of_one_conversation_and_nothing_of_another(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    fill(state, "bela")
    assert main(["privacy", "export", "anna"]) == 0
    text = capsys.readouterr().out
    content = json.loads(text)
    assert {kind: len(content[kind]) for kind in ROWS} == ROWS
    assert set(content) == {*ROWS, "conversation", "exported_at", "not_reached"}
    assert content["conversation"] == "anna"
    assert content["not_reached"] == {}
    assert content["event"][0]["data"]["text"] == WORDS["anna"]
    assert content["message"][1]["body"] == {"text": WORDS["anna"]}
    assert content["decision"][0]["reasons"][0]["code"] == "persona"
    assert content["handoff"][0]["request"]["transcript"][0]["text"] == WORDS["anna"]
    assert content["note"][1]["text"] == WORDS["anna"]
    assert content["rating"][0]["comment"] == WORDS["anna"]
    assert content["booking"][0]["number"] == "+4930231250"
    assert content["relay"][0]["request"]["conversation"] == "anna"
    assert "bela" not in text
    assert "paczka" not in text


def test_export_into_a_file_is_for_its_owner_only(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    out = tmp_path / "anna.json"
    out.write_text("old")
    out.chmod(0o644)
    assert main(["privacy", "export", "anna", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text(encoding="utf-8"))["conversation"] == "anna"
    assert main(["privacy", "export", "anna", "--out", str(tmp_path / "no" / "a.json")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_erase_without_yes_only_counts(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(state, "anna")
    before = counted(state)
    assert main(["privacy", "erase", "anna"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "tracker store       2 × event",
        "audit.sqlite        3 × entry",
        "routing_log.sqlite  2 × decision",
        "routing_log.sqlite  1 × question",
        "website.sqlite      2 × message",
        "outbox.sqlite       4 × errand",
        "outbox.sqlite       1 × relay",
        "callbacks.sqlite    1 × booking",
        "callbacks.sqlite    1 × hold",
        "desk.sqlite         2 × note",
        "desk.sqlite         1 × care",
        "desk.sqlite         1 × call",
        "contact.sqlite      1 × rating",
        "contact.sqlite      1 × answering",
        "contact.sqlite      1 × typing",
        "handoff.sqlite      2 × handoff",
        "Nothing was deleted. Add --yes to delete this.",
    ]
    assert counted(state) == before
    assert not (state / "receipts").exists()


def test_erase_deletes_all_of_one_conversation_and_nothing_of_another(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    fill(state, "bela")
    assert main(["privacy", "erase", "anna", "--yes", "--by", "Zoë"]) == 0
    assert counted(state) == ROWS
    left = everything(state)
    assert WORDS["bela"].encode() in left
    assert b"anna" not in left
    for word in ("Kürşat", "K\\u00fcr\\u015fat"):
        assert word.encode() not in left
    capsys.readouterr()
    assert main(["privacy", "export", "bela"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert {kind: len(content[kind]) for kind in ROWS} == ROWS


def test_receipt_proves_what_went_and_names_nobody(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    assert main(["privacy", "erase", "anna", "--yes", "--by", "Zoë"]) == 0
    (path,) = (state / "receipts").iterdir()
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == f"receipt   .persona-router/receipts/{path.name}"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = receipt(state)
    assert found["deleted"] == TABLES
    assert (found["by"], found["not_reached"], found["complete"]) == ("Zoë", {}, True)
    assert len(found["salt"]) == 32
    assert found["sha256"] == hashlib.sha256((found["salt"] + "anna").encode()).hexdigest()
    assert "anna" not in path.read_text()


def test_erasing_again_finds_nothing_and_names_the_receipt(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    main(["privacy", "erase", "anna", "--yes"])
    capsys.readouterr()
    (path,) = (state / "receipts").iterdir()
    assert main(["privacy", "erase", "anna", "--yes"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "Nothing is kept of conversation 'anna'."
        f" It was erased: .persona-router/receipts/{path.name}.\n"
    )
    assert len(list((state / "receipts").iterdir())) == 1


@pytest.mark.parametrize("words", [["export", "nobody"], ["erase", "nobody", "--yes"]])
def test_unknown_conversation_is_one_line(
    words: list[str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    assert main(["privacy", *words]) == 1
    assert capsys.readouterr() == ("", "Nothing is kept of conversation 'nobody'.\n")


def test_empty_state_folder_is_left_empty(state: Path) -> None:
    assert main(["privacy", "erase", "anna", "--yes"]) == 1
    assert list(state.iterdir()) == []


def test_open_handoff_is_refused_by_its_id_unless_even_open(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna", closed=False)
    before = counted(state)
    open_ids = [h.id for h in SqliteHandoffQueue(state / "handoff.sqlite").open_for("anna")]
    assert main(["privacy", "erase", "anna", "--yes"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Handoff {open_ids[0]}, {open_ids[1]}, ")
    assert said.endswith(" is still open. Close it at the desk, or add --even-open.\n")
    assert counted(state) == before
    assert main(["privacy", "erase", "anna", "--yes", "--even-open"]) == 0
    assert set(counted(state).values()) == {0}


def test_store_that_fails_is_named_and_the_next_run_finishes(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(state, "anna")
    desk = (state / "desk.sqlite").read_bytes()
    (state / "desk.sqlite").write_bytes(b"no database " * 900)
    assert main(["privacy", "erase", "anna", "--yes"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(
        "not reached: desk.sqlite: .persona-router/desk.sqlite: not a readable"
    )
    assert said[1] == (
        "not reached: handoff.sqlite: Kept for now: what desk.sqlite holds is found by it."
    )
    assert said[2] == "Run it again once they can be reached; it finishes the work."
    found = receipt(state)
    assert found["complete"] is False
    assert set(found["not_reached"]) == {"desk.sqlite", "handoff.sqlite"}
    assert found["deleted"] == {
        name: tables
        for name, tables in TABLES.items()
        if name not in ("desk.sqlite", "handoff.sqlite")
    }
    (state / "desk.sqlite").write_bytes(desk)
    assert main(["privacy", "erase", "anna", "--yes"]) == 0
    assert set(counted(state).values()) == {0}


@pytest.mark.parametrize(
    ("store", "why"),
    [
        ({"type": "mongod"}, "endpoints.yml keeps conversations in 'mongod', which this command"),
        ({"type": None}, "endpoints.yml names no tracker store, which this command does not"),
        ({"type": "SQL", "db": "${NO_SUCH_NAME}"}, "names a variable that is not set"),
        ({"type": "SQL", "dialect": "postgresql", "url": "127.0.0.1:1", "db": "rasa"},
         "The tracker store postgresql://127.0.0.1:1/rasa cannot be used: "),
    ],
)  # fmt: skip
def test_tracker_store_out_of_reach_is_named(
    store: dict[str, Any],
    why: str,
    state: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fill(state, "anna")
    write_endpoints(tmp_path, **store)
    assert main(["privacy", "export", "anna"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("not reached: tracker store: ")
    assert why in said.err
    assert "event" not in json.loads(said.out)
    assert main(["privacy", "erase", "anna", "--yes"]) == 1
    assert receipt(state)["not_reached"].keys() == {"tracker store"}
    assert counted(state) == {**dict.fromkeys(ROWS, 0), "event": 2}


def test_erasing_waits_for_a_server_that_writes(state: Path) -> None:
    fill(state, "anna")
    writer = sqlite3.connect(state / "website.sqlite", check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE message SET handled = 1")
    done = threading.Timer(0.7, writer.commit)
    done.start()
    assert main(["privacy", "erase", "anna", "--yes"]) == 0
    done.join()
    writer.close()
    assert counted(state)["message"] == 0


def old_and_new(state: Path, tmp_path: Path, **keep: object) -> None:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    policy["privacy"]["keep_days"].update(keep)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "routing.yml").write_text(yaml.safe_dump(policy, sort_keys=False))
    for conversation, at in (("old", NOW - 400 * DAY), ("new", NOW - 300 * DAY)):
        add_decisions(state, conversation, at, at + 1)
        add_messages(state, conversation, at, at + 1, at + 2)
        add_events(state, conversation, at)


def test_sweep_counts_and_then_deletes_what_is_old(
    state: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old_and_new(state, tmp_path, conversations=350)
    monkeypatch.setattr("persona_router.commands.privacy.time.time", lambda: NOW)
    assert main(["privacy", "sweep", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "handoffs       0 would be deleted",
        "log            2 would be deleted",
        "chat           3 would be deleted",
        "callbacks      0 would be deleted",
        "questions      0 would be deleted",
        "audit          0 would be deleted",
        "conversations  1 would be deleted",
    ]
    assert main(["privacy", "sweep"]) == 0
    assert "log            2 deleted\nchat           3 deleted\n" in capsys.readouterr().out
    assert main(["privacy", "sweep"]) == 0
    assert "log            0 deleted\nchat           0 deleted\n" in capsys.readouterr().out
    assert main(["privacy", "export", "new"]) == 0
    content = json.loads(capsys.readouterr().out)
    found = {kind: len(content[kind]) for kind in ("decision", "message", "event")}
    assert found == {"decision": 2, "message": 3, "event": 1}


def test_sweep_names_what_it_cannot_reach_and_does_the_rest(
    state: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old_and_new(state, tmp_path)
    (state / "routing_log.sqlite").write_bytes(b"no database " * 900)
    monkeypatch.setattr("persona_router.commands.privacy.time.time", lambda: NOW)
    assert main(["privacy", "sweep"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "handoffs       0 deleted", "chat           3 deleted", "callbacks      0 deleted",
        "audit          0 deleted",
    ]  # fmt: skip
    assert said.err.startswith("not reached: log: ")


def test_who_handed_out_deleted_and_swept_stands_in_the_audit_trail(state: Path) -> None:
    fill(state, "anna")
    main(["privacy", "export", "anna", "--out", str(state / "anna.json")])
    main(["privacy", "erase", "anna"])
    assert main(["privacy", "erase", "anna", "--yes", "--by", "Amira Haddad"]) == 0
    (receipt_file,) = (state / "receipts").iterdir()
    main(["privacy", "sweep", "--dry-run"])
    assert main(["privacy", "sweep"]) == 0
    kept = AuditTrail(state / "audit.sqlite").entries(Wanted(), limit=20)
    me = f"command:{getpass.getuser()}"
    assert [(one.who, one.deed, one.subject) for one in reversed(kept)][:6] == [
        *[("amira", "handoff_opened", "erased")] * 3,
        (me, "customer_exported", "erased"),
        ("command:Amira Haddad", "customer_erased", receipt_file.name),
        (me, "old_data_deleted", "handoffs"),
    ]
