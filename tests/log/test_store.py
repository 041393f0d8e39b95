import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from persona_router.log.errors import Unwritable
from persona_router.log.events import Outcome, decision_row
from persona_router.log.store import RoutingLog
from tests.log import making

SECRET = "mein Mann heißt Kürşat und wohnt in der Rosengasse"


def event(**changes: Any) -> dict[str, Any]:
    decision = {
        "id": "d1",
        "policy_version": "1+abc",
        "turn": 2,
        "locale": "de-AT",
        "intent": "refund_policy",
        "concern": "refund_policy",
        "route": "knowledge_base",
        "plan": ["utter_article"],
        "alternatives": ["agent"],
        "closed": [{"route": "phone", "opens": None}],
        "persona": "researcher",
        "posterior": {"researcher": 0.8, "talker": 0.2},
        "evidence": [{"signal": "terms", "value": 1.0, "decibans": {"researcher": 4.0}}],
        "constraints": ["closed:phone"],
        "reasons": [{"code": "neutral", "values": {}}],
        "signals": {"terms": 1.0},
        "propensity": 1.0,
        "stated_route": "agent",
        "corrected": True,
        "inferred_persona": "talker",
        "inferred_route": "phone",
        "state": {"turns": 2},
        **changes.pop("decision", {}),
    }
    return {
        "event": "user",
        "sender_id": "c1",
        "timestamp": 1_795_000_000.5,
        "input_channel": "website",
        "text": SECRET,
        "metadata": {"locale": "de-AT"},
        "parse_data": {
            "text": SECRET,
            "entities": [{"entity": "email", "value": "kuersat@example.com"}],
            "knowledge": [
                {"article": "returns", "locale": "en", "fallback": True, "passage": "Within …"}
            ],
            "routing": decision,
        },
        **changes,
    }


@pytest.fixture
def log(tmp_path: Path) -> RoutingLog:
    return RoutingLog(tmp_path / "log.sqlite")


def row_of(happened: dict[str, Any]) -> dict[str, Any]:
    row = decision_row(happened)
    assert row is not None
    return row


def test_decision_becomes_a_row_with_its_reasons(log: RoutingLog) -> None:
    assert log.add(row_of(event()))
    (row,) = log.rows()
    assert {name: row[name] for name in ("id", "at", "conversation", "turn", "channel")} == {
        "id": "d1", "at": 1_795_000_000.5, "conversation": "c1", "turn": 2, "channel": "website",
    }  # fmt: skip
    assert row["route"] == "knowledge_base"
    assert json.loads(row["plan"]) == ["utter_article"]
    assert json.loads(row["posterior"]) == {"researcher": 0.8, "talker": 0.2}
    assert json.loads(row["closed"]) == [{"route": "phone", "opens": None}]
    assert (row["article"], row["article_locale"], row["translation_demand"]) == (
        "returns", "en", 1,
    )  # fmt: skip
    assert (row["failed"], row["propensity"]) == (0, 1.0)
    assert (row["stated_route"], row["inferred_route"]) == ("agent", "phone")
    assert (row["corrected"], row["inferred_persona"]) == (1, "talker")


def test_same_event_twice_is_one_row(log: RoutingLog) -> None:
    assert log.add(row_of(event()))
    assert not log.add(row_of(event()))
    assert not log.add(row_of(event(timestamp=9.0)))
    assert len(log.rows()) == 1


def test_same_event_from_another_process_is_one_row(log: RoutingLog, tmp_path: Path) -> None:
    log.add(row_of(event()))
    assert not RoutingLog(tmp_path / "log.sqlite").add(row_of(event()))


def test_row_that_lacks_what_it_needs_is_an_error_and_no_duplicate(log: RoutingLog) -> None:
    with pytest.raises(Unwritable):
        log.add({**row_of(event()), "conversation": None})


def test_row_never_holds_what_the_customer_wrote(log: RoutingLog, tmp_path: Path) -> None:
    log.add(row_of(event()))
    stored = json.dumps(log.rows(), ensure_ascii=False)
    for word in ("Kürşat", "Rosengasse", "kuersat@example.com", "Within …"):
        assert word not in stored
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Rosengasse" not in files


@pytest.mark.parametrize(
    "happened",
    [
        {"event": "bot", "text": "x"},
        {"event": "user", "text": "x"},
        {"event": "user", "parse_data": None},
        {"event": "user", "parse_data": {}},
        {"event": "user", "parse_data": {"routing": None}},
        {"event": "user", "parse_data": {"routing": {}}},
        {"event": "user", "parse_data": {"routing": {"plan": []}}},
        {"event": "action", "parse_data": {"routing": {"id": "d"}}},
        {},
    ],
)
def test_event_without_a_decision_is_no_row(happened: dict[str, Any]) -> None:
    assert decision_row(happened) is None


def test_failed_decision_is_logged_as_such(log: RoutingLog) -> None:
    happened = event()
    happened["parse_data"]["routing"] = {"id": "d9", "error": True, "plan": ["action_handoff"]}
    assert log.add(row_of(happened))
    (row,) = log.rows()
    assert (row["failed"], row["route"], row["posterior"], row["article"]) == (1, None, "{}", None)


def test_article_is_only_noted_when_it_was_shown(log: RoutingLog) -> None:
    row = row_of(event(decision={"plan": ["track_order_form"]}))
    assert (row["article"], row["translation_demand"]) == (None, 0)


def test_article_in_the_customers_language_is_no_translation_demand() -> None:
    happened = event()
    happened["parse_data"]["knowledge"][0]["fallback"] = False
    assert row_of(happened)["translation_demand"] == 0


