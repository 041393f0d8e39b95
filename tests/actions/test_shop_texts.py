import re
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

from actions.shop.desk import REASONS
from tests.served import SERVED

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "data" / "responses"
PAYLOAD = re.compile(r"intent:\w+|route:(self_service|knowledge_base|agent|phone)|slot:\w+|stop")


def texts(language: str) -> dict[str, dict[str, Any]]:
    file = FOLDER / f"{language}.yml"
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["texts"]
    return loaded


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(PROJECT / "domain.yml"))


@pytest.mark.parametrize("language", SERVED)
def test_language_has_every_text_with_its_placeholders_and_payloads(language: str) -> None:
    default, own = texts("en"), texts(language)
    assert set(own) == set(default)
    for name, response in own.items():
        assert placeholders(response["text"]) == placeholders(default[name]["text"]), name
        payloads = [button["payload"] for button in response.get("buttons", [])]
        assert payloads == [b["payload"] for b in default[name].get("buttons", [])], name


@pytest.mark.parametrize("language", SERVED)
def test_texts_are_short_and_fit_on_a_button(language: str) -> None:
    for name, response in texts(language).items():
        assert 0 < len(response["text"]) <= 320, name
        for button in response.get("buttons", []):
            assert 0 < len(button["title"]) <= 32, name


def test_arabic_texts_are_written_in_arabic() -> None:
    for name, response in texts("ar").items():
        prose = re.sub(r"\(https?://[^)]*\)|\{\w+\}|\S+@\S+", "", response["text"])
        latin, arabic = re.findall(r"[A-Za-z]", prose), re.findall(r"[\u0621-\u064a]", prose)
        assert len(arabic) > 10 * len(latin), name


def test_domain_has_the_default_language_as_only_variation(domain: Domain) -> None:
    default = texts("en")
    assert set(domain.responses) == set(default)
    for name, variations in domain.responses.items():
        assert variations == [default[name]], name


def test_buttons_lead_to_intents_of_the_domain(domain: Domain) -> None:
    for name, response in texts("en").items():
        for button in response.get("buttons", []):
            assert PAYLOAD.fullmatch(button["payload"]), name
            kind, _, value = button["payload"].partition(":")
            assert kind != "intent" or value in domain.intents, name


def test_every_outcome_of_an_action_has_a_text() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in (PROJECT / "actions").glob("*.py")
        if file.name != "handoff.py"
    )
    spoken = set(re.findall(r"\"(utter_\w+)\"", code))
    outcomes = {
        *(f"utter_refused_{reason}" for reason in REASONS),
        *(f"utter_refund_status_{s}" for s in ("requested", "approved", "paid", "declined")),
        *(
            f"utter_tracking_{s}"
            for s in ("placed", "packed", "dispatched", "overdue", "delivered", "returned")
        ),
        "utter_tracking_cancelled",
    }
    assert spoken | outcomes <= set(texts("en"))
    assert "utter_order_not_matched" in spoken


def test_every_required_slot_is_asked_for(domain: Domain) -> None:
    known = set(domain.action_names_or_texts)
    for form in domain.forms:
        for slot in domain.required_slots_for_form(form):
            asking = {
                f"{kind}_ask_{name}"
                for kind in ("utter", "action")
                for name in (slot, f"{form}_{slot}")
            }
            assert asking & known, (form, slot)
        assert f"validate_{form}" in known


def test_free_text_is_only_taken_by_the_form_that_asks_for_it(domain: Domain) -> None:
    for slot in domain.slots:
        for mapping in slot.mappings:
            if mapping["type"] != "from_text":
                continue
            for condition in mapping["conditions"]:
                required = domain.required_slots_for_form(condition["active_loop"])
                assert condition["requested_slot"] == slot.name
                assert slot.name in required
            asking = {condition["active_loop"] for condition in mapping["conditions"]}
            assert asking == {
                form for form in domain.forms if slot.name in domain.required_slots_for_form(form)
            }


def test_no_slot_of_the_shop_influences_the_dialogue(domain: Domain) -> None:
    own = [slot for slot in domain.slots if slot.mappings]
    assert len(own) >= 10
    assert not [slot.name for slot in own if slot.influence_conversation]


def test_rules_cover_every_form_and_small_talk(domain: Domain) -> None:
    steps = [
        step
        for file in sorted((PROJECT / "data" / "rules").glob("*.yml"))
        for step in YAMLStoryReader().read_from_file(file)
    ]
    mentioned = {
        event.action_name
        for step in steps
        for event in step.events
        if hasattr(event, "action_name")
    }
    assert set(domain.forms) <= mentioned
    assert mentioned <= {*domain.action_names_or_texts, None}
