import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.rasa.importer import PersonaRouterImporter
from persona_router.rasa.policy import RoutingPolicy
from tests.rasa.parts import (
    CONTEXT,
    RESOURCE,
    conversation,
    host_domain,
    policy_file,
    storage,
    uttered,
)

DOMAIN = host_domain()
SAID = BotUttered("…")
IN_FORM = (ActiveLoop("track_form"), SlotSet("requested_slot", "order_number"))


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> RoutingPolicy:
    """Return the policy as a trained model loads it."""
    folder = tmp_path_factory.mktemp("policy")
    config = {**RoutingPolicy.get_default_config(), "routing": str(policy_file(folder))}
    models = storage(folder / "model")
    RoutingPolicy.create(config, models, RESOURCE, CONTEXT).train([], DOMAIN)
    return RoutingPolicy.load(config, models, RESOURCE, CONTEXT)


def turn(plan: Sequence[str], *since: Event, before: Sequence[Event] = (), **slots: str):
    """Return a conversation whose latest message was decided to run `plan`."""
    return conversation(*before, uttered("…", routing={"plan": list(plan)}), *since, slots=slots)


def predicted(
    policy: RoutingPolicy, tracker: DialogueStateTracker, *, confidence: float = 1.0
) -> str | None:
    """Return the action that the policy is so sure of; None where it leaves it to others."""
    probabilities = policy.predict_action_probabilities(tracker, DOMAIN).probabilities
    if max(probabilities) != confidence:
        return None
    assert sorted(probabilities)[-2:] == [0.0, confidence]
    return DOMAIN.action_names_or_texts[probabilities.index(confidence)]


def test_plan_is_carried_out_step_by_step_then_it_listens(policy: RoutingPolicy) -> None:
    plan = ("utter_why",)
    assert predicted(policy, turn(plan)) == "utter_why"
    assert predicted(policy, turn(plan, ActionExecuted("utter_why"), SAID)) == "action_listen"


def test_same_conversation_gets_the_same_prediction(policy: RoutingPolicy) -> None:
    tracker = turn(("utter_article",))
    before = len(tracker.events)
    first, second = (policy.predict_action_probabilities(tracker, DOMAIN) for _ in range(2))
    assert first.probabilities == second.probabilities
    assert len(tracker.events) == before


def test_without_a_decision_it_abstains(policy: RoutingPolicy) -> None:
    for tracker in (conversation(), conversation(uttered("hi", routing=None))):
        assert max(policy.predict_action_probabilities(tracker, DOMAIN).probabilities) == 0.0


def test_without_a_plan_every_other_policy_comes_first(policy: RoutingPolicy) -> None:
    prediction = policy.predict_action_probabilities(turn(()), DOMAIN)
    assert max(prediction.probabilities) == 0.1
    assert not prediction.is_no_user_prediction


def test_message_that_nobody_answers_gets_an_apology_once(policy: RoutingPolicy) -> None:
    assert predicted(policy, turn(()), confidence=0.1) == "utter_not_understood"
    told = turn((), ActionExecuted("utter_not_understood"), SAID)
    assert predicted(policy, told, confidence=0.1) == "action_listen"
    answered = turn((), ActionExecuted("utter_greet"), SAID)
    assert predicted(policy, answered, confidence=0.1) is None


def test_form_that_refused_a_message_is_run_again_with_the_next(policy: RoutingPolicy) -> None:
    before = (uttered("track"), ActionExecuted("track_form"), *IN_FORM, SAID)
    refusal = ActionExecutionRejected("track_form")
    refused = turn((), refusal, before=before)
    assert predicted(policy, refused, confidence=0.1) == "utter_not_understood"
    asked_again = (*before, uttered("?", routing={"plan": []}), refusal)
    later = turn((), before=asked_again)
    assert predicted(policy, later, confidence=0.1) == "track_form"


def test_form_that_was_started_is_left_to_the_rules(policy: RoutingPolicy) -> None:
    tracker = turn(("track_form",), ActionExecuted("track_form"), *IN_FORM, SAID)
    assert predicted(policy, tracker) is None


