"""Wishes and refusals that others wrote, heard by the trained sample (tests/data/SOURCES.md)."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from persona_router.rasa.assistant import TrainedAssistant
from tests.served import SERVED
from tests.training import ROOT

FOLDER = ROOT / "tests" / "data" / "wishes"
PEOPLE = {"agent", "phone"}
WISHES = {"talk_to_human", "call_back", "contact"}


@pytest.fixture(scope="module")
def assistant(model: Path, state_of_session: Path) -> TrainedAssistant:
    """Return the sample as `evaluate` loads it."""
    return TrainedAssistant(model)


def decided(assistant: TrainedAssistant, text: str, language: str) -> Mapping[str, Any]:
    """Return the decision of a first message, typed at an ordinary pace."""
    metadata = {"input": "typed", "device": "desktop", "locale": language, "seconds": 25}
    decision: Mapping[str, Any] = assistant.converse([(text, metadata)])[0]["routing"]
    return decision


def heard(case: Mapping[str, Any], decision: Mapping[str, Any]) -> bool:
    """Return whether what is wished for is where the turn goes, and what is refused is out."""
    state = decision["state"]
    wished = not case["wishes"] or bool(set(case["wishes"]) & set(state["wished"]))
    led = not case["wishes"] or decision["route"] in case["wishes"]
    refused = set(case["refuses"]) <= set(state["excluded"])
    return wished and led and refused and decision["route"] not in case["refuses"]


def shares(assistant: TrainedAssistant, language: str) -> tuple[list[bool], list[bool]]:
    """Return, for wishes and for refusals of a language, which ones were heard."""
    lines = (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    found = [(bool(c["wishes"]), heard(c, decided(assistant, c["text"], language))) for c in cases]
    return [ok for wish, ok in found if wish], [ok for wish, ok in found if not wish]


def test_wishes_and_refusals_are_heard_as_people_say_them(assistant: TrainedAssistant) -> None:
    wishes, refusals = [], []
    for language in SERVED:
        wished, refused = shares(assistant, language)
        assert sum(wished) >= 0.8 * len(wished), language
        wishes += wished
        refusals += refused
    assert len(wishes) >= 200
    assert sum(wishes) / len(wishes) >= 0.95
    assert sum(refusals) / len(refusals) >= 0.9


def test_other_messages_are_seldom_taken_for_wishes(assistant: TrainedAssistant) -> None:
    path = ROOT / "tests" / "data" / "conversations.dev.jsonl"
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    alarms = [
        bool(PEOPLE & set(decided(assistant, turn["text"], case["language"])["state"]["wished"]))
        for case in cases
        if not case["asks_human"]
        for turn in case["turns"]
        if turn["input"] == "typed"
    ]
    assert len(alarms) > 100
    assert sum(alarms) / len(alarms) <= 0.02


def test_everyday_requests_are_seldom_taken_for_wishes_or_refusals(
    assistant: TrainedAssistant,
) -> None:
    with (ROOT / "tests" / "data" / "intents.everyday.csv").open(encoding="utf-8") as lines:
        asked = [row for row in csv.DictReader(lines) if row["intent"] not in WISHES]
    states = [decided(assistant, row["utterance"], row["language"])["state"] for row in asked]
    alarms = [bool(PEOPLE & set(state["wished"]) or state["excluded"]) for state in states]
    assert len(alarms) > 900
    assert sum(alarms) / len(alarms) <= 0.035