def test_rows_come_newest_first_of_one_conversation_or_all(log: RoutingLog) -> None:
    for number, conversation in enumerate(["c1", "c2", "c1"]):
        decision = {"id": f"d{number}", "turn": number}
        log.add(row_of(event(sender_id=conversation, timestamp=number, decision=decision)))
    assert [row["id"] for row in log.rows()] == ["d2", "d1", "d0"]
    assert [row["id"] for row in log.rows(conversation="c1")] == ["d2", "d0"]
    assert [row["id"] for row in log.rows(limit=1)] == ["d2"]
    assert log.rows(conversation="c1' OR 1=1 --") == []


def test_rows_outlive_the_process(log: RoutingLog, tmp_path: Path) -> None:
    log.add(row_of(event()))
    assert [row["id"] for row in RoutingLog(tmp_path / "log.sqlite").rows()] == ["d1"]


@pytest.mark.parametrize("content", [b"not a database " * 100, b"SQLite format 3\x00" + b"x" * 200])
def test_corrupt_file_is_named_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"log\.sqlite is no usable routing log .* Move it away\."):
        RoutingLog(path)


def test_file_of_another_shape_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE decision (something TEXT)")
    database.close()
    with pytest.raises(OSError, match="is no usable routing log"):
        RoutingLog(path)


def test_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="is no usable routing log"):
        RoutingLog(tmp_path)


def outcome_of(log: RoutingLog, id: str) -> dict[str, Any]:
    (row,) = [row for row in log.rows() if row["id"] == id]
    return {name: row[name] for name in ("handed_over", "helped", "rating", "repeat_contact")}


def test_outcome_is_filled_in_later_and_the_rest_stays(log: RoutingLog) -> None:
    log.add(row_of(event()))
    before = log.rows()[0]
    assert log.note(Outcome(decision="d1", values={"helped": 1, "rating": 4}))
    assert outcome_of(log, "d1") == {
        "handed_over": None, "helped": 1, "rating": 4, "repeat_contact": None,
    }  # fmt: skip
    changed = {name for name, value in log.rows()[0].items() if value != before[name]}
    assert changed == {"helped", "rating", "profile"}


def test_outcome_is_written_with_the_row_that_it_comes_with(log: RoutingLog) -> None:
    outcomes = [
        Outcome(decision="d1", values={"handed_over": 1}),
        Outcome(decision="d2", values={"rating": 5}),
        Outcome(decision="d1", values={"rating": 2}),
    ]
    news = log.write([making.row("d1"), *outcomes, making.row("d2", conversation="c2")])
    assert [one["id"] for one in news if isinstance(one, dict)] == ["d1", "d2"]
    assert outcome_of(log, "d1") == {
        "handed_over": 1, "helped": None, "rating": 2, "repeat_contact": None,
    }  # fmt: skip
    assert outcome_of(log, "d2")["rating"] == 5


def test_outcome_that_comes_with_a_row_known_before_is_noted(log: RoutingLog) -> None:
    log.add(making.row("d1"))
    news = Outcome(decision="d1", values={"helped": 0})
    assert log.write([making.row("d1"), news]) == (news,)
    assert outcome_of(log, "d1")["helped"] == 0


def test_what_is_told_again_is_no_news(log: RoutingLog) -> None:
    told = [making.row("d1"), Outcome(decision="d1", values={"helped": 1, "latency_ms": 41.5})]
    assert [one["id"] for one in log.write(told) if isinstance(one, dict)] == ["d1"]
    assert log.write(told) == ()
    changed = Outcome(decision="d1", values={"helped": 0, "latency_ms": 41.5})
    assert log.write([changed]) == (Outcome(decision="d1", values={"helped": 0}),)
    assert log.write([Outcome(decision="d7", values={"helped": 1})]) == ()


def test_outcome_of_an_unknown_decision_is_none_of_the_logs(log: RoutingLog) -> None:
    assert not log.note(Outcome(decision="d7", values={"helped": 1}))


def test_outcome_cannot_change_what_was_decided(log: RoutingLog) -> None:
    changed = Outcome(decision="d1", values={"route": 1})
    with pytest.raises(ValueError, match="'route'"):
        log.note(changed)
    with pytest.raises(ValueError, match="'route'"):
        log.write([making.row("d1"), changed])
    assert log.rows() == []


@pytest.mark.parametrize(
    ("days", "turn", "returned"), [(1, 1, 1), (6.9, 1, 1), (7.1, 1, None), (1, 2, None)]
)
def test_new_session_within_a_week_is_a_repeat_contact(
    log: RoutingLog, days: float, turn: int, returned: int | None
) -> None:
    log.add(making.row("first"))
    log.add(making.row("last", at=making.MONDAY + 60, turn=2))
    log.add(making.row("other", at=making.MONDAY + 70, conversation="c2"))
    log.add(making.row("back", at=making.MONDAY + 60 + days * making.DAY, turn=turn))
    assert outcome_of(log, "last")["repeat_contact"] == returned
    for id in ("first", "other", "back"):
        assert outcome_of(log, id)["repeat_contact"] is None


def test_rows_are_written_together_or_not_at_all(log: RoutingLog) -> None:
    with pytest.raises(Unwritable):
        log.add_all([making.row("d1"), {**making.row("d2"), "conversation": None}])
    assert log.rows() == []
    assert log.add_all([making.row("d1"), making.row("d1"), making.row("d2")]) == 2


def test_latest_decision_is_known_by_its_time(log: RoutingLog) -> None:
    assert log.latest() is None
    log.add_all([making.row("d1", at=5.0), making.row("d2", at=3.0)])
    assert log.latest() == 5.0
