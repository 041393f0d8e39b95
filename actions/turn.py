"""How a turn of the conversation looks to a form: what was asked, given, and known before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

# "hmm" and "maybe" look like a yes up to 0.86; words that are one, and buttons, stand above it.
_SURE_FROM = 0.9
_LISTENING = frozenset({"action_listen", "action_extract_slots"})


@dataclass(frozen=True, kw_only=True)
class FormTurn:
    """The customer's latest message from the point of view of one form.

    `activated`: the form starts in this turn. `interrupted`: another action has answered the
    message, so that it is no answer to the form. `asked` is the slot that the form waits for, None
    when it starts. `given` names the slots set since the message, `before` holds their values of
    before it.
    """

    activated: bool
    interrupted: bool
    asked: str | None
    given: frozenset[str]
    before: Mapping[str, Any]
    sure: bool = True
    """Whether the message's intent is beyond doubt, as a yes must be before an order changes."""

    @property
    def silent(self) -> bool:
        """Whether an unusable value is forgotten without a word: nobody meant it as an answer."""
        return self.activated or self.interrupted


def form_turn(tracker: Tracker, form: str) -> FormTurn:
    """Return the latest turn as the form sees it."""
    events = tracker.events_after_latest_restart()
    start = max(
        (index for index, event in enumerate(events) if event["event"] == "user"), default=0
    )
    since = events[start:]
    # Rasa validates what it knew before it activates the form, at first without the activation.
    activated = tracker.active_loop_name != form or any(
        event["event"] == "active_loop" and event.get("name") == form for event in since
    )
    # Behind its own action, Rasa repeats the values it wants validated, given or remembered.
    own = [
        index
        for index, event in enumerate(since)
        if event["event"] == "action" and event["name"] == form
    ]
    said = since[: own[-1]] if own else since
    others = {event["name"] for event in since if event["event"] == "action"} - _LISTENING - {form}
    return FormTurn(
        activated=activated,
        interrupted=bool(others) and not activated,
        asked=None if activated else tracker.get_slot("requested_slot"),
        given=frozenset(event["name"] for event in said if event["event"] == "slot"),
        before={
            event["name"]: event["value"] for event in events[:start] if event["event"] == "slot"
        },
        sure=_confidence(tracker) >= _SURE_FROM,
    )


def _confidence(tracker: Tracker) -> float:
    intent = (tracker.latest_message or {}).get("intent") or {}
    return float(intent.get("confidence", 1.0))
