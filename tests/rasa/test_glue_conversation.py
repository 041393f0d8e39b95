from collections import Counter

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.core.comparison_rules import arm_of
from persona_router.rasa.conversation import (
    changed_entities,
    earlier,
    executed_actions,
    in_conversation,
    latest_metadata,
    left_events,
    lot_of,
    released_by_person,
    since_message,
    slot,
)
from tests.rasa.parts import conversation, uttered

BEGUN = DialogueStateTracker("somebody", [])


@pytest.mark.parametrize("tracker", [None, BEGUN], ids=["none", "without events"])
def test_no_conversation_before_the_first_event(tracker: DialogueStateTracker | None) -> None:
    assert not in_conversation(tracker)
    assert earlier(tracker, "language") is None
    assert changed_entities(tracker, {"language": "de"}, "Tested") == []


def test_earlier_finding_is_that_of_the_latest_message() -> None:
    tracker = conversation(
        uttered("Hallo", language={"code": "de"}), uttered("Hola", language={"code": "es"})
    )
    assert earlier(tracker, "language") == {"code": "es"}
    assert earlier(tracker, "routing") is None


def test_earlier_finding_survives_a_form_whose_turns_replaying_hides() -> None:
    tracker = conversation(
        uttered("wo ist mein Paket", routing={"turn": 1}),
        ActionExecuted("track_form"),
        ActiveLoop("track_form"),
        SlotSet("requested_slot", "order_number"),
        ActionExecuted("action_listen"),
        uttered("4471903", routing={"turn": 2}),
    )
    assert earlier(tracker, "routing") == {"turn": 2}


@pytest.mark.parametrize("border", [SessionStarted(), Restarted()], ids=["session", "restart"])
def test_nothing_is_known_from_before_a_new_start(border: SessionStarted | Restarted) -> None:
    tracker = conversation(uttered("مرحبا", language={"code": "ar"}), border)
    assert earlier(tracker, "language") is None


def test_metadata_of_the_latest_message_is_read_whatever_its_type() -> None:
    assert latest_metadata(conversation()) is None
    tracker = conversation(uttered("hi", {"locale": "en-GB"}), BotUttered("hello"))
    assert latest_metadata(tracker) == {"locale": "en-GB"}


def test_slot_of_an_unknown_name_is_none() -> None:
    tracker = conversation(slots={"language": "ar"})
    assert slot(tracker, "language") == "ar"
    assert slot(tracker, "no_such_slot") is None
    assert slot(None, "language") is None


def test_entities_are_emitted_only_for_values_that_changed() -> None:
    tracker = conversation(uttered("Hallo"), slots={"language": "de", "route": "agent"})
    found = changed_entities(tracker, {"language": "de", "route": "phone", "persona": None}, "T")
    assert found == [{"entity": "route", "value": "phone", "extractor": "T", "start": 0, "end": 0}]


def test_events_of_a_turn_are_those_after_the_message() -> None:
    said = BotUttered("Wie lautet Ihre Bestellnummer?")
    tracker = conversation(uttered("Hallo"), ActionExecuted("utter_greet"), said)
    events = since_message(tracker)
    assert [type(event) for event in events] == [ActionExecuted, BotUttered]
    assert executed_actions([*events, ActionExecuted("action_listen")]) == ["utter_greet"]


def test_action_that_left_nothing_is_told_from_one_that_spoke() -> None:
    acted, spoke = ActionExecuted("action_track"), BotUttered("…")
    assert left_events([acted, spoke])
    assert not left_events([acted])
    assert not left_events([acted, spoke, ActionExecuted("action_handoff")])
    assert left_events([SlotSet("order_number", "4471903")])
    assert not left_events([])


def test_released_by_person_is_seen_until_the_customer_writes_again() -> None:
    tracker = DialogueStateTracker.from_events(
        "c", [UserUttered("Hallo"), SlotSet("handoff_status", "connected")]
    )
    assert not released_by_person(tracker)
    tracker.update(SlotSet("handoff_status", None))
    assert released_by_person(tracker)
    tracker.update(UserUttered("Wie lange dauert die Lieferung?"))
    assert not released_by_person(tracker)


def visitor(number: int, *events: str) -> DialogueStateTracker:
    begun = SessionStarted(timestamp=1.0)
    return DialogueStateTracker.from_events(f"visitor {number}", [begun, *map(uttered, events)], [])


def test_arms_have_their_share_of_conversations() -> None:
    arms = Counter(arm_of(lot_of(visitor(n), "arm"), 0.3) for n in range(4000))
    assert abs(arms["b"] - 1200) <= 3 * (4000 * 0.3 * 0.7) ** 0.5


def test_lot_stays_with_a_conversation() -> None:
    for n in range(20):
        assert lot_of(visitor(n), "arm") == lot_of(visitor(n, "hello", "where is it"), "arm")


def test_lots_of_other_salts_are_drawn_independently() -> None:
    lots = [(lot_of(visitor(n), "arm"), lot_of(visitor(n), "lot")) for n in range(4000)]
    both = sum(arm < 0.5 and trial < 0.5 for arm, trial in lots)
    assert abs(both - 1000) <= 3 * (4000 * 0.25 * 0.75) ** 0.5
