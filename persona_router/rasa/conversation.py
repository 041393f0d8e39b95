"""What the core needs to know of a Rasa tracker."""

import hashlib
from typing import Any, Dict, List, Optional

from rasa.shared.core.events import ActionExecuted, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.core.text import fold
from persona_router.core.turn import is_click

ROUTING = "routing"
LANGUAGE = "language"
CONCERNS = "concerns"
"""The text of a message without the sentences in which customers say who they are."""
KNOWLEDGE = "knowledge"
ARTICLE = "utter_article"
"""The action that shows the best article found."""
"""Names under which the components' results stand in a message and so in the tracker."""


def in_conversation(tracker: Optional[DialogueStateTracker]) -> bool:
    """Return whether there is a conversation: not in training, `rasa test nlu` or a bare parse."""
    return tracker is not None and bool(tracker.events)


def earlier(tracker: Optional[DialogueStateTracker], key: str) -> Any:
    """Return what a component found in the customer's latest message; None at the start.

    Read from the events: inside a form, `tracker.latest_message` of a loaded tracker is an older
    message, because replaying hides the turns of a form's happy path.
    """
    for event in reversed(tracker.events if tracker is not None else []):
        if isinstance(event, UserUttered):
            return (event.parse_data or {}).get(key)
        if isinstance(event, (SessionStarted, Restarted)):
            return None
    return None


def latest_metadata(tracker: DialogueStateTracker) -> Any:
    """Return the metadata of the customer's latest message; None at the start."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return event.metadata
    return None


def earlier_texts(tracker: DialogueStateTracker, most: int = 10) -> List[str]:
    """Return what the customer typed before in this conversation, oldest first, folded."""
    texts: List[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, (SessionStarted, Restarted)) or len(texts) == most:
            break
        if isinstance(event, UserUttered) and not is_click(event.metadata):
            texts.append(fold(event.text or ""))
    return texts[::-1]


def slot(tracker: Optional[DialogueStateTracker], name: str) -> Any:
    """Return a slot's value; None where the slot is not declared or there is no conversation."""
    if tracker is None or name not in tracker.slots:
        return None
    return tracker.get_slot(name)


def changed_entities(
    tracker: Optional[DialogueStateTracker], values: Dict[str, Optional[str]], extractor: str
) -> List[Dict[str, Any]]:
    """Return entities for the values that differ from the slots of the same names.

    Only inside a conversation and only on change: entities without a place in the text break
    `rasa test --e2e`, and each one costs an event for ever.
    """
    if not in_conversation(tracker):
        return []
    return [
        {"entity": name, "value": value, "extractor": extractor, "start": 0, "end": 0}
        for name, value in values.items()
        if value is not None and slot(tracker, name) != value
    ]


def since_message(tracker: DialogueStateTracker) -> List[Any]:
    """Return the events after the customer's last message, oldest first."""
    events: List[Any] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        events.append(event)
    return events[::-1]


def released_by_person(tracker: DialogueStateTracker) -> bool:
    """Return whether a person gave the conversation back since the customer's last message."""
    return any(
        isinstance(event, SlotSet) and event.key == "handoff_status" and event.value is None
        for event in since_message(tracker)
    )


def executed_actions(events: List[Any]) -> List[str]:
    """Return the names of the actions among `events`, oldest first, without listening."""
    return [
        event.action_name
        for event in events
        if isinstance(event, ActionExecuted) and event.action_name != "action_listen"
    ]


def left_events(events: List[Any]) -> bool:
    """Return whether the last action among `events` left any event behind it."""
    for place in range(len(events) - 1, -1, -1):
        if isinstance(events[place], ActionExecuted):
            return place < len(events) - 1
    return bool(events)


def concerns(message: Message) -> str:
    """Return what of a message is looked at: all but the customer's introduction of themselves."""
    return message.get(CONCERNS) or message.get(TEXT) or ""


def lot_of(tracker: DialogueStateTracker, salt: str) -> float:
    """Return what the whole conversation draws, evenly from [0, 1); each salt draws anew."""
    spot = f"{salt}|{tracker.sender_id}|{tracker.events[0].timestamp}"
    return int.from_bytes(hashlib.sha256(spot.encode()).digest()[:6], "big") / 2**48
