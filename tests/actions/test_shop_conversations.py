"""Whole conversations through Rasa's own form, rule and slot machinery with the real actions.

A message carries its intent and entities, so that no classifier has a say; small rules stand in
for the routing that activates the forms.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.model_training import train_core
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.shop import shared_desk

PROJECT = Path(__file__).parents[2]
FORMS = {
    "track_order": "track_order_form",
    "cancel_order": "cancel_order_form",
    "change_order": "change_order_form",
    "change_shipping_address": "change_address_form",
    "get_invoice": "invoice_form",
    "request_refund": "refund_form",
    "track_refund": "refund_status_form",
}
EMMA, JONAS = "emma.hughes@example.com", "jonas.weber@example.org"


class InProcess(EndpointConfig):
    """Hands each call to the action server's executor, as JSON there and back."""

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__("http://in-process")
        self._executor = executor

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        return json.loads(json.dumps(await self._executor.run(kwargs["json"])))


class Customer:
    """One conversation: what is said goes in, the names of the responses come out."""

    def __init__(self, agent: Agent, name: str) -> None:
        self._agent, self._name = agent, name

    async def says(self, text: str, intent: str = "out_of_scope", **entities: str) -> list[str]:
        before = len((await self.tracker()).events)
        data = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [
                {"entity": entity, "value": value, "start": 0, "end": len(text)}
                for entity, value in entities.items()
            ],
        }
        channel = CollectingOutputChannel()
        await self._agent.handle_message(UserMessage(text, channel, self._name, parse_data=data))
        self.texts = [message.get("text", "") for message in channel.messages]
        events = list((await self.tracker()).events)[before:]
        return [e.metadata["utter_action"] for e in events if e.type_name == "bot"]

    async def leaves_the_form(self) -> None:
        processor = self._agent.processor
        assert processor is not None
        for action in ("action_deactivate_loop", "action_listen"):
            await processor.execute_action(
                self._name,
                action,
                CollectingOutputChannel(),
                self._agent.nlg,
                PolicyPrediction.for_action_name(processor.domain, action),
            )

    async def tracker(self) -> DialogueStateTracker:
        return await self._agent.tracker_store.get_or_create_tracker(self._name)

    async def slots(self) -> dict[str, Any]:
        values = (await self.tracker()).current_slot_values()
        return {name: value for name, value in values.items() if value is not None}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("assistant")
    (folder / "config.yml").write_text(
        "recipe: default.v1\nlanguage: en\nassistant_id: shop\npipeline: []\npolicies:\n"
        "- name: RulePolicy\n  enable_fallback_prediction: false\n"
    )
    activation = "".join(
        f"- rule: {form}\n  steps:\n  - intent: {intent}\n  - action: {form}\n"
        f"  - active_loop: {form}\n"
        for intent, form in FORMS.items()
    )
    rules = folder / "data"
    rules.mkdir()
    (rules / "activation.yml").write_text(f'version: "3.1"\nrules:\n{activation}')
    for file in (PROJECT / "data" / "rules").glob("*.yml"):
        (rules / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("RASA_TELEMETRY_ENABLED", "false")
        path = train_core(
            str(PROJECT / "domain.yml"), "config.yml", str(rules), str(folder / "models")
        )
    assert path is not None
    return path


@pytest.fixture
def customer(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Customer]]:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    shared_desk.cache_clear()
    executor = ActionExecutor()
    executor.register_package("actions")
    agent = Agent.load(model_path=model, action_endpoint=InProcess(executor))
    yield lambda name: Customer(agent, name)
    shared_desk.cache_clear()


async def test_order_is_cancelled_after_mistakes_and_a_yes(
    customer: Callable[[str], Customer],
) -> None:
    emma = customer("emma")
    assert await emma.says("cancel", "cancel_order") == ["utter_ask_order_number"]
    assert await emma.says("hä") == ["utter_invalid_order_number", "utter_ask_order_number"]
    assert await emma.says("4471904", order_number="4471904") == ["utter_ask_email"]
    assert await emma.says("no, it's 4471903", "deny", order_number="4471903") == [
        "utter_ask_email"
    ]
    assert await emma.says(
        "my mail is EMMA.Hughes@example.com", email="EMMA.Hughes@example.com"
    ) == ["utter_ask_cancel_order_form_confirm"]
    assert "4471903" in emma.texts[0]
    assert await emma.says("hmm?") == [
        "utter_unclear_confirm",
        "utter_ask_cancel_order_form_confirm",
    ]
    assert await emma.says("yes cancel 4471903", "affirm", order_number="4471903") == [
        "utter_order_cancelled"
    ]
    assert await emma.slots() == {"order_number": "4471903", "email": EMMA}
    assert await emma.says("cancel it", "cancel_order") == ["utter_refused_cancelled"]
    assert await emma.says("thanks", "thank") == ["utter_thank"]


async def test_no_at_the_end_leaves_the_order_as_it_is(
    customer: Callable[[str], Customer],
) -> None:
    emma = customer("emma")
    await emma.says("cancel 4471903", "cancel_order", order_number="4471903")
    await emma.says(EMMA, email=EMMA)
    assert await emma.says("lieber doch nicht", "deny") == ["utter_order_unchanged"]
    assert await emma.says("wo ist es", "track_order") == ["utter_tracking_placed"]


