"""Custom actions that lead to people: handoff to an agent, back again, and callbacks."""

import logging
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import phonenumbers
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from persona_router.content.connectors import EMBEDDED, ENDPOINTS, read_connector
from persona_router.content.errors import ContentError
from persona_router.handoff.customers import DELAYED, WAITING
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.queue import HandoffError, HandoffRequest
from persona_router.handoff.sqlite import open_queue
from persona_router.rasa.handoff_facts import handoff_request, last_decision
from persona_router.state import state_file

log = logging.getLogger(__name__)
PASSED_ON = "utter_handoff_passed_on"


class ActionHandoff(Action):
    """Hands the conversation over to the desk of endpoints.yml; the assistant is then silent."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the slot that silences the assistant, or none when no desk can be reached."""
        request = handoff_request(tracker, "agent")
        try:
            said = _passed_on(request)
        except HandoffError:
            log.exception("the outbox cannot be used; the embedded desk takes the handoff")
            said = None
        try:
            said = said or _queued(request)
        except HandoffError:
            log.exception("the handoff queue cannot be reached")
            dispatcher.utter_message(response="utter_handoff_failed")
            return []
        dispatcher.utter_message(handoff_status=WAITING, **said)
        return [SlotSet("handoff_status", WAITING)]


class ActionEndHandoff(Action):
    """Takes the conversation back from the people at the customer's wish."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_end_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the slot that lets the assistant speak again."""
        for leave in (_leave_outbox, _leave_queue):
            try:
                leave(tracker.sender_id)
            except HandoffError:
                log.exception("the handoff stays where it is; the customer went back regardless")
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


def _passed_on(request: HandoffRequest) -> Optional[Dict[str, Any]]:
    """Return what to say when another desk gets the handoff; None when the embedded one does.

    That has it also if it has the conversation already, or if endpoints.yml cannot be used: an
    odd setting must not cost a customer the person they asked for.
    """
    try:
        provider = read_connector(Path(ENDPOINTS)).provider
    except ContentError as error:
        log.error("%s The embedded desk takes the handoff.", error)
        return None
    if provider == EMBEDDED:
        return None
    if any(one.request.kind == "agent" for one in open_queue().open_for(request.conversation)):
        return None
    outbox = open_outbox()
    down = outbox.health(provider).is_down(time.time())
    outbox.open(request, provider, delayed=down)
    return {"response": DELAYED if down else PASSED_ON}


def _queued(request: HandoffRequest) -> Dict[str, Any]:
    """Return what to say when the embedded desk has the handoff."""
    queue = open_queue()
    handoff = queue.add(request)
    return {"response": "utter_handoff_waiting", "position": queue.position(handoff.id) or 1}


def _leave_outbox(conversation: str) -> None:
    if state_file("outbox.sqlite").exists():
        open_outbox().end(conversation)


def _leave_queue(conversation: str) -> None:
    queue = open_queue()
    for handoff in queue.open_for(conversation):
        if handoff.request.kind == "agent":
            queue.close(handoff.id, by="customer")


def _region(tracker: Tracker) -> Optional[str]:
    locale = last_decision(tracker).get("locale") or ""
    region: str = locale.rpartition("-")[2] if "-" in locale else ""
    return region if len(region) == 2 else None
