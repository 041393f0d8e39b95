"""A small assistant, trained with a policy to compare, leads its customers by both."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.model_training import train

from tests.rasa.parts import policy_file
from tests.rasa.test_bad_content import CONFIG

NLU = (
    'version: "3.1"\nnlu:\n- intent: track_order\n  examples: |\n    - where is my order\n'
    "- intent: why\n  examples: |\n    - hello there\n"
)
DOMAIN = """\
version: "3.1"
intents: [track_order, opening, why]
forms: {track_form: {required_slots: [order_number]}}
slots:
  order_number:
    type: text
    influence_conversation: false
    mappings: [{type: from_intent, intent: why, value: x}]
responses:
  utter_ask_order_number: [{text: "Which number?"}]
"""
PEOPLE = {
    "track_order": {"served_by": ["phone"], "self_service": "track_form"},
    "opening": {"served_by": ["knowledge_base", "agent", "phone"]},
}
Talk = Callable[..., Awaitable[tuple[dict[str, Any], list[str]]]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an assistant whose other policy leads half of its customers to the phone."""
    data = tmp_path / "data"
    (data / "other").mkdir(parents=True)
    (tmp_path / "config.yml").write_text(
        CONFIG.replace("  personas: data/personas\n", ""), encoding="utf-8"
    )
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (data / "nlu.yml").write_text(NLU, encoding="utf-8")
    policy_file(data, comparison={"policy": "other/routing.yml", "share": 0.5})
    policy_file(data / "other", version="people", intents=PEOPLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")
    return tmp_path


def talk_to(model: str) -> Talk:
    agent = Agent.load(model)

    async def talk(sender: str, *, agreed: bool) -> tuple[dict[str, Any], list[str]]:
        """Return the decision of a turn and what was answered."""
        channel = CollectingOutputChannel()
        asked = UserMessage("where is my order", channel, sender, metadata={"experiments": agreed})
        await agent.handle_message(asked)
        tracker = await agent.tracker_store.retrieve(sender)
        found = next(e.parse_data for e in reversed(tracker.events) if e.type_name == "user")
        return found["routing"], [message["text"] for message in channel.messages]

    return talk


def trained(project: Path) -> str:
    result = train(str(project / "domain.yml"), "config.yml", ["data"], str(project / "models"))
    assert result.code == 0
    assert result.model is not None
    return result.model


async def test_each_arm_is_led_by_its_policy_from_the_model(project: Path) -> None:
    talk = talk_to(trained(project))
    led = {}
    for n in range(20):
        decision, said = await talk(f"visitor {n}", agreed=True)
        led[decision["arm"]] = (decision["policy_version"].split("+")[0], decision["route"], said)
        usual, asked = await talk(f"shy {n}", agreed=False)
        assert (usual["arm"], usual["route"], asked) == (None, "self_service", ["Which number?"])
    assert led["a"] == ("tested", "self_service", ["Which number?"])
    assert led["b"][:2] == ("people", "phone")
    assert led["b"][2] != led["a"][2]
    assert led["b"][2]


async def test_edit_of_the_compared_policy_is_trained_anew(project: Path) -> None:
    models = [trained(project)]
    policy_file(project / "data" / "other", version="edited", intents=PEOPLE)
    models.append(trained(project))
    for model, other in zip(models, ("people", "edited"), strict=True):
        talk = talk_to(model)
        decisions = [(await talk(f"visitor {n}", agreed=True))[0] for n in range(20)]
        versions = {decision["policy_version"].split("+")[0] for decision in decisions}
        assert versions == {"tested", other}
