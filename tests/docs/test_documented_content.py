"""Everything that people write for an assistant is documented, and nothing that is not there."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.articles import read_articles
from persona_router.content.cards import FINDING_KEYS, read_card
from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.lexicons import PACKAGED_LEXICONS
from persona_router.content.personas import CARD_KEYS, STRENGTHS, read_persona
from persona_router.content.plugins import load_signals
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.belief import BeliefParams
from persona_router.core.lexicon import Lexicon
from persona_router.core.turn import BARE_PAYLOADS, VALUED_PAYLOADS, Metadata, Turn
from persona_router.knowledge.weights import SearchWeights
from tests.docs.pages import ROOT, blocks, names, page, rows, section

SAMPLE_POLICY = ROOT / "data" / "routing.yml"


@pytest.fixture
def policy_keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The paths of all keys that the reader of the routing policy takes."""
    found: set[str] = set()
    checked = Node.only

    def only(node: Node, *known: str) -> None:
        place = re.sub(r"\[\d+\]", "[]", node.place)
        place = re.sub(r"^routes\.\w+", "routes.<route>", place)
        place = re.sub(r"^intents\.\w+", "intents.<intent>", place)
        place = re.sub(r"^devices\.\w+", "devices.<device>", place)
        found.update(f"{place}.{key}" if place else key for key in known)
        checked(node, *known)

    monkeypatch.setattr(Node, "only", only)
    read_policy(SAMPLE_POLICY)
    return found


def test_configuration_describes_every_key_of_the_routing_policy(policy_keys: set[str]) -> None:
    documented = names(section(page("configuration"), "data/routing.yml"), "key")
    assert documented == policy_keys


def test_configuration_gives_the_starters_defaults() -> None:
    starter = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    compared = 0
    for row in rows(section(page("configuration"), "data/routing.yml"), "key", "default"):
        key, default = row["key"].strip("`"), row["default"]
        if default.startswith("`") and "<" not in key:
            value: Any = starter
            for name in key.split("."):
                value = value[name]
            assert yaml.safe_load(default.strip("`")) == value, key
            compared += 1
    assert compared >= 30


def test_configuration_examples_are_policies_that_are_accepted(tmp_path: Path) -> None:
    starter = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    examples = blocks(page("configuration"), "yaml")
    assert examples
    for example in examples:
        for route, settings in yaml.safe_load(example)["routes"].items():
            starter["routes"][route] = settings
    path = tmp_path / "routing.yml"
    path.write_text(yaml.safe_dump(starter), encoding="utf-8")
    service = read_policy(path).routes["phone"].service_for("de-AT")
    assert service is not None
    assert service.number == "+49 30 23125 112"


def test_personas_describes_every_key_of_a_card() -> None:
    assert names(section(page("personas"), "A card"), "key") == set(CARD_KEYS)


def test_personas_gives_the_decibans_of_every_strength() -> None:
    table = rows(section(page("personas"), "Strengths"), "strength", "decibans")
    written = {row["strength"].strip("`"): float(row["decibans"]) for row in table}
    assert written == {**STRENGTHS, "none": 0.0}


def test_signals_lists_every_built_in_signal_and_no_other() -> None:
    built_in = {
        name
        for name, signal in load_signals().items()
        if signal.measure.__module__.startswith("persona_router.core")
    }
    assert names(section(page("signals"), "Built-in signals"), "signal") == built_in


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("questions", "Wo ist es? Wann kommt es?", 0.5),
        ("questions", "¿Dónde está? ¿Cuándo llega? ¿Quién lo trae?", 1.0),
        ("shouting", "WO IST MEIN PAKET", 1.0),
        ("anger", "Where is it!! Answer me!!", 0.4),
        ("number_first", "4471903 stornieren", 1.0),
    ],
)
def test_signals_states_values_that_are_measured(name: str, text: str, value: float) -> None:
    measured = load_signals()[name].measure(Turn(text=text, lexicon=Lexicon(language="xx")))
    assert measured == pytest.approx(value)


def test_texts_lists_every_button_payload() -> None:
    written = names(section(page("texts"), "Button payloads"), "payload")
    assert {payload.partition(":")[0] for payload in written} == BARE_PAYLOADS | VALUED_PAYLOADS
    assert {payload for payload in written if ":" not in payload} == BARE_PAYLOADS


def test_texts_lists_every_phrase_list_of_the_package() -> None:
    written = names(section(page("texts"), "Phrase lists"), "list")
    routes = read_policy(SAMPLE_POLICY).routes
    for path in sorted(PACKAGED_LEXICONS.glob("*.yml")):
        for category in yaml.safe_load(path.read_text(encoding="utf-8"))["phrases"]:
            kind, _, route = category.partition("_")
            general = f"{kind}_<route>" if route in routes else category
            assert general in written, f"{path.name}: {category}"


def test_texts_lists_the_placeholders_of_the_packages_responses() -> None:
    path = ROOT / "persona_router" / "texts" / "responses" / "en.yml"
    responses = yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
    used = {
        name: set(re.findall(r"{\w+}", response["text"])) for name, response in responses.items()
    }
    table = rows(section(page("texts"), "Responses"), "response", "placeholders")
    written = {
        row["response"].strip("`"): set(re.findall(r"{\w+}", row["placeholders"])) for row in table
    }
    assert written == {name: placeholders for name, placeholders in used.items() if placeholders}


def test_knowledge_lists_the_fields_of_an_article(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / "a.md").write_text("---\nwrong: 1\n---\nText.\n", encoding="utf-8")
    faults: list[ContentError] = []
    read_articles(tmp_path, on_fault=faults.append)
    wanted = {fault.place for fault in faults} - {"wrong"}
    assert names(section(page("knowledge"), "Articles"), "field") == wanted


def test_knowledge_lists_every_weight_of_search() -> None:
    written = names(section(page("knowledge"), "Search"), "weight")
    assert written == {field.name for field in fields(SearchWeights)}


def test_languages_gives_the_numbers_of_the_belief() -> None:
    text = section(page("languages"), "What language is the conversation in?")
    table = rows(text, "parameter", "value")
    params = BeliefParams()
    written = {row["parameter"].strip("`"): float(row["value"]) for row in table}
    assert written == {field.name: getattr(params, field.name) for field in fields(params)}


def test_channel_lists_every_field_of_the_metadata() -> None:
    written = names(section(page("channel"), "Metadata"), "field")
    assert written == {field.name for field in fields(Metadata)}


def test_card_examples_are_accepted(tmp_path: Path) -> None:
    card = yaml.safe_load((ROOT / "data/personas/talker.yml").read_text(encoding="utf-8"))
    for example in blocks(page("personas"), "yaml"):
        card.update(yaml.safe_load(example))
    path = tmp_path / "talker.yml"
    path.write_text(yaml.safe_dump(card), encoding="utf-8")
    routes = read_policy(SAMPLE_POLICY).routes
    persona = read_persona(path, routes=routes, signals=load_signals())
    assert persona.strengths["narrative"].present == 7.0
    assert persona.strengths["narrative"].absent == -2.0
    shown = read_card(path, routes=routes, signals=load_signals())
    assert shown.sections["behaviour"][1].evidence == ("chats",)
    assert shown.findings["chats"].sample == 120


def test_personas_describes_every_key_of_evidence() -> None:
    written = names(section(page("personas"), "A card"), "evidence key")
    assert written == set(FINDING_KEYS)
