"""The callback form's checks and its booking, by the sample's policy and the real clock."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from persona_router.content.policies import read_policy
from persona_router.handoff.bookings import open_bookings
from persona_router.handoff.sqlite import open_queue
from persona_router.rasa.callback_actions import ActionRequestCallback, ValidateCallbackForm
from persona_router.rasa.callback_times import CallbackTimes, callback_times
from tests.rasa.test_handoff_actions import DECISION, run, tracker
from tests.training import ROOT

NUMBER = "+4315123456"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.chdir(ROOT)
    return tmp_path


def times(decision: dict[str, Any] = DECISION) -> CallbackTimes:
    policy = read_policy(ROOT / "data" / "routing.yml")
    found = callback_times(policy, decision, decision["locale"], None, datetime.now(timezone.utc))
    assert found is not None
    return found


def first_slot(decision: dict[str, Any] = DECISION) -> datetime:
    """The first slot that is free for at least some minutes to come."""
    soon = datetime.now(timezone.utc) + timedelta(minutes=20)
    return next(one for one in times(decision).free(open_bookings(), "nobody") if one > soon)


def answered(said: str, name: str = "anna", **slots: Any) -> tuple[dict[str, Any], list[str]]:
    """Return what the form keeps of an answer, and what it says to it."""
    dispatcher = CollectingDispatcher()
    customer = tracker(name, **slots)
    kept = ValidateCallbackForm().validate_callback_time(said, dispatcher, customer, {})
    return kept, [message["response"] for message in dispatcher.messages]


def test_chosen_slot_is_kept_and_then_booked() -> None:
    start = first_slot()
    kept, said = answered(start.isoformat())
    assert (kept["callback_time"], said) == (start.isoformat(), [])
    customer = tracker(phone_number=NUMBER, callback_time=start.isoformat())
    events, (told,) = run(ActionRequestCallback(), customer)
    assert [event["name"] for event in events] == ["callback_time"]
    assert told["response"] == "utter_callback_booked"
    assert told["phone_number"] == "+43 1 5123456"
    assert told["callback_time"].endswith(" (Deutschland (Ortszeit))") or (
        told["callback_time"] == times().told(start)
    )
    [handoff] = open_queue().waiting()
    booking = open_bookings().get(handoff.id)
    assert booking is not None
    assert (booking.start, booking.number, booking.attempts) == (start.timestamp(), NUMBER, 0)


def test_full_slot_is_refused_and_the_next_customer_told() -> None:
    start = first_slot()
    for name in ("anna", "salma"):
        assert answered(start.isoformat(), name)[0]["callback_time"] == start.isoformat()
    kept, said = answered(start.isoformat(), "zoe")
    assert kept == {"callback_time": None}
    assert said == ["utter_callback_time_unavailable"]


def test_slot_that_was_given_away_meanwhile_is_never_promised() -> None:
    start = first_slot()
    bookings = open_bookings()
    for name in ("anna", "salma"):
        assert bookings.hold(name, times().line, start.timestamp(), at_once=2)
    customer = tracker("zoe", phone_number=NUMBER, callback_time=start.isoformat())
    assert run(ActionRequestCallback(), customer)[1] == [{"response": "utter_callback_failed"}]
    assert open_queue().waiting() == ()


def test_second_booking_of_a_customer_moves_the_first() -> None:
    starts = times().free(open_bookings(), "anna")[4:6]
    for start, number in zip(starts, (NUMBER, "+493023125112"), strict=True):
        answered(start.isoformat())
        run(
            ActionRequestCallback(),
            tracker(phone_number=number, callback_time=start.isoformat()),
        )
    [handoff] = open_queue().waiting()
    booking = open_bookings().get(handoff.id)
    assert booking is not None
    assert (booking.start, booking.number) == (starts[1].timestamp(), "+493023125112")
    assert sum(open_bookings().taken(times().line).values()) == 1


def test_soonest_in_words_is_the_first_free_slot() -> None:
    kept, said = answered("so bald wie möglich")
    assert said == []
    assert (
        datetime.fromisoformat(kept["callback_time"]) in times().free(open_bookings(), "anna")[:1]
    )


def test_unclear_words_are_asked_about_once_and_then_kept_for_a_person() -> None:
    kept, said = answered("wenn die Kinder im Bett sind")
    assert said == ["utter_callback_time_unclear"]
    assert kept == {"callback_time": None, "callback_doubt": "wenn die Kinder im Bett sind"}
    kept, said = answered("wenn es ruhig ist " * 90, callback_doubt=kept["callback_doubt"])
    assert said == []
    assert kept["callback_doubt"] is None
    assert len(kept["callback_time"]) == 200


def test_clear_time_at_which_nobody_is_there_is_said_to_be_so() -> None:
    kept, said = answered("morgen um 3:30 Uhr in der Früh")
    assert (kept, said) == ({"callback_time": None}, ["utter_callback_time_unavailable"])


def test_words_are_taken_where_nobody_speaks_the_language_on_the_phone() -> None:
    decision = {**DECISION, "locale": "uk-UA"}
    dispatcher = CollectingDispatcher()
    kept = ValidateCallbackForm().validate_callback_time(
        "завтра о третій", dispatcher, tracker(decision=decision), {}
    )
    assert kept == {"callback_time": "завтра о третій", "callback_doubt": None}
    assert dispatcher.messages == []


def test_words_are_taken_where_the_bookings_cannot_be_read(state: Path) -> None:
    (state / "callbacks.sqlite").write_text("no database " * 900, encoding="utf-8")
    assert answered("morgen um 15 Uhr")[0]["callback_time"] == "morgen um 15 Uhr"


def test_concern_with_a_service_of_its_own_has_slots_of_its_own() -> None:
    complaint = {**DECISION, "concern": "complaint"}
    assert times(complaint).line == "de complaint payment_problem"
    assert times().line == "de"


@pytest.mark.parametrize(
    ("number", "locale", "expected"),
    [
        pytest.param("910 000 112", "es", "+34910000112", id="of-the-line"),
        pytest.param("22 000 01 12", "pl", "+48220000112", id="of-the-line-pl"),
        pytest.param("55 5123 4567", "es-MX", "+525551234567", id="of-the-customer"),
        pytest.param("+1 212 555 0187", "es", "+12125550187", id="of-the-number"),
    ],
)
def test_number_without_a_country_code_is_of_the_customers_country_or_the_lines(
    number: str, locale: str, expected: str
) -> None:
    customer = tracker(decision={**DECISION, "locale": locale})
    said = CollectingDispatcher()
    found = ValidateCallbackForm().validate_phone_number(number, said, customer, {})
    assert (found, said.messages) == ({"phone_number": expected}, [])
