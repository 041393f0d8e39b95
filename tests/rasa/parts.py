"""The parts of Rasa that a component meets: messages, trackers, storage and a policy file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.content.policies import DEFAULT_POLICY
from persona_router.rasa.importer import PersonaRouterImporter

RESOURCE = Resource("tested")
CONTEXT = ExecutionContext(GraphSchema({}), model_id="tested", node_name="tested")
PEOPLE = {
    "agent": {"person": True, "action": "action_handoff", "offer": "utter_offer_agent"},
    "phone": {"person": True, "action": "utter_offer_phone", "on_wish": "callback_form"},
}
HOST = {
    "intents": ["track_order", "opening", "greet", "talk_to_human", "affirm"],
    "forms": {"track_form": {"required_slots": ["order_number"]}},
    "slots": {
        "order_number": {
            "type": "text",
            "influence_conversation": False,
            "mappings": [{"type": "from_entity", "entity": "order_number"}],
        }
    },
    "entities": ["order_number"],
    "actions": ["action_track"],
    "responses": {"utter_greet": [{"text": "Hello from the domain"}]},
}


def storage(folder: Path) -> LocalModelStorage:
    """Return an empty model storage in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return LocalModelStorage(folder)


def policy_file(folder: Path, **changes: Any) -> Path:
    """Return a routing policy of a host with two concerns, written below `folder`."""
    content = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    content.update(
        version="tested",
        intents={
            "track_order": {
                "served_by": ["self_service", "knowledge_base", "agent", "phone"],
                "self_service": "track_form",
            },
            "opening": {"served_by": ["knowledge_base", "agent", "phone"]},
        },
        wishes={"talk_to_human": ["agent", "phone"]},
        must_answer=["action_track", "action_request_callback"],
    )
    content["routes"].update(PEOPLE)
    content.update(changes)
    file = folder / "routing.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def host_domain() -> Domain:
    """Return the plugin's domain joined with that of a small host."""
    return PersonaRouterImporter().get_domain().merge(Domain.from_dict(HOST))


def message(
    text: str, *, intent: str | None = None, sure: float = 0.9, metadata: object = None, **data: Any
) -> Message:
    """Return a message as the components before have left it."""
    found: dict[str, Any] = {TEXT: text, **data}
    if intent is not None:
        found[INTENT] = {INTENT_NAME_KEY: intent, "confidence": sure}
    if metadata is not None:
        found["metadata"] = metadata
    return Message(data=found)


def uttered(text: str, metadata: Any = None, **parsed: Any) -> UserUttered:
    """Return the event of a customer's message in which the components found `parsed`."""
    data = {"text": text, "intent": {"name": None, "confidence": 0.0}, "entities": [], **parsed}
    return UserUttered(text, data["intent"], data["entities"], data, metadata=metadata)


def conversation(
    *events: Event, slots: Mapping[str, Any] | None = None, sender: str = "somebody"
) -> DialogueStateTracker:
    """Return a tracker of a session that has begun and gone on with `events`."""
    begun: Sequence[Event] = (SessionStarted(timestamp=1.0), ActionExecuted("action_listen"))
    tracker = DialogueStateTracker.from_events(sender, [*begun, *events], host_domain().slots)
    for name, value in (slots or {}).items():
        tracker._set_slot(name, value)
    return tracker


def button(payload: str, **more: Any) -> dict[str, Any]:
    """Return the metadata of a pressed button."""
    return {"input": "button", "payload": payload, **more}
