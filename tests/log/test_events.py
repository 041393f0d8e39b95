from typing import Any

import pytest

from persona_router.log.events import EventReader, Outcome, decision_row


def message(conversation: str = "c1", id: str = "d1", at: float = 10.0) -> dict[str, Any]:
    return {
        "event": "user", "sender_id": conversation, "timestamp": at,
        "metadata": {"model_id": "abc"},
        "parse_data": {
            "routing": {"id": id, "plan": [], "locale": "pt-BR", "spoken": "uk",
                        "state": {"turns": 1}},
            "intent": {"name": "track_order", "confidence": 0.75},
            "language": {"code": "pt", "confidence": 0.625},
            "knowledge": [],
        },
    }  # fmt: skip


def listens(conversation: str = "c1", at: float = 10.25) -> dict[str, Any]:
    name = "action_listen"
    return {"event": "action", "sender_id": conversation, "name": name, "timestamp": at}


def test_row_holds_what_the_message_was_understood_as() -> None:
    row = decision_row(message())
    assert row is not None
    assert (row["language"], row["language_confidence"]) == ("pt", 0.625)
    assert (row["intent_confidence"], row["model"], row["spoken"]) == (0.75, "abc", "uk")
    assert row["state"] == {"turns": 1}


@pytest.mark.parametrize(
    ("knowledge", "score"), [(None, None), ([], 0.0), ([{"article": "a", "score": 0.5}], 0.5)]
)
def test_row_tells_whether_articles_were_searched_and_how_well_one_fits(
    knowledge: Any, score: float | None
) -> None:
    happened = message()
    happened["parse_data"]["knowledge"] = knowledge
    row = decision_row(happened)
    assert row is not None
    assert row["article_score"] == score


def test_row_of_a_message_without_any_of_it_leaves_it_open() -> None:
    row = decision_row({"event": "user", "parse_data": {"routing": {"id": "d"}}})
    assert row is not None
    names = ("language", "language_confidence", "intent_confidence", "model", "article_score")
    assert [row[name] for name in names] == [None] * 5


def test_turn_ends_where_the_assistant_listens() -> None:
    reader = EventReader()
    reader.read(message())
    assert reader.read({"event": "bot", "sender_id": "c1", "timestamp": 10.1}) == ()
    ended = Outcome(decision="d1", values={"latency_ms": 250.0})
    assert reader.read(listens(at=10.25)) == (ended,)
    assert reader.read(listens(at=99.0)) == ()


def test_turns_of_two_conversations_are_kept_apart() -> None:
    reader = EventReader()
    reader.read(message("c1", "d1", at=1.0))
    reader.read(message("c2", "d2", at=2.0))
    first = Outcome(decision="d1", values={"latency_ms": 2000.0})
    second = Outcome(decision="d2", values={"latency_ms": 1000.0})
    assert reader.read(listens("c1", 3.0)) == (first,)
    assert reader.read(listens("c2", 3.0)) == (second,)


@pytest.mark.parametrize(("value", "heard"), [("waiting", True), (None, False)])
def test_handoff_is_an_outcome_of_the_decision_before_it(value: str | None, heard: bool) -> None:
    reader = EventReader()
    reader.read(message())
    slot = {"event": "slot", "sender_id": "c1", "name": "handoff_status", "value": value}
    expected = Outcome(decision="d1", values={"handed_over": 1})
    assert reader.read(slot) == ((expected,) if heard else ())


@pytest.mark.parametrize(
    ("after", "abandoned"),
    [
        ([None], True),
        (["waiting", None], True),
        (["connected", None], False),
        ([], False),
    ],
    ids=["left", "still waiting, then left", "somebody came", "still waiting"],
)
def test_waiting_that_ends_before_anybody_came_is_an_outcome_of_its_decision(
    after: list[str | None], abandoned: bool
) -> None:
    reader = EventReader()
    reader.read(message())
    reader.read(handoff("waiting"))
    reader.read(listens())
    reader.read(message(id="d2"))  # who waits may go on writing
    reader.read(listens())
    told = [outcome for status in after for outcome in reader.read(handoff(status))]
    ended = Outcome(decision="d1", values={"abandoned": 1})
    assert told == ([ended] if abandoned else [])
    assert reader.read(handoff(None)) == (() if after else (ended,))


def handoff(status: str | None) -> dict[str, Any]:
    return {"event": "slot", "sender_id": "c1", "name": "handoff_status", "value": status}


def test_what_follows_a_message_without_a_decision_is_nobodys_outcome() -> None:
    reader = EventReader()
    reader.read(message())
    reader.read({"event": "user", "sender_id": "c1", "timestamp": 11.0})
    assert reader.read(listens()) == ()


def test_clock_that_went_backwards_gives_no_latency() -> None:
    reader = EventReader()
    reader.read(message(at=10.0))
    assert reader.read(listens(at=9.0)) == ()


@pytest.mark.parametrize(("helped", "value"), [(True, 1), (False, 0)])
def test_verdict_is_an_outcome_of_the_decision_that_answered(helped: bool, value: int) -> None:
    happened = message(id="d2")
    happened["parse_data"]["routing"]["verdict"] = {"helped": helped, "decision": "d1"}
    row, outcome = EventReader().read(happened)
    assert isinstance(row, dict)
    assert row["id"] == "d2"
    assert outcome == Outcome(decision="d1", values={"helped": value})


@pytest.mark.parametrize("verdict", [None, {"helped": True, "decision": None}])
def test_verdict_of_an_unknown_answer_is_no_outcome(verdict: Any) -> None:
    happened = message()
    happened["parse_data"]["routing"]["verdict"] = verdict
    assert len(EventReader().read(happened)) == 1
