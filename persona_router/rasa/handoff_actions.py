"""Custom actions that lead to people in the chat: handoff to an agent, and back again."""

import logging
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from persona_router.content.connectors import EMBEDDED, ENDPOINTS, read_connector
from persona_router.content.errors import ContentError
from persona_router.handoff.customers import DELAYED, WAITING
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.queue import HandoffError, HandoffRequest
from persona_router.handoff.sqlite import open_queue
from persona_router.rasa.action_watching import watch_actions
from persona_router.rasa.callback_actions import ActionRequestCallback, ValidateCallbackForm
from persona_router.rasa.handoff_facts import handoff_request
from persona_router.state import state_file

__all__ = ["ActionEndHandoff", "ActionHandoff", "ActionRequestCallback", "ValidateCallbackForm"]

log = logging.getLogger(__name__)
PASSED_ON = "utter_handoff_passed_on"

watch_actions()


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
