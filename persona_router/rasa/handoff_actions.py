"""Custom actions that lead to people: handoff to an agent, back again, and callbacks."""

import logging
import time
from typing import Any, Dict, List, Optional

import phonenumbers
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from persona_router.handoff.queue import HandoffError, HandoffRequest, Kind, Line
from persona_router.handoff.sqlite import open_queue

log = logging.getLogger(__name__)
WAITING = "waiting"


class ActionHandoff(Action):
    """Puts the conversation into the queue; the assistant is silent from then on."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the slot that silences the assistant, or none when the queue cannot be reached."""
        try:
            queue = open_queue()
            handoff = queue.add(handoff_request(tracker, "agent"))
            position = queue.position(handoff.id) or 1
        except HandoffError:
            log.exception("the handoff queue cannot be reached")
            dispatcher.utter_message(response="utter_handoff_failed")
            return []
        dispatcher.utter_message(
            response="utter_handoff_waiting", position=position, handoff_status=WAITING
        )
        return [SlotSet("handoff_status", WAITING)]


class ActionEndHandoff(Action):
    """Takes the conversation out of the queue at the customer's wish."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_end_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the slot that lets the assistant speak again."""
        try:
            queue = open_queue()
            for handoff in queue.open_for(tracker.sender_id):
                if handoff.request.kind == "agent":
                    queue.close(handoff.id, by="customer")
        except HandoffError:
            log.exception("the handoff stays in the queue; the customer went back regardless")
        dispatcher.utter_message(response="utter_handoff_ended", handoff_status=None)
        return [SlotSet("handoff_status", None)]


class ActionRequestCallback(Action):
    """Stores a request to be called, once the form knows number and time."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_request_callback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the form's slots emptied, whether or not the request could be stored."""
        number, when = tracker.get_slot("phone_number"), tracker.get_slot("callback_time")
        try:
            open_queue().add(handoff_request(tracker, "callback", number=number, when=when))
            dispatcher.utter_message(
                response="utter_callback_stored", phone_number=number, callback_time=when
            )
        except HandoffError:
            log.exception("the callback cannot be stored")
            dispatcher.utter_message(response="utter_callback_failed")
        return [SlotSet("callback_time", None)]


class ValidateCallbackForm(FormValidationAction):
    """Checks that a number can be dialled; examples are of the customer's country."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_callback_form"

    def validate_phone_number(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Dict[str, Any],
    ) -> Dict[str, Any]:
        """Return the number as E.164, or None after saying what is wrong with it."""
        region = _region(tracker)
        try:
            parsed = phonenumbers.parse(str(value), region)
            if phonenumbers.is_valid_number(parsed):
                shape = phonenumbers.PhoneNumberFormat.E164
                return {"phone_number": phonenumbers.format_number(parsed, shape)}
        except phonenumbers.NumberParseException:
            pass
        example = phonenumbers.example_number(region or "GB")
        shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        dispatcher.utter_message(
            response="utter_phone_number_invalid",
            example=phonenumbers.format_number(example, shape),
        )
        return {"phone_number": None}

    def validate_callback_time(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Dict[str, Any],
    ) -> Dict[str, Any]:
        """Return the customer's words about the time, as they are, at most 200 characters."""
        return {"callback_time": str(value)[:200]}


def handoff_request(
    tracker: Tracker, kind: Kind, *, number: Optional[str] = None, when: Optional[str] = None
) -> HandoffRequest:
    """Return what a person needs to know of this conversation, from the tracker alone."""
    decision = _last_decision(tracker)
    persona = decision.get("persona")
    evidence = [
        {**entry, "decibans": entry.get("decibans", {}).get(persona, 0.0)}
        for entry in decision.get("evidence", [])
        if persona is not None
    ]
    reasons = decision.get("reasons", [])
    locale = decision.get("locale") or _spoken(tracker)
    return HandoffRequest(
        conversation=tracker.sender_id,
        kind=kind,
        reason=reasons[0]["code"] if reasons else "fallback",
        language=decision.get("spoken") or locale.partition("-")[0],
        locale=locale,
        output_channel=tracker.get_latest_input_channel() or "website",
        requested_at=time.time(),
        intent=decision.get("concern") or decision.get("intent"),
        persona=persona,
        posterior=decision.get("posterior", {}),
        evidence=tuple(evidence),
        entities=_entities(tracker),
        tried=tuple((decision.get("state") or {}).get("tried", ())[:-1]),
        transcript=tuple(_transcript(tracker)),
        phone_number=number,
        callback_time=when,
        decision_id=decision.get("id"),
    )


def _spoken(tracker: Tracker) -> str:
    """Return the locale of the conversation where its decision has none; "und" if it is unknown."""
    found = (tracker.latest_message or {}).get("language") or {}
    return found.get("locale") or tracker.get_slot("language") or "und"


def _last_decision(tracker: Tracker) -> Dict[str, Any]:
    return (tracker.latest_message or {}).get("routing") or _from_events(tracker)


def _from_events(tracker: Tracker) -> Dict[str, Any]:
    for event in reversed(tracker.events):
        found = (event.get("parse_data") or {}).get("routing") if event["event"] == "user" else None
        if found and found.get("plan"):
            return dict(found)
    return {}


def _entities(tracker: Tracker) -> Dict[str, Any]:
    """Return what rules found in the whole conversation, the latest value of each kind."""
    plugin = ("language", "persona", "route", "slot_value")
    found: Dict[str, Any] = {}
    for event in tracker.events:
        if event["event"] == "user":
            for entity in (event.get("parse_data") or {}).get("entities", []):
                if entity["entity"] not in plugin:
                    found[entity["entity"]] = entity["value"]
    return found


def _transcript(tracker: Tracker) -> List[Line]:
    senders = {"user": "customer", "bot": "bot"}
    return [
        Line(sender=senders[event["event"]], text=event["text"], at=float(event["timestamp"]))  # type: ignore[arg-type]
        for event in tracker.events
        if event["event"] in senders and event.get("text")
    ]


def _region(tracker: Tracker) -> Optional[str]:
    locale = _last_decision(tracker).get("locale") or ""
    region: str = locale.rpartition("-")[2] if "-" in locale else ""
    return region if len(region) == 2 else None
