import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.shared.core.events import ActiveLoop, BotUttered, SlotSet
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.core import signals
from persona_router.core.learned import LearnedModel
from persona_router.core.meaning import LinearClassifier, MeaningModel
from persona_router.core.turn import Turn
from persona_router.rasa.evaluation import Evaluation, current_evaluation, evaluating
from persona_router.rasa.router import PersonaRouter
from tests.rasa.customer import NIGHT, OFFICE_HOURS
from tests.rasa.parts import (
    CONTEXT,
    PEOPLE,
    RESOURCE,
    button,
    conversation,
    message,
    policy_file,
    storage,
    uttered,
)

EXAMPLES = TrainingData(
    [Message(data={TEXT: "wo ist mein Paket", INTENT: "track_order"}),
     Message(data={TEXT: "hallo", INTENT: "greet"})]
)  # fmt: skip
OFFICE = {
    "locales": ["en", "de"],
    "timezone": "Europe/Berlin",
    "hours": {"mon-fri": ["08:00-20:00"]},
}


def trained(folder: Path, **changes: Any) -> PersonaRouter:
    """Return the component as a trained model loads it."""
    routing = policy_file(folder, **changes)
    config = {**PersonaRouter.get_default_config(), "routing": str(routing)}
    models = storage(folder / "model")
    PersonaRouter.create(config, models, RESOURCE, CONTEXT).train(EXAMPLES)
    return PersonaRouter.load(config, models, RESOURCE, CONTEXT)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> PersonaRouter:
    return trained(tmp_path_factory.mktemp("router"))


@pytest.fixture
def failing_signal() -> Iterator[None]:
    """Register a signal that raises, as a faulty plug-in would, and remove it afterwards."""

    @signals.signal("faulty")
    def faulty(turn: Turn) -> float | None:
        """Fails in every turn."""
        raise ZeroDivisionError

    yield
    signals._REGISTRY.pop("faulty")


def routed(router: PersonaRouter, asked: Message, *events: Any, **slots: Any) -> dict[str, Any]:
    """Return the decision of a message in a conversation after `events`."""
    [found] = router.process([asked], conversation(*events, slots=slots))
    return found.get("routing")


def entities(found: Message) -> dict[str, Any]:
    return {entity["entity"]: entity["value"] for entity in found.get("entities", [])}


def test_nothing_is_routed_outside_a_conversation(router: PersonaRouter) -> None:
    [found] = router.process([message("where is my order", intent="track_order")])
    assert found.get("routing") is None
    assert entities(found) == {}


def test_decision_stands_in_the_message_and_its_slots_change_only_on_change(
    router: PersonaRouter,
) -> None:
    asked = message("wo ist mein Paket", intent="track_order", language={"locale": "de"})
    [first] = router.process([asked], conversation())
    assert first.get("routing")["plan"] == ["track_form"]
    assert entities(first)["language"] == "de"
    assert entities(first)["route"] == "self_service"
    again = message("wo ist mein Paket", intent="track_order", language={"locale": "de"})
    known = entities(first)
    [second] = router.process([again], conversation(slots=known))
    assert entities(second) == {}


def test_decision_has_the_same_id_when_its_turn_is_taken_again(router: PersonaRouter) -> None:
    turns = [
        routed(router, message("hello", intent="greet"), *events)["id"]
        for events in ([], [], [uttered("first")])
    ]
    assert turns[0] == turns[1] != turns[2]
    assert [turn[:11] for turn in turns] == ["000000003e8"] * 3  # it began at second 1
    assert len(turns[0]) == 24


def test_trials_stay_with_a_conversation_and_need_its_consent(tmp_path: Path) -> None:
    trying = trained(tmp_path, exploration={"share": 0.5, "among": 2})
    led: dict[bool, set[str]] = {True: set(), False: set()}
    for n in range(40):
        for consent in led:
            decisions = []
            for before in ([], [uttered("hello")]):
                asked = message(
                    "where is it", intent="track_order", metadata={"experiments": consent}
                )
                tracker = conversation(*before, sender=f"visitor {n}")
                [found] = trying.process([asked], tracker)
                decisions.append(found.get("routing"))
            assert len({decision["route"] for decision in decisions}) == 1
            led[consent].add(decisions[0]["route"])
            assert (decisions[0]["propensity"] < 1) is consent
    assert led[False] == {"self_service"}
    assert len(led[True]) == 2


