"""PersonaRouter: hands each turn to the core and puts the decision into the message."""

import hashlib
import json
import logging
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.assistant import Assistant, read_assistant
from persona_router.content.learned_files import load_learned, save_learned
from persona_router.content.meaning_fit import load_meaning, save_meaning
from persona_router.core.learned import LearnedModel
from persona_router.core.meaning import MeaningModel
from persona_router.core.policy_comparison import route_compared
from persona_router.core.routing import after_handoff, route_turn
from persona_router.core.state import read_state
from persona_router.logs import about
from persona_router.rasa.buttons import chosen_payload
from persona_router.rasa.conversation import (
    ARTICLE,
    KNOWLEDGE,
    ROUTING,
    changed_entities,
    earlier,
    in_conversation,
    lot_of,
    released_by_person,
)
from persona_router.rasa.evaluation import current_evaluation
from persona_router.rasa.model_files import fingerprint, persist, restore
from persona_router.rasa.questions import keep_question
from persona_router.rasa.routing_paths import COMPARED, own_path, routing_paths
from persona_router.rasa.stages import stage
from persona_router.rasa.told import told_hits
from persona_router.rasa.training import fit_learned, fit_meaning
from persona_router.rasa.turns import read_turn
from persona_router.rasa.watching import watched

log = logging.getLogger(__name__)
_MADE = ("meaning.npz", "learned.json", "intents.json")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PersonaRouter(GraphComponent):
    """Adds `routing`, the decision of this turn, and the entities behind the plugin's slots."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: paths of `routing`, `personas`, `lexicon`, `examples`, `wishes`."""
        names = ("routing", "personas", "lexicon", "examples", "wishes")
        return dict.fromkeys(names)

    def __init__(
        self,
        assistant: Assistant,
        meaning: MeaningModel,
        learned: LearnedModel,
        intents: List[str],
    ) -> None:
        self._stated, self._assistant = assistant, assistant.taught(learned.usual)
        self._meaning = meaning
        self._learned = learned
        self._intents = frozenset(intents)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "PersonaRouter":
        """Return the component for training; raises ContentError where content is at fault."""
        paths = routing_paths(config)
        assistant = read_assistant(
            policy=paths["routing.yml"], personas=paths["personas"], lexicon=paths.get("lexicon")
        )
        component = cls(assistant, MeaningModel(), LearnedModel(), [])
        component._storage, component._resource = model_storage, resource
        component._paths = paths
        component._examples, component._wishes = (
            own_path(config, n) for n in ("examples", "wishes")
        )
        return component

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PersonaRouter":
        """Return the component with the content and classifiers of the model."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = restore(model_storage, resource, Path(scratch))
            if folder is None:
                raise ValueError("The model holds no routing content. Train it again.")
            own = folder / "lexicon"
            assistant = read_assistant(
                policy=folder / "routing.yml",
                personas=folder / "personas",
                lexicon=own if own.exists() else None,
                compared=folder / COMPARED,
            )
            meaning = load_meaning(folder / "meaning.npz")
            learned = load_learned(folder / "learned.json")
            intents = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        assistant.warm()
        watched().declare(assistant)
        return cls(assistant, meaning, learned, intents)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Return a hash of all content, so that an edited file is not served from the cache."""
        learned = filter(None, (own_path(config, name) for name in ("examples", "wishes")))
        return fingerprint([*routing_paths(config).values(), *learned])

    def train(self, training_data: TrainingData) -> Resource:
        """Return the resource with content, classifiers over vectors, and the known intents."""
        meaning = fit_meaning(training_data, self._assistant, self._examples, self._wishes)
        learned = fit_learned(self._assistant, meaning, self._examples)
        with tempfile.TemporaryDirectory() as scratch:
            made = {name: Path(scratch) / name for name in _MADE}
            save_meaning(meaning, made["meaning.npz"])
            save_learned(learned, made["learned.json"])
            intents = sorted(training_data.intents)
            made["intents.json"].write_text(json.dumps(intents), encoding="utf-8")
            return persist({**self._paths, **made}, self._storage, self._resource)

    def process(
        self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None
    ) -> List[Message]:
        """Return the messages with `routing`; a fault in routing still leads to a person."""
        if not in_conversation(tracker):
            return messages
        with stage("routing", messages):
            for message in messages:
                self._press_button(message, tracker)
                version = self._assistant.policy.version
                about(conversation=tracker.sender_id, decision=_decision_id(tracker, version))
                try:
                    self._route(message, tracker)
                except Exception:
                    log.exception("routing failed; the customer is led to a person")
                    message.set(ROUTING, self._rescue(message, tracker), add_to_output=True)
        return messages

    def _press_button(self, message: Message, tracker: DialogueStateTracker) -> None:
        """Give a pressed button's intent or slot value to the message, as if it were understood."""
        payload = chosen_payload(message, tracker)
        if payload is None:
            return
        if payload.kind == "intent" and payload.value in self._intents:
            intent = {INTENT_NAME_KEY: payload.value, "confidence": 1.0}
            message.set(INTENT, intent, add_to_output=True)
        if payload.kind == "slot":
            entity = {"entity": "slot_value", "value": payload.value, "start": 0, "end": 0}
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)

    def _route(self, message: Message, tracker: DialogueStateTracker) -> None:
        evaluation = current_evaluation()
        case = evaluation.case if evaluation is not None else None
        assistant = self._assistant
        if case in self._learned.held_out:
            assistant = self._stated.taught(self._learned.of(case))
        policy, compared = assistant.policy, assistant.compared
        state = read_state((earlier(tracker, ROUTING) or {}).get("state"))
        if evaluation is not None and evaluation.at is None:
            policy, compared = policy.always_open(), compared and compared.always_open()
        turn = read_turn(message, tracker, assistant, self._meaning, number=state.turns + 1)
        at = evaluation.at if evaluation is not None and evaluation.at else _now()
        going_back = turn.payload is not None and turn.payload.kind == "resume"
        if going_back or released_by_person(tracker):
            state = after_handoff(state)
        given = {
            "policy": policy,
            "personas": assistant.personas,
            "at": at,
            "decision_id": _decision_id(tracker, policy.version),
        }
        agreed = turn.metadata.experiments
        if compared is not None and agreed:
            lot = lot_of(tracker, "arm")
            decision = route_compared(turn, state, compared=compared, lot=lot, **given)
        else:
            decision = route_turn(
                turn, state, lot=lot_of(tracker, "lot") if agreed else None, **given
            )
        message.set(ROUTING, decision.to_json(), add_to_output=True)
        # Rasa leaves out a line that says the same as the one before.
        said = {"route": decision.route, "persona": decision.persona, "intent": decision.intent}
        log.info("turn routed: %s", decision.id, extra=said)
        keep_question(message, decision, policy)
        if message.get(KNOWLEDGE) is None and ARTICLE in decision.plan:
            # A button asks for the article of the question before it.
            message.set(KNOWLEDGE, told_hits(tracker, None), add_to_output=True)
        # An entity cannot be None, and the slot must not go on naming what does not fit.
        persona = "" if decision.corrected else decision.persona
        values = {"language": turn.language, "persona": persona, "route": decision.route}
        found = changed_entities(tracker, values, type(self).__name__)
        if found:
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)

    def _rescue(self, message: Message, tracker: DialogueStateTracker) -> Dict[str, Any]:
        policy = self._assistant.policy
        intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        served = intent in policy.intents or intent in policy.unrecognised | set(policy.wishes)
        busy = tracker.active_loop_name is not None
        return {
            "id": _decision_id(tracker, policy.version),
            "policy_version": policy.version,
            "error": True,
            "intent": intent,
            "plan": [policy.actions["rescue"]] if served and not busy else [],
            "state": (earlier(tracker, ROUTING) or {}).get("state"),
        }


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _decision_id(tracker: DialogueStateTracker, version: str) -> str:
    """Return an id that the same turn of the same conversation always gets.

    It begins with the milliseconds at which the conversation began, as ids of RFC 9562's version 7
    do, so that a log of millions enters it near the end of its index instead of anywhere in it.
    """
    first = tracker.events[0].timestamp
    spot = f"{tracker.sender_id}|{first}|{len(tracker.events)}|{version}"
    return f"{int(1000 * first):011x}{hashlib.sha256(spot.encode()).hexdigest()[:13]}"
