"""The decision annotated in the README looks like those that `persona-router explain` prints."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from persona_router.commands.explain import explanation
from persona_router.content.assistant import read_assistant
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.routing import route_turn
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn
from tests.docs.pages import ROOT, blocks, names, page, section

LABEL = re.compile(r"^  (\w+) ", re.MULTILINE)
TITLE = "A decision, annotated"


@pytest.fixture
def explained(
    policy: Policy,
    personas: Sequence[Persona],
    make_turn: Callable[..., Turn],
    noon: datetime,
) -> str:
    """What is printed for a turn in which something stands on every line."""
    text = "Let me read until which deadline I can send it back, even if reduced. No calls please."
    turn = make_turn(text, intent="refund_policy", intent_confidence=0.9)
    decision = route_turn(
        turn, ConversationState(), policy=policy, personas=personas, at=noon, decision_id="d1"
    )
    parsed = {
        "routing": decision.to_json(),
        "language": {"locale": "en-GB", "confidence": 0.99},
        "intent": {"name": "refund_policy", "confidence": 0.9},
        "knowledge": [{"locale": "en", "article": "returns", "score": 0.9}],
    }
    return "\n".join(explanation(text, parsed))


def shown() -> str:
    (block,) = (text for text in blocks(page("README"), "text") if text.startswith("» "))
    return block


def test_readme_shows_the_lines_of_a_real_explanation(explained: str) -> None:
    assert set(LABEL.findall(shown())) == set(LABEL.findall(explained))


def test_readme_annotates_every_line(explained: str) -> None:
    written = names(section(page("README"), TITLE), "line")
    assert written == set(LABEL.findall(explained))


def test_readme_shows_the_turns_that_its_command_names() -> None:
    turns = [line.removeprefix("» ") for line in shown().splitlines() if line.startswith("» ")]
    (command,) = (text for text in blocks(page("README"), "bash") if " explain " in text)
    assert len(turns) == 2
    assert all(f'"{turn}"' in command for turn in turns)


def test_readme_shows_routes_and_personas_of_the_sample(sample_names: set[str]) -> None:
    told = re.findall(r"^  route +(\w+)|^  persona +(\w+)", shown(), re.MULTILINE)
    assert {name for pair in told for name in pair if name} <= sample_names


@pytest.fixture
def sample_names() -> set[str]:
    sample = read_assistant(
        policy=ROOT / "data" / "routing.yml", personas=ROOT / "data" / "personas"
    )
    return {*sample.policy.routes, *(persona.id for persona in sample.personas)}


def test_readme_says_that_calls_were_refused_and_a_person_wished_for() -> None:
    second = shown().rpartition("» ")[2]
    assert "refused:phone" in second
    assert "wish_agent" in second