@pytest.fixture(scope="module")
def comparing(tmp_path_factory: pytest.TempPathFactory) -> PersonaRouter:
    """Return the component in which a policy whose orders only people track leads a third."""
    folder = tmp_path_factory.mktemp("comparing")
    (folder / "other").mkdir()
    served = {"served_by": ["agent", "phone"], "self_service": "track_form"}
    opening = {"served_by": ["knowledge_base", "agent", "phone"]}
    policy_file(
        folder / "other", version="people", intents={"track_order": served, "opening": opening}
    )
    return trained(folder, comparison={"policy": "other/routing.yml", "share": 1 / 3})


def tracked(router: PersonaRouter, sender: str, *events: Any, consent: bool = True) -> Any:
    """Return the decision of a turn that asks for an order."""
    asked = message("where is it", intent="track_order", metadata={"experiments": consent})
    [found] = router.process([asked], conversation(*events, sender=sender))
    return found.get("routing")


def test_each_arm_is_led_by_its_policy(comparing: PersonaRouter) -> None:
    arms = set()
    for n in range(30):
        decision = tracked(comparing, f"visitor {n}")
        arms.add(decision["arm"])
        version, route, share = (
            ("people+", "agent", 1 / 3)
            if decision["arm"] == "b"
            else ("tested+", "self_service", 2 / 3)
        )
        assert decision["policy_version"].startswith(version)
        assert decision["route"] == route
        assert decision["propensity"] == pytest.approx(share)
    assert arms == {"a", "b"}


def test_arm_stays_with_a_conversation_and_its_ids_are_those_of_the_usual_policy(
    comparing: PersonaRouter,
) -> None:
    for n in range(15):
        without = tracked(comparing, f"visitor {n}", consent=False)
        first = tracked(comparing, f"visitor {n}")
        later = tracked(comparing, f"visitor {n}", uttered("where is it", routing=first))
        assert first["id"] == without["id"] != later["id"]
        assert first["arm"] == later["arm"]
        assert later["turn"] == 2


def test_without_consent_nobody_takes_part_in_a_comparison(comparing: PersonaRouter) -> None:
    for n in range(30):
        decision = tracked(comparing, f"visitor {n}", consent=False)
        assert (decision["arm"], decision["propensity"]) == (None, 1.0)
        assert decision["policy_version"].startswith("tested+")


def test_share_of_nothing_changes_nothing(tmp_path: Path, router: PersonaRouter) -> None:
    idle = trained(tmp_path, comparison={"policy": "nowhere.yml", "share": 0})
    for n in range(10):
        found, usual = (tracked(one, f"visitor {n}") for one in (idle, router))
        for decision in (found, usual):
            decision.pop("id")
            decision.pop("policy_version")
        assert found == usual
        assert found["arm"] is None


def test_edit_of_the_compared_policy_changes_the_fingerprint(tmp_path: Path) -> None:
    routing = policy_file(tmp_path, comparison={"policy": "b.yml", "share": 0.5})
    config = {**PersonaRouter.get_default_config(), "routing": str(routing)}
    other = tmp_path / "b.yml"
    prints = [PersonaRouter.fingerprint_addon(config)]
    for version in ("b", "b", "c"):
        other.write_text(f"version: {version}", encoding="utf-8")
        prints.append(PersonaRouter.fingerprint_addon(config))
    assert prints[1] == prints[2]
    assert len(set(prints)) == 3


def test_state_goes_on_from_the_last_decision(router: PersonaRouter) -> None:
    first = routed(router, message("where is it", intent="track_order"))
    asked = message("just get me a human being", intent="talk_to_human")
    second = routed(router, asked, uttered("where is it", routing=first))
    assert (second["turn"], second["concern"], second["route"]) == (2, "track_order", "agent")
    assert second["plan"] == ["action_handoff"]


