from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.personas import (
    DEFAULT_PERSONAS,
    persona_cards,
    read_persona,
    read_personas,
)
from persona_router.content.plugins import load_signals
from persona_router.core.persona import Persona, Strength

ROUTES = ("self_service", "knowledge_base", "agent", "phone")
SIGNALS = ("haste", "length")
SAMPLE = Path(__file__).parents[2] / "data" / "personas"
CARD = {
    "name": "The talker",
    "routes": [{"route": route} for route in ("phone", "agent", "self_service", "knowledge_base")],
    "signals": {"length": {"present": "strong for", "absent": "weak against"}},
}


def write(folder: Path, file_name: str = "talker.yml", **changes: Any) -> Path:
    card = {key: value for key, value in {**CARD, **changes}.items() if value is not None}
    path = folder / file_name
    path.write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def read(folder: Path) -> tuple[Persona, ...]:
    return read_personas(folder, routes=ROUTES, signals=SIGNALS)


def fault(call: Callable[[], object]) -> str:
    with pytest.raises(ContentError) as caught:
        call()
    return str(caught.value)


def test_persona_is_read_with_its_ranking_and_strengths(tmp_path: Path) -> None:
    write(tmp_path, share=0.3, answers="short", biography="Erzählt gern.", reviewed="2026-11-22")
    assert read(tmp_path) == (
        Persona(
            id="talker",
            name="The talker",
            ranking=("phone", "agent", "self_service", "knowledge_base"),
            strengths={"length": Strength(7.0, -2.0)},
            prior=0.3,
            works=frozenset(ROUTES),
            answers="short",
        ),
    )


def test_personas_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    for name in ("zoe.yml", "anna.yml", "mia.yml"):
        write(tmp_path, name)
    assert [persona.id for persona in read(tmp_path)] == ["anna", "mia", "zoe"]


@pytest.mark.parametrize("folder", [DEFAULT_PERSONAS, SAMPLE], ids=["starter", "sample"])
def test_packaged_personas_are_sound(folder: Path) -> None:
    personas = read_personas(folder, routes=ROUTES, signals=load_signals())
    assert [persona.id for persona in personas] == ["researcher", "sprinter", "talker"]


@pytest.mark.parametrize(
    ("written", "decibans"),
    [
        ("decisive for", 10.0),
        ("strong for", 7.0),
        ("moderate against", -4.0),
        ("weak   against", -2.0),
        ("none", 0.0),
    ],
)
def test_strengths_are_words_for_decibans(tmp_path: Path, written: str, decibans: float) -> None:
    path = write(tmp_path, signals={"haste": {"present": written}})
    persona = read_persona(path, routes=ROUTES, signals=SIGNALS)
    assert persona.strengths == {"haste": Strength(decibans, 0.0)}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": None}, "name: It is missing. Write text here."),
        ({"signals": None}, "signals: It is missing. Write a mapping here."),
        ({"share": 0}, "share: 0.0 is not above 0. Write the share of customers."),
        ({"share": float("nan")}, "share: nan is not above 0. Write the share of customers."),
        ({"share": float("inf")}, "share: inf is not above 0. Write the share of customers."),
        (
            {"signals": {"age": {"present": "strong for"}}},
            "signals.age: Unknown signal 'age'. Registered: haste, length.",
        ),
        (
            {"signals": {"haste": "strong for"}},
            "signals.haste: 'strong for' is not a mapping. Write a mapping here.",
        ),
        (
            {"signals": {"haste": {"present": "huge for"}}},
            "signals.haste.present: 'huge for' is no strength. Write one of decisive, strong, "
            "moderate, weak and then 'for' or 'against', or none.",
        ),
        (
            {"signals": {"haste": {"present": ""}}},
            "signals.haste.present: '' is no strength. Write one of decisive, strong, "
            "moderate, weak and then 'for' or 'against', or none.",
        ),
        (
            {"signals": {"haste": {"present": "strong"}}},
            "signals.haste.present: 'strong' is no strength. Write one of decisive, strong, "
            "moderate, weak and then 'for' or 'against', or none.",
        ),
        (
            {"signals": {"haste": {"present": 7}}},
            "signals.haste.present: '7' is not text. Write text here.",
        ),
        (
            {"signals": {"haste": {"presnt": "strong for"}}},
            "signals.haste.presnt: Unknown key 'presnt'. Known: present, absent.",
        ),
        (
            {"routes": [{"route": "phone"}]},
            "routes: It does not rank self_service, knowledge_base, agent. Rank every route.",
        ),
        (
            {"routes": [{"route": "phone"}, {"route": "fax"}]},
            "routes[2].route: Unknown route 'fax'. "
            "Declared: self_service, knowledge_base, agent, phone.",
        ),
        (
            {"routes": [{"route": "phone"}, {"route": "phone"}]},
            "routes[2].route: 'phone' is ranked twice. Rank each route once.",
        ),
        (
            {"routes": ["phone"]},
            "routes: Entry 1 is no mapping. Write 'key: value' lines.",
        ),
        (
            {"answers": "brief"},
            "answers: Unknown length 'brief'. One of short, passage, full.",
        ),
        (
            {"gender": "any"},
            "gender: Unknown key 'gender'. Known: name, share, picture, written_in, biography, "
            "goals, challenges, behaviour, skills, attitudes, environment, languages, routes, "
            "answers, signals, evidence, owner, reviewed, review_due.",
        ),
    ],
)
def test_faults_name_place_value_and_remedy(
    tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    path = write(tmp_path, **changes)
    assert fault(lambda: read(tmp_path)) == f"{path}: {text}"


@pytest.mark.parametrize("name", ["The Talker.yml", "Talker.yml", "talk-er.yml", "_.yml"])
def test_file_name_must_be_an_id(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name)
    assert fault(lambda: read(tmp_path)) == (
        f"{path}: '{path.stem}' is no persona id. Use snake_case."
    )


def test_four_personas_are_too_many(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml", "c.yml", "d.yml"):
        write(tmp_path, name)
    assert fault(lambda: persona_cards(tmp_path)) == (
        f"{tmp_path}: 4 personas are declared. Keep 3 at most: more cannot be told apart in a chat."
    )


def test_no_persona_is_a_fault(tmp_path: Path) -> None:
    assert fault(lambda: read(tmp_path)) == (
        f"{tmp_path}: It holds no persona card (*.yml). Write two or three."
    )
    missing = tmp_path / "missing"
    assert fault(lambda: read(missing)) == (
        f"{missing}: There is no such folder. Create it with a card in it."
    )


def test_corrupt_card_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "talker.yml").write_bytes(b"\x80\x04pickled")
    assert fault(lambda: read(tmp_path)).startswith(f"{tmp_path / 'talker.yml'}: It cannot be read")
