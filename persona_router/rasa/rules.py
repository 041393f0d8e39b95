"""UnplannedRulePolicy: Rasa's RulePolicy, which does not search its rules where a plan decides."""

import warnings
from functools import lru_cache
from typing import Any, Dict, List, Optional, Set, Tuple

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.core.planning import settles_turn
from persona_router.rasa.conversation import ROUTING, earlier, executed_actions, since_message

_REPLACING = {ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered}

# Rasa looks for the class itself and does not see the derived one, which does all it warns of.
warnings.filterwarnings("ignore", message=".*'RulePolicy' is not included in the model's")


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class UnplannedRulePolicy(RulePolicy):
    """Takes the place and the settings of RulePolicy beside RoutingPolicy.

    RulePolicy rebuilds the states of the whole conversation twice for every prediction. In a
    planned turn RoutingPolicy overrules whatever it finds, so the search is spared; in forms and
    in turns without a plan it predicts as ever, from as many states as its longest rule has.
    """

    _counted: Tuple[Tuple[int, ...], int] = ((), 1)

    def train(
        self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Return the trained resource. Raises InvalidDomain as Rasa does for its own class."""
        self.raise_if_incompatible_with_domain(self.config, domain)
        return super().train(training_trackers, domain, **kwargs)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return RulePolicy's prediction; nothing where RoutingPolicy carries out a plan."""
        plan = (earlier(tracker, ROUTING) or {}).get("plan", [])
        known = set(domain.action_names_or_texts) - set(domain.form_names)
        executed = executed_actions(since_message(tracker))
        if tracker.active_loop_name is None and settles_turn(plan, executed, known=known):
            return self._prediction(self._default_predictions(domain))
        return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: Optional[Dict[str, Any]] = None,
    ) -> List[State]:
        """Return the latest states: a rule is compared with no more than it has itself."""
        applied = tracker.applied_events()
        actions = [n for n, event in enumerate(applied) if isinstance(event, ActionExecuted)]
        compared = actions[1 - self._longest_rule() :] if self._longest_rule() > 1 else []
        first = compared[0] if compared else len(applied)
        past, states = tracker.init_copy(), []
        for event in _lasting(applied[:first]):
            past.update(event)
        for event in applied[first:]:
            if isinstance(event, ActionExecuted):
                states.append(domain.get_active_state(past))
            past.update(event)
        states.append(domain.get_active_state(past))
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def _longest_rule(self) -> int:
        """Return the number of states in the longest rule, of those for broken-off forms too."""
        kept = (self.lookup.get(RULES, {}), self.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {}))
        found = tuple(map(len, kept))  # training adds rules one after the other
        if found != self._counted[0]:
            longest = max((_length(key) for lookup in kept for key in lookup), default=1)
            self._counted = (found, longest)
        return self._counted[1]


def _lasting(events: List[Event]) -> List[Event]:
    """Return those of the events that tell where the conversation stands after all of them.

    Of what each one replaces (messages, actions, the value of a slot) the last is enough.
    """
    seen: Set[Any] = set()
    lasting: List[Event] = []
    for event in reversed(events):
        kind: Any = (SlotSet, event.key) if type(event) is SlotSet else type(event)
        if kind in seen:
            continue
        if type(event) in _REPLACING:
            seen.add(kind)
        lasting.append(event)
    return lasting[::-1]


@lru_cache(maxsize=4_096)
def _length(rule_key: str) -> int:
    return len(RulePolicy._rule_key_to_state(rule_key))
