from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import TextSlot
from rasa.shared.importers.importer import TrainingDataImporter

from persona_router.rasa.importer import PersonaRouterImporter

CONFIG = """\
recipe: default.v1
assistant_id: bakery
language: en
importers:
- name: RasaFileImporter
- name: persona_router.rasa.importer.PersonaRouterImporter
pipeline: []
policies:
- name: RulePolicy
"""
DOMAIN = """\
version: "3.1"
intents: [greet]
slots:
  bread:
    type: text
    mappings: [{type: from_text}]
responses:
  utter_greet: [{text: "Moin"}]
  utter_stopped: [{text: "Na gut."}]
"""


ONE_FOR_BOTH = CONFIG.replace("- name: RasaFileImporter\n", "").replace(
    "PersonaRouterImporter", "PersonaRouterFileImporter"
)


@pytest.fixture(params=[CONFIG, ONE_FOR_BOTH], ids=["two importers", "one for both"])
def bakery(tmp_path: Path, request: pytest.FixtureRequest) -> TrainingDataImporter:
    """Return the importer of a host that names the plugin's beside Rasa's own, or one for both."""
    (tmp_path / "config.yml").write_text(request.param, encoding="utf-8")
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return TrainingDataImporter.load_from_config(
        str(tmp_path / "config.yml"), str(tmp_path / "domain.yml"), [str(tmp_path / "data")]
    )


def test_hosts_domain_keeps_its_own_and_gains_the_plugins(bakery: TrainingDataImporter) -> None:
    domain = bakery.get_domain()
    assert "greet" in domain.intents
    assert {"utter_greet", "utter_article", "utter_why"} <= set(domain.responses)
    assert {"action_handoff", "action_end_handoff", "callback_form"} <= set(
        domain.action_names_or_texts
    )
    assert {"bread", "language", "persona", "route", "handoff_status"} <= {
        slot.name for slot in domain.slots
    }


def test_plugins_slots_never_influence_what_the_hosts_policies_learn() -> None:
    for slot in PersonaRouterImporter().get_domain().slots:
        if isinstance(slot, TextSlot) and not slot.name.startswith("session_"):
            assert not slot.influence_conversation, slot.name


def test_plugins_rule_stores_a_callback(bakery: TrainingDataImporter) -> None:
    names = [step.block_name for step in bakery.get_stories().story_steps]
    assert names == ["store a callback when its form is complete"]


def test_plugin_brings_no_examples_tests_or_configuration(tmp_path: Path) -> None:
    importer = PersonaRouterImporter("config.yml", "domain.yml", ["data"])
    assert importer.get_nlu_data().is_empty()
    assert importer.get_conversation_tests().story_steps == []
    assert importer.get_config() == {}
    assert importer.get_config_file_for_auto_config() is None


def test_plugins_domain_is_valid_by_itself() -> None:
    domain = PersonaRouterImporter().get_domain()
    assert isinstance(domain, Domain)
    missing = [a for a in domain.action_names_or_texts if a.startswith("utter_")]
    assert set(missing) <= set(domain.responses)