def test_wish_inside_a_form_leaves_it_before_it_is_carried_out(policy: RoutingPolicy) -> None:
    plan = ("action_deactivate_loop", "action_handoff")
    before = (uttered("track"), ActionExecuted("track_form"), *IN_FORM, SAID)
    assert predicted(policy, turn(plan, before=before)) == "action_deactivate_loop"
    left = (ActionExecuted("action_deactivate_loop"), ActiveLoop(None))
    assert predicted(policy, turn(plan, *left, before=before)) == "action_handoff"


def test_prediction_inside_a_form_outranks_rule_policy(policy: RoutingPolicy) -> None:
    before = (uttered("track"), ActionExecuted("track_form"), *IN_FORM, SAID)
    tracker = turn(("action_deactivate_loop",), before=before)
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    assert prediction.is_no_user_prediction
    assert prediction.policy_priority == 7
    assert not policy.predict_action_probabilities(turn(()), DOMAIN).is_no_user_prediction


def test_assistant_is_silent_while_a_person_is_there(policy: RoutingPolicy) -> None:
    assert predicted(policy, turn((), handoff_status="waiting")) == "action_listen"
    assert predicted(policy, turn((), handoff_status="connected")) == "action_listen"
    back = turn(("action_end_handoff",), handoff_status="waiting")
    assert predicted(policy, back) == "action_end_handoff"


def test_action_that_said_and_set_nothing_is_followed_by_an_apology(policy: RoutingPolicy) -> None:
    crashed = ActionExecuted("action_handoff")
    assert predicted(policy, turn(("action_handoff",), crashed)) == "utter_failed"
    told = (crashed, ActionExecuted("utter_failed"), SAID)
    assert predicted(policy, turn(("action_handoff",), *told)) == "action_listen"


def test_hosts_action_that_must_answer_and_does_not_is_followed_by_an_apology(
    policy: RoutingPolicy,
) -> None:
    assert predicted(policy, turn((), ActionExecuted("action_track"))) == "utter_failed"
    assert predicted(policy, turn((), ActionExecuted("action_track"), SAID)) is None


def test_planned_actions_that_the_domain_lacks_are_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, policy: RoutingPolicy
) -> None:
    assert predicted(policy, turn(("action_unheard_of",))) is None
    assert predicted(policy, turn(("action_unheard_of", "utter_why"))) == "utter_why"
    config = {**RoutingPolicy.get_default_config(), "routing": str(policy_file(tmp_path))}
    bare = RoutingPolicy.create(config, storage(tmp_path / "m"), RESOURCE, CONTEXT)
    with caplog.at_level(logging.WARNING):
        bare.train([], Domain.empty())
    assert "action_handoff" in caplog.text
    assert "persona_router.rasa.importer.PersonaRouterImporter" in caplog.text


def test_packaged_defaults_need_nothing_that_the_importer_does_not_bring(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = RoutingPolicy.get_default_config()
    packaged = RoutingPolicy.create(config, storage(tmp_path / "m"), RESOURCE, CONTEXT)
    with caplog.at_level(logging.WARNING):
        packaged.train([], PersonaRouterImporter().get_domain())
    assert caplog.text == ""


def test_served_policy_is_that_of_the_training(tmp_path: Path) -> None:
    file = policy_file(tmp_path)
    config = {**RoutingPolicy.get_default_config(), "routing": str(file)}
    models = storage(tmp_path / "model")
    RoutingPolicy.create(config, models, RESOURCE, CONTEXT).train([], DOMAIN)
    before = RoutingPolicy.fingerprint_addon(config)
    file.write_text("version: [", encoding="utf-8")
    loaded = RoutingPolicy.load(config, models, RESOURCE, CONTEXT)
    assert predicted(loaded, turn(("utter_why",))) == "utter_why"
    assert RoutingPolicy.fingerprint_addon(config) != before