def test_correction_is_kept_and_empties_the_slot_of_the_persona(router: PersonaRouter) -> None:
    asked = message("4471903", intent="track_order", metadata={"seconds": 2})
    [first] = router.process([asked], conversation())
    assert entities(first)["persona"] == first.get("routing")["persona"] == "sprinter"
    denied = message("That does not fit me", intent="greet", metadata=button("correct"))
    said = uttered("4471903", routing=first.get("routing"))
    [second] = router.process([denied], conversation(said, slots=entities(first)))
    assert second.get("routing")["plan"] == ["utter_corrected"]
    assert second.get("routing")["inferred_persona"] == "sprinter"
    assert entities(second)["persona"] == ""
    emptied = {**entities(first), **entities(second)}
    later = message("88120447", intent="track_order", metadata={"seconds": 2})
    said = uttered("No", routing=second.get("routing"))
    [third] = router.process([later], conversation(said, slots=emptied))
    assert (third.get("routing")["persona"], third.get("routing")["corrected"]) == (None, True)
    assert "persona" not in entities(third)


@pytest.mark.parametrize(
    ("preferred", "route", "reason"),
    [
        ("phone", "phone", "remembered"),
        ("spaceship", "self_service", "neutral"),
        (["phone"], "self_service", "neutral"),
        ("phone" * 100, "self_service", "neutral"),
        (None, "self_service", "neutral"),
    ],
)
def test_preference_from_a_browser_counts_only_if_it_is_a_route(
    router: PersonaRouter, preferred: object, route: str, reason: str
) -> None:
    metadata = {"preferred": preferred, "remembers": True}
    asked = message("so where is that order of mine now", intent="track_order", metadata=metadata)
    found = routed(router, asked)
    assert (found["route"], found["reasons"][0]["code"]) == (route, reason)


def test_small_talk_is_left_to_the_hosts_rules(router: PersonaRouter) -> None:
    assert routed(router, message("hallo", intent="greet"))["plan"] == []


def test_intent_button_counts_as_understood(router: PersonaRouter) -> None:
    asked = message("Sendung", intent="greet", sure=0.4, metadata=button("intent:track_order"))
    assert routed(router, asked)["plan"] == ["track_form"]
    assert asked.get(INTENT) == {"name": "track_order", "confidence": 1.0}


@pytest.mark.parametrize("payload", ["intent:vip", "intent:", "route:spaceship", "/restart"])
def test_unknown_button_is_read_as_its_typed_title(router: PersonaRouter, payload: str) -> None:
    asked = message("where is my order", intent="track_order", metadata=button(payload))
    found = routed(router, asked)
    assert (found["intent"], found["plan"]) == ("track_order", ["track_form"])


@pytest.mark.parametrize("metadata", [None, [], ["de"], "locale=de", 7, {"payload": ["why"]}])
def test_metadata_of_any_type_is_no_fault(router: PersonaRouter, metadata: object) -> None:
    asked = message("where is my order", intent="track_order", metadata=metadata)
    assert routed(router, asked)["plan"] == ["track_form"]


def test_slot_button_answers_the_form_with_its_value(router: PersonaRouter) -> None:
    in_form = (ActiveLoop("track_form"), SlotSet("requested_slot", "order_number"))
    asked = message("Zu groß", intent="greet", metadata=button("slot:does_not_fit"))
    [found] = router.process([asked], conversation(uttered("x"), *in_form))
    assert entities(found)["slot_value"] == "does_not_fit"
    assert found.get("routing")["plan"] == []


@pytest.mark.parametrize("typed", ["feierabend", "Feierabend!", "  FEIERABEND "])
def test_typed_title_of_a_button_just_shown_is_the_button(
    router: PersonaRouter, typed: str
) -> None:
    shown = BotUttered("Wie viele?", {"buttons": [{"title": "Feierabend", "payload": "stop"}]})
    in_form = (uttered("x"), ActiveLoop("track_form"), shown)
    found = routed(router, message(typed, intent="greet"), *in_form)
    assert found["plan"] == ["action_deactivate_loop", "utter_stopped"]
    later = routed(router, message(typed, intent="greet"), *in_form, uttered("12"))
    assert later["plan"] == []


