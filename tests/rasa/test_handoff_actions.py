from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from persona_router.content.policies import DEFAULT_POLICY
from persona_router.handoff.sqlite import open_queue
from persona_router.rasa.handoff_actions import (
    ActionEndHandoff,
    ActionHandoff,
    ActionRequestCallback,
    ValidateCallbackForm,
    handoff_request,
)

DECISION = {
    "id": "d7", "locale": "de-AT", "concern": "track_order", "plan": ["action_handoff"],
    "persona": "talker", "posterior": {"talker": 0.8, "sprinter": 0.2},
    "evidence": [{"signal": "courtesy", "value": 1.0, "decibans": {"talker": 4.0}},
                 {"signal": "haste", "value": 0.2, "decibans": {"sprinter": 3.0}}],
    "reasons": [{"code": "wish_agent", "values": {}}],
    "state": {"tried": ["self_service", "agent"]},
}  # fmt: skip
WAITING = {
    "event": "slot", "timestamp": None, "name": "handoff_status", "value": "waiting",
}  # fmt: skip


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def unreachable(state: Path) -> Path:
    """Make the queue a file that is no database."""
    (state / "handoff.sqlite").write_text("no database " * 900, encoding="utf-8")
    return state


def tracker(sender: str = "anna", decision: dict[str, Any] = DECISION, **slots: Any) -> Tracker:
    """Return the tracker of a customer who first told their order number, as Rasa sends it."""
    told = {
        "entities": [{"entity": "order_number", "value": "4471903"},
                     {"entity": "route", "value": "agent"}],
        "routing": {**decision, "plan": []},
    }  # fmt: skip
    latest = {"text": "einen Menschen bitte", "entities": [], "routing": decision}
    events = [
        {"event": "action", "name": "action_listen", "timestamp": 1.0},
        {"event": "user", "text": "Bestellung 4471903", "timestamp": 2.0, "parse_data": told,
         "input_channel": "website"},
        {"event": "bot", "text": "Sie ist unterwegs.", "timestamp": 3.0},
        {"event": "bot", "text": None, "timestamp": 3.5},
        {"event": "user", "text": latest["text"], "timestamp": 4.0, "parse_data": latest,
         "input_channel": "website"},
    ]  # fmt: skip
    return Tracker(sender, slots, latest, events, False, None, {}, "action_listen")


