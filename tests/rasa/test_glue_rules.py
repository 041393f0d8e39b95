"""UnplannedRulePolicy must predict what RulePolicy predicts, wherever no plan decides."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import InvalidRule, RulePolicy
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import InvalidDomain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SlotSet,
    UserUtteranceReverted,
)
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph

from persona_router.rasa.rules import UnplannedRulePolicy
from tests.rasa.parts import CONTEXT, conversation, host_domain, storage, uttered

RULES = """
rules:
- rule: first words only
  conversation_start: true
  steps: [{intent: affirm}, {action: utter_why}]
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
- rule: a greeting that goes on
  steps:
  - intent: opening
  - action: utter_closed
  - action: action_listen
  - intent: affirm
  - action: utter_why
- rule: open the form
  steps: [{intent: track_order}, {action: track_form}, {active_loop: track_form}]
- rule: close the form
  condition: [{active_loop: track_form}]
  steps:
  - action: track_form
  - active_loop: null
  - slot_was_set: [{requested_slot: null}]
  - action: action_track
- rule: greeted within the form
  condition: [{active_loop: track_form}]
  steps: [{intent: greet}, {action: utter_greet}, {action: track_form}, {active_loop: track_form}]
"""
DOMAIN = host_domain()


def trained(kind: type[RulePolicy], folder: Path) -> RulePolicy:
    """Return a policy that has learned RULES and was loaded again."""
    config = {
        **kind.get_default_config(),
        "enable_fallback_prediction": False,
        "restrict_rules": False,
    }
    models, resource = storage(folder), Resource(kind.__name__)
    steps = YAMLStoryReader(DOMAIN).read_from_string(RULES)
    generator = TrainingDataGenerator(StoryGraph(steps), DOMAIN, augmentation_factor=0)
    kind.create(config, models, resource, CONTEXT).train(generator.generate(), DOMAIN)
    return kind.load(config, models, resource, CONTEXT)


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> tuple[RulePolicy, UnplannedRulePolicy]:
    folder = tmp_path_factory.mktemp("rules")
    return trained(RulePolicy, folder / "a"), trained(UnplannedRulePolicy, folder / "b")


def said(intent: str, **parsed: object) -> list[Event]:
    found = {"intent": {"name": intent, "confidence": 1.0}, **parsed}
    return [uttered("…", **found), DefinePrevUserUtteredFeaturization(False)]


def ran(*actions: str) -> list[Event]:
    return [ActionExecuted(name) for name in actions]


def predicted(prediction: PolicyPrediction) -> str | None:
    """Return the action of which the policy is certain."""
    if max(prediction.probabilities) < 1.0:
        return None
    return DOMAIN.action_names_or_texts[prediction.probabilities.index(1.0)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (said("greet"), "utter_greet"),
        ([*said("greet"), *ran("utter_greet")], "action_listen"),
        (said("affirm"), "utter_why"),
        ([*said("greet"), *ran("utter_greet", "action_listen"), *said("affirm")], None),
        ([*said("opening"), *ran("utter_closed", "action_listen"), *said("affirm")], "utter_why"),
        (said("track_order"), "track_form"),
    ],
)
def test_unplanned_turns_follow_the_rules(policies, events, expected) -> None:
    for policy in policies:
        prediction = policy.predict_action_probabilities(conversation(*events), DOMAIN)
        assert predicted(prediction) == expected


steps = st.one_of(
    st.sampled_from(["greet", "affirm", "opening", "track_order", "talk_to_human"]).map(said),
    st.sampled_from(
        [
            ran("utter_greet", "action_listen"),
            ran("utter_closed", "action_listen"),
            ran("utter_why", "action_listen"),
            [*ran("track_form"), ActiveLoop("track_form"), SlotSet("requested_slot", "x")],
            [*ran("track_form"), ActiveLoop(None), SlotSet("requested_slot", None)],
            [ActionExecutionRejected("track_form")],
            ran("action_listen"),
            [UserUtteranceReverted()],
            [Restarted()],
            [AllSlotsReset()],
            [FollowupAction("utter_why")],
            [LoopInterrupted(True)],
            [EntitiesAdded([{"entity": "order_number", "value": "4471903"}])],
            [SlotSet("requested_slot", "y")],
            [ConversationPaused()],
            [BotUttered("…")],
        ]
    ),
)


@settings(max_examples=120)
@given(st.lists(steps, max_size=24))
def test_any_conversation_is_predicted_as_by_rasas_own_policy(policies, parts) -> None:
    def prediction(policy: RulePolicy) -> tuple[list[float], Sequence[object], bool]:
        tracker: DialogueStateTracker = conversation(*(e for part in parts for e in part))
        made = policy.predict_action_probabilities(tracker, DOMAIN)
        return made.probabilities, [e.type_name for e in made.events], made.is_no_user_prediction

    theirs, ours = map(prediction, policies)
    assert ours == theirs


@pytest.mark.parametrize(
    ("plan", "since", "searches"),
    [
        (["utter_why"], [], False),
        (["utter_why"], ran("utter_why"), False),
        (["utter_why"], ran("utter_why", "utter_greet"), True),
        ([], [], True),
        (["track_form"], [], True),
        (["action_of_another_domain"], [], True),
    ],
)
def test_a_planned_turn_spares_the_search(policies, monkeypatch, plan, since, searches) -> None:
    _, policy = policies
    asked: list[bool] = []
    find = policy._find_action_from_rules
    monkeypatch.setattr(
        policy, "_find_action_from_rules", lambda *a, **k: asked.append(True) or find(*a, **k)
    )
    events = [*said("greet", routing={"plan": plan}), *since]
    prediction = policy.predict_action_probabilities(conversation(*events), DOMAIN)
    assert bool(asked) == searches
    if not searches:
        assert max(prediction.probabilities) == 0.0


def test_a_form_goes_on_beside_a_plan(policies) -> None:
    events = [ActiveLoop("track_form"), *said("greet", routing={"plan": ["utter_why"]})]
    for policy in policies:
        prediction = policy.predict_action_probabilities(conversation(*events), DOMAIN)
        assert predicted(prediction) == "track_form"


def test_training_refuses_what_rasas_own_policy_refuses(tmp_path: Path) -> None:
    config = {
        **UnplannedRulePolicy.get_default_config(),
        "core_fallback_action_name": "utter_nowhere",
    }
    policy = UnplannedRulePolicy.create(config, storage(tmp_path), Resource("rules"), CONTEXT)
    with pytest.raises((InvalidDomain, InvalidRule), match="utter_nowhere"):
        policy.train([], DOMAIN)