@pytest.mark.parametrize(
    ("text", "form", "plan"),
    [
        ("mia.schulz@example.org", None, []),
        ("es ist mia.schulz@example.org", None, ["action_handoff"]),
        ("es ist mia.schulz@example.org", "track_form", []),
    ],
)
def test_what_merely_resembles_a_wish_counts_neither_in_an_address_nor_in_a_form(
    router: PersonaRouter, text: str, form: str | None, plan: list[str]
) -> None:
    labels = ("none", "wish_person")
    everything_is_a_wish = LinearClassifier(labels, np.zeros((2, 512)), np.array([0, 9]))
    eager = PersonaRouter(
        router._assistant, MeaningModel(wish=everything_is_a_wish), LearnedModel(), []
    )
    asked = message(text, intent="greet", entities=[mail(text)], sentence_vector=np.ones(512))
    assert routed(eager, asked, uttered("x"), ActiveLoop(form))["plan"] == plan


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("mia.schulz@example.org", []),
        ("someone else, not mia.schulz@example.org", ["action_deactivate_loop", "action_handoff"]),
    ],
)
def test_bare_answer_to_a_form_states_no_intent(
    router: PersonaRouter, text: str, plan: list[str]
) -> None:
    asked = message(text, intent="talk_to_human", sure=0.9, entities=[mail(text)])
    assert routed(router, asked, uttered("x"), ActiveLoop("track_form"))["plan"] == plan


def mail(text: str) -> dict[str, Any]:
    """Return the entity of the address at the end of `text`."""
    return {"entity": "email", "value": "…", "start": text.index("mia"), "end": len(text)}


def test_customer_is_led_to_a_person_when_routing_fails(
    router: PersonaRouter, failing_signal: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = routed(router, message("my secret question", intent="track_order"))
    assert (found["error"], found["plan"]) == (True, ["action_handoff"])
    assert len(found["id"]) == 24
    assert "routing failed" in caplog.text
    assert "my secret question" not in caplog.text


def test_small_talk_and_forms_go_on_when_routing_fails(
    router: PersonaRouter, failing_signal: None
) -> None:
    assert routed(router, message("hallo", intent="greet"))["plan"] == []
    in_form = (uttered("x", routing={"state": {"turns": 4}}), ActiveLoop("track_form"))
    found = routed(router, message("4471903", intent="track_order"), *in_form)
    assert (found["plan"], found["state"]) == ([], {"turns": 4})


def test_clock_and_openness_are_those_of_the_evaluation(tmp_path: Path) -> None:
    people = {name: {**route, "services": [OFFICE]} for name, route in PEOPLE.items()}
    routes = {"self_service": {}, "knowledge_base": {"action": "utter_article"}, **people}
    router = trained(tmp_path, routes=routes)
    plans = {}
    for name, at in (("day", OFFICE_HOURS), ("night", NIGHT), ("always", None)):
        with evaluating(Evaluation(at=at)):
            asked = message("a person please", intent="talk_to_human", language={"locale": "de"})
            plans[name] = routed(router, asked)["plan"]
    assert plans == {
        "day": ["action_handoff"], "night": ["utter_closed"], "always": ["action_handoff"],
    }  # fmt: skip
    assert current_evaluation() is None


def test_content_of_the_training_is_served_whatever_becomes_of_the_files(tmp_path: Path) -> None:
    routing = policy_file(tmp_path)
    config = {**PersonaRouter.get_default_config(), "routing": str(routing)}
    models = storage(tmp_path / "model")
    PersonaRouter.create(config, models, RESOURCE, CONTEXT).train(EXAMPLES)
    before = PersonaRouter.fingerprint_addon(config)
    routing.unlink()
    router = PersonaRouter.load(config, models, RESOURCE, CONTEXT)
    assert routed(router, message("wo?", intent="track_order"))["policy_version"].startswith(
        "tested"
    )
    assert PersonaRouter.fingerprint_addon(config) != before


def test_model_without_routing_content_says_so(tmp_path: Path) -> None:
    config = PersonaRouter.get_default_config()
    with pytest.raises(ValueError, match="holds no routing content"):
        PersonaRouter.load(config, storage(tmp_path), RESOURCE, CONTEXT)