def run(action: Any, customer: Tracker) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the events and the messages of an action."""
    said = CollectingDispatcher()
    events = action.run(said, customer, {})
    return events, [
        {"response": m["response"], **{k: v for k, v in m.items() if k in _VALUES}}
        for m in said.messages
    ]


_VALUES = ("position", "handoff_status", "phone_number", "callback_time", "example")


def test_handoff_lands_in_the_queue_with_all_that_a_person_needs() -> None:
    events, said = run(ActionHandoff(), tracker())
    assert events == [WAITING]
    assert said == [
        {"response": "utter_handoff_waiting", "position": 1, "handoff_status": "waiting"}
    ]
    [handoff] = open_queue().waiting()
    found = handoff.request
    assert (found.conversation, found.kind, found.reason) == ("anna", "agent", "wish_agent")
    assert (found.language, found.locale, found.intent) == ("de", "de-AT", "track_order")
    assert (found.persona, found.tried, found.decision_id) == ("talker", ("self_service",), "d7")
    assert found.entities == {"order_number": "4471903"}
    assert [e["decibans"] for e in found.evidence] == [4.0, 0.0]
    assert [(line.sender, line.text) for line in found.transcript] == [
        ("customer", "Bestellung 4471903"),
        ("bot", "Sie ist unterwegs."),
        ("customer", "einen Menschen bitte"),
    ]


def test_handoff_tells_nobody_a_guess_that_the_customer_has_rejected() -> None:
    corrected = {**DECISION, "persona": None, "corrected": True, "inferred_persona": "talker"}
    found = handoff_request(tracker(decision=corrected), "agent")
    assert (found.persona, found.posterior, found.evidence) == (None, {}, ())


def test_second_customer_is_second_and_asking_twice_is_one_handoff() -> None:
    run(ActionHandoff(), tracker("anna"))
    assert run(ActionHandoff(), tracker("salma"))[1][0]["position"] == 2
    assert run(ActionHandoff(), tracker("salma"))[1][0]["position"] == 2
    assert len(open_queue().waiting()) == 2


def test_handoff_without_a_queue_tells_so_and_the_assistant_goes_on(unreachable: Path) -> None:
    assert run(ActionHandoff(), tracker()) == ([], [{"response": "utter_handoff_failed"}])


def test_way_back_closes_the_handoff_but_not_the_callback() -> None:
    run(ActionHandoff(), tracker())
    run(ActionRequestCallback(), tracker(phone_number="+43123", callback_time="morgens"))
    events, said = run(ActionEndHandoff(), tracker(handoff_status="waiting"))
    assert events == [{**WAITING, "value": None}]
    assert said == [{"response": "utter_handoff_ended", "handoff_status": None}]
    assert [handoff.request.kind for handoff in open_queue().open_for("anna")] == ["callback"]


def test_way_back_is_open_without_a_queue(unreachable: Path) -> None:
    events, _ = run(ActionEndHandoff(), tracker(handoff_status="waiting"))
    assert events == [{**WAITING, "value": None}]


def test_callback_is_stored_with_number_and_time() -> None:
    customer = tracker(phone_number="+966501234567", callback_time="بعد العصر")
    events, said = run(ActionRequestCallback(), customer)
    assert said == [
        {"response": "utter_callback_stored", "phone_number": "+966501234567",
         "callback_time": "بعد العصر"}
    ]  # fmt: skip
    assert [event["name"] for event in events] == ["callback_time"]
    [handoff] = open_queue().waiting()
    assert (handoff.request.kind, handoff.request.phone_number) == ("callback", "+966501234567")
    assert handoff.request.callback_time == "بعد العصر"


def test_callback_without_a_queue_is_never_promised(unreachable: Path) -> None:
    customer = tracker(phone_number="+966501234567", callback_time="بعد العصر")
    assert run(ActionRequestCallback(), customer)[1] == [{"response": "utter_callback_failed"}]


@pytest.fixture
def validated() -> Callable[[str, str], tuple[str | None, str | None]]:
    """Return a function that validates a number typed by a customer of a locale."""

    def validate(number: str, locale: str) -> tuple[str | None, str | None]:
        said = CollectingDispatcher()
        customer = tracker(decision={**DECISION, "locale": locale})
        found = ValidateCallbackForm().validate_phone_number(number, said, customer, {})
        return found["phone_number"], said.messages[0]["example"] if said.messages else None

    return validate


@pytest.mark.parametrize(
    ("number", "locale", "expected"),
    [
        ("020 7946 0958", "en-GB", "+442079460958"),
        ("01 5123456", "de-AT", "+4315123456"),
        ("+52 55 5123 4567", "es-MX", "+525551234567"),
        ("٠٥٠١٢٣٤٥٦٧", "ar-SA", "+966501234567"),
        ("0049 30 23125112", "de-DE", "+493023125112"),
        ("+34 910 000 112", "es", "+34910000112"),
    ],
)
def test_number_is_read_as_it_is_written_in_the_customers_country(
    validated: Callable[..., Any], number: str, locale: str, expected: str
) -> None:
    assert validated(number, locale) == (expected, None)


@pytest.mark.parametrize(
    ("number", "locale", "example"),
    [
        ("12", "de-AT", "+43 1 234567890"),
        ("abc", "ar-SA", "+966 11 234 5678"),
        ("", "es-MX", "+52 200 123 4567"),
        ("+999 1234567", "en", "+44 121 234 5678"),
        ("0151 23456789", "zh-Hant", "+44 121 234 5678"),
        ("9" * 5000, "de-419", "+49 30 123456"),
    ],
)
def test_unusable_number_is_asked_for_again_with_an_example_of_the_country(
    validated: Callable[..., Any], number: str, locale: str, example: str
) -> None:
    assert validated(number, locale) == (None, example)


@pytest.mark.parametrize("decision", [{}, {"plan": ["action_handoff"], "error": True}])
def test_handoff_of_a_failed_decision_is_still_one(decision: dict[str, Any]) -> None:
    customer = tracker(decision=decision, language="ar")
    found = handoff_request(customer, "agent")
    assert (found.reason, found.language, found.tried) == ("fallback", "ar", ())


def test_state_that_is_none_after_a_fault_costs_nobody_the_person() -> None:
    customer = tracker(decision={"plan": ["action_handoff"], "error": True, "state": None})
    assert handoff_request(customer, "agent").conversation == "anna"


def test_personal_data_in_a_transcript_is_covered_and_what_was_found_stays() -> None:
    said = tracker()
    said.events[1]["text"] = "Bestellung 4471903, ich bin 0664 1234567 und a@b.de"
    request = handoff_request(said, "agent")
    text = "Bestellung 4471903, ich bin [phone] und [email]"
    assert request.transcript[0].text == text
    assert request.entities["order_number"] == "4471903"


def test_policy_of_the_assistant_says_what_is_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    policy = DEFAULT_POLICY.read_text(encoding="utf-8")
    kinds = "redact: [email, iban, card, phone, address]"
    assert kinds in policy
    path = tmp_path / "data" / "routing.yml"
    path.write_text(policy.replace(kinds, "redact: [order]"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert handoff_request(tracker(), "agent").transcript[0].text == "Bestellung [order]"
    path.write_text("broken: [", encoding="utf-8")
    assert handoff_request(tracker(), "agent").transcript[0].text == "Bestellung 4471903"