async def test_quantity_is_changed_by_buttons_and_words(
    customer: Callable[[str], Customer],
) -> None:
    mia = customer("mia")
    assert await mia.says(
        "55012398", "change_order", order_number="55012398", email="mia.schulz@example.org"
    ) == ["utter_ask_order_line"]
    assert await mia.says("Wool throw × 1", slot_value="2") == ["utter_ask_quantity"]
    assert await mia.says("how many can I have?") == [
        "utter_invalid_quantity",
        "utter_ask_quantity",
    ]
    assert await mia.says("12") == ["utter_quantity_limit", "utter_ask_quantity"]
    assert await mia.says("3") == ["utter_ask_change_order_form_confirm"]
    assert await mia.says("ja", "affirm") == ["utter_order_changed"]
    assert "542.00" in mia.texts[0]


async def test_leaving_in_the_middle_and_coming_back_starts_afresh(
    customer: Callable[[str], Customer],
) -> None:
    emma = customer("emma")
    await emma.says("change 4471903", "change_order", order_number="4471903", email=EMMA)
    await emma.says("Wool throw × 2", slot_value="2")
    await emma.says("Never mind")
    await emma.leaves_the_form()
    assert await emma.says("hello again", "greet") == ["utter_greet"]
    assert await emma.says("change my order", "change_order") == ["utter_ask_order_line"]
    assert "quantity" not in await emma.slots()


async def test_correction_at_the_confirmation_asks_everything_about_the_other_order(
    customer: Callable[[str], Customer],
) -> None:
    emma = customer("emma")
    await emma.says("cancel 4471903", "cancel_order", order_number="4471903", email=EMMA)
    assert await emma.says("no, 88120447", "deny", order_number="88120447") == ["utter_ask_email"]
    assert await emma.says(JONAS, email=JONAS) == ["utter_refused_dispatched"]
    assert (await emma.tracker()).active_loop_name is None
    assert await emma.says("wait, 4471903", "track_order", order_number="4471903") == [
        "utter_tracking_placed"
    ]


async def test_address_is_changed_and_read_back(customer: Callable[[str], Customer]) -> None:
    emma = customer("emma")
    assert await emma.says("other address", "change_shipping_address") == ["utter_ask_order_number"]
    await emma.says("4471903", order_number="4471903")
    assert await emma.says(EMMA, email=EMMA) == ["utter_ask_new_address"]
    assert await emma.says("what do you need?") == [
        "utter_invalid_address",
        "utter_ask_new_address",
    ]
    assert await emma.says("7 New Road\nEly CB7 1AA") == ["utter_ask_change_address_form_confirm"]
    assert "7 New Road, Ely CB7 1AA" in emma.texts[0]
    assert await emma.says("yes", "affirm") == ["utter_address_changed"]


async def test_refund_is_requested_and_followed(customer: Callable[[str], Customer]) -> None:
    lucia = customer("lucia")
    owner = "lucia.ferrer@example.org"
    assert await lucia.says(
        "devolver 90331562", "request_refund", order_number="90331562", email=owner
    ) == ["utter_ask_refund_reason"]
    assert await lucia.says("Llegó dañado", slot_value="damaged") == [
        "utter_ask_refund_form_confirm"
    ]
    assert await lucia.says("sí", "affirm") == ["utter_refund_requested"]
    assert await lucia.says("¿y mi dinero?", "track_refund") == ["utter_refund_status_requested"]
    assert await lucia.says("otra vez", "request_refund") == ["utter_refused_refund_requested"]


async def test_invoice_is_found_by_its_number(customer: Callable[[str], Customer]) -> None:
    jonas = customer("jonas")
    assert await jonas.says(
        "Rechnung RE-2026-004711", "get_invoice", invoice_number="RE-2026-004711"
    ) == ["utter_ask_email"]
    assert await jonas.says(JONAS, email=JONAS) == ["utter_invoice"]
    assert "RE-2026-004711" in jonas.texts[0]


async def test_three_wrong_tries_lead_to_a_person(customer: Callable[[str], Customer]) -> None:
    stranger = customer("stranger")
    await stranger.says("rechnung", "get_invoice")
    for expected in (
        ["utter_order_not_matched", "utter_ask_order_number"],
        ["utter_order_not_matched", "utter_ask_order_number"],
        ["utter_suggest_person"],
    ):
        await stranger.says("4471903", order_number="4471903")
        assert await stranger.says("me@example.com", email="me@example.com") == expected
    assert (await stranger.tracker()).active_loop_name is None


async def test_shop_that_does_not_answer_ends_the_form_with_one_message(
    customer: Callable[[str], Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    emma = customer("emma")
    monkeypatch.setenv("SHOP_URL", "http://127.0.0.1:9")
    shared_desk.cache_clear()
    executor = ActionExecutor()
    executor.register_package("actions")
    emma._agent.processor.action_endpoint = InProcess(executor)  # type: ignore[union-attr]
    assert await emma.says(
        "cancel 4471903", "cancel_order", order_number="4471903", email=EMMA
    ) == ["utter_shop_unavailable"]
    assert (await emma.tracker()).active_loop_name is None
    assert await emma.slots() == {"order_number": "4471903", "email": EMMA}
