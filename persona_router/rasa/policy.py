"""RoutingPolicy: carries out the plan of the latest decision, and leaves the rest to the rules."""

import logging
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy as RasaPolicy
from rasa.core.policies.policy import PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.planning import LISTEN, next_action
from persona_router.rasa.conversation import (
    ROUTING,
    earlier,
    executed_actions,
    left_events,
    since_message,
    slot,
)
from persona_router.rasa.model_files import content_path, fingerprint, persist

log = logging.getLogger(__name__)
_POLICY = "routing.yml"
_LAST_RESORT = 0.1
"""Confidence below that of every rule, story and fallback of the host."""


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class RoutingPolicy(RasaPolicy):
    """Predicts the planned actions one after the other; a pure function of the tracker.

    Its priority is above RulePolicy's, so that a wish for a person is honoured inside a form;
    without a plan it predicts nothing and RulePolicy goes on undisturbed.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `routing`, the policy file, and `priority` among policies."""
        return {"priority": 7, "routing": None}

    @staticmethod
    def supported_data() -> SupportedData:
        """Return that stories and rules are both accepted, though neither is learned from."""
        return SupportedData.ML_AND_RULE_DATA

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Optional[TrackerFeaturizer] = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._storage, self._own = model_storage, resource
        self._path = content_path(config, "routing", DEFAULT_POLICY)
        try:
            with model_storage.read_from(resource) as folder:
                self._routing = read_policy(Path(folder) / _POLICY)
        except ValueError:  # not trained yet: nothing is stored under this resource
            self._routing = read_policy(self._path)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Return a hash of the policy file."""
        return fingerprint([content_path(config, "routing", DEFAULT_POLICY)])

    def train(
        self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Return the resource with the policy file; raises nothing for actions the domain lacks.

        They are logged, because a host may use the decisions without the plugin's replies.
        """
        missing = sorted(self._planned() - set(domain.action_names_or_texts))
        if missing:
            log.warning(
                "The domain lacks %s: routing will skip them. Add the importer "
                "persona_router.rasa.importer.PersonaRouterImporter to config.yml.",
                ", ".join(missing),
            )
        return persist({_POLICY: self._path}, self._storage, self._own)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return certainty for the next planned action, or else little for a last resort."""
        planned = self._next(tracker, domain)
        action = planned or self._last_resort(tracker)
        probabilities = self._default_predictions(domain)
        if action is not None and action in domain.action_names_or_texts:
            probabilities[domain.index_for_action(action)] = 1.0 if planned else _LAST_RESORT
        # RulePolicy's steps inside a form are marked so, and beat every unmarked prediction.
        return self._prediction(probabilities, is_no_user_prediction=max(probabilities) == 1.0)

    def _next(self, tracker: DialogueStateTracker, domain: Domain) -> Optional[str]:
        decision = earlier(tracker, ROUTING) or {}
        known = set(domain.action_names_or_texts)
        events = since_message(tracker)
        return next_action(
            [action for action in decision.get("plan", []) if action in known],
            executed_actions(events),
            with_person=bool(slot(tracker, "handoff_status")),
            produced=left_events(events),
            forms=domain.form_names,
            failed=self._routing.actions["failed"],
            must_answer=self._routing.must_answer,
        )

    def _last_resort(self, tracker: DialogueStateTracker) -> Optional[str]:
        """Return what keeps silence away where no other policy knows an action.

        A form refuses a message in which it finds nothing, and Rasa by itself never runs it again.
        """
        if earlier(tracker, ROUTING) is None:
            return None
        events = since_message(tracker)
        executed = executed_actions(events)
        apology = self._routing.actions["not_understood"]
        if executed:
            return LISTEN if executed == [apology] else None
        refused = any(isinstance(event, ActionExecutionRejected) for event in events)
        return apology if refused else tracker.active_loop_name or apology

    def _planned(self) -> set:
        routes = self._routing.routes.values()
        named = {action for r in routes for action in (r.action, r.on_wish, r.offer) if action}
        served = {i.self_service for i in self._routing.intents.values() if i.self_service}
        return named | served | set(self._routing.actions.values())
