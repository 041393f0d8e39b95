from datetime import date
from pathlib import Path
from typing import Any

import pytest

from persona_router.content.cards import read_card, read_cards
from persona_router.content.errors import ContentError
from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.content.plugins import load_signals
from persona_router.core.card import Finding, Statement
from tests.content.card_files import FINDING, ROUTES, SIGNALS, write_card

SAMPLE = Path(__file__).parents[2] / "data" / "personas"
ALL_ROUTES = ("self_service", "knowledge_base", "agent", "phone")


def test_card_is_read_with_statements_findings_and_dates(tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path), routes=ROUTES, signals=SIGNALS)
    assert card.persona.ranking == ("phone", "self_service")
    assert card.persona.works == {"phone"}
    assert card.biography == Statement(says="Erzählt gern.", place="biography")
    assert card.sections["behaviour"][1] == Statement(
        says="takes time", evidence=("reading",), place="behaviour[2]"
    )
    assert card.routes[1].fails == Statement(
        says="a form is long", evidence=("reading",), place="routes[2].fails"
    )
    assert card.languages == ("de", "pt-BR")
    assert card.findings["length"] == Finding(
        source="chats.jsonl",
        date=date(2026, 11, 1),
        sample=120,
        method="read and coded by two people",
        signal="length",
    )
    assert (card.owner, card.reviewed, card.review_due) == (
        "Karen Young", date(2026, 11, 1), date(2027, 5, 1),
    )  # fmt: skip
    assert (card.written_in, card.picture, card.illustrative) == (None, None, False)


def test_dates_may_be_written_as_texts(tmp_path: Path) -> None:
    path = write_card(tmp_path, reviewed="2026-11-02", review_due="2027-01-01")
    card = read_card(path, routes=ROUTES, signals=SIGNALS)
    assert (card.reviewed, card.review_due) == (date(2026, 11, 2), date(2027, 1, 1))


@pytest.mark.parametrize("folder", [DEFAULT_PERSONAS, SAMPLE], ids=["starter", "sample"])
def test_cards_that_come_with_the_package_say_that_they_are_illustrative(folder: Path) -> None:
    cards = read_cards(folder, routes=ALL_ROUTES, signals=load_signals())
    assert [card.persona.id for card in cards] == ["researcher", "sprinter", "talker"]
    assert all(finding.illustrative for card in cards for finding in card.findings.values())


def test_starter_and_sample_have_the_same_cards() -> None:
    for file in DEFAULT_PERSONAS.iterdir():
        assert (SAMPLE / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"goals": None}, "goals: It is missing. Write a list here."),
        ({"goals": []}, "goals: It is empty. Write at least one statement."),
        ({"goals": "to be heard"}, "goals: 'to be heard' is not a list. Write a list here."),
        ({"goals": [3]}, "goals[1]: '3' is not text. Write text here."),
        ({"goals": [" "]}, "goals[1]: It is empty. Write text here."),
        (
            {"behaviour": [{"says": "x", "proof": []}]},
            "behaviour[1].proof: Unknown key 'proof'. Known: says, evidence.",
        ),
        (
            {"behaviour": [{"says": "x", "evidence": "reading"}]},
            "behaviour[1].evidence: 'reading' is not a list. Write a list here.",
        ),
        ({"owner": None}, "owner: It is missing. Write text here."),
        ({"languages": ["klingon!"]}, "languages: 'klingon!' is no locale. "
                                      "Write a BCP 47 tag such as de-AT."),
        ({"written_in": "german language"}, "written_in: 'german language' is no locale. "
                                            "Write a BCP 47 tag such as de-AT."),
        ({"review_due": None}, "review_due: It is missing. Write a date such as 2026-11-22."),
        ({"reviewed": "soon"}, "reviewed: 'soon' is no date. Write a date such as 2026-11-22."),
        (
            {"evidence": {"a": {**FINDING, "sample": 0}}},
            "evidence.a.sample: 0 is no sample size. Write how many were looked at.",
        ),
        (
            {"evidence": {"a": {**FINDING, "sample": "many"}}},
            "evidence.a.sample: 'many' is not a whole number. Write a whole number here.",
        ),
        (
            {"evidence": {"a": {**FINDING, "signal": "age"}}},
            "evidence.a.signal: Unknown signal 'age'. Known: haste, length.",
        ),
        (
            {"evidence": {"a": {**FINDING, "route": "fax"}}},
            "evidence.a.route: Unknown route 'fax'. Known: phone, self_service.",
        ),
        (
            {"evidence": {"a": {**FINDING, "signal": "haste", "route": "phone"}}},
            "evidence.a.route: It counts signal and route at once. Write one entry for each.",
        ),
        ({"evidence": [FINDING]}, "evidence: "),
    ],
)  # fmt: skip
def test_faults_name_place_value_and_remedy(
    tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    path = write_card(tmp_path, **changes)
    with pytest.raises(ContentError) as caught:
        read_card(path, routes=ROUTES, signals=SIGNALS)
    assert str(caught.value).startswith(f"{path}: {text}")


def test_route_needs_what_succeeds_and_what_fails(tmp_path: Path) -> None:
    path = write_card(tmp_path, routes=[{"route": "phone"}, {"route": "self_service"}])
    with pytest.raises(ContentError) as caught:
        read_card(path, routes=ROUTES, signals=SIGNALS)
    assert str(caught.value) == f"{path}: routes[1].succeeds: It is missing. Write text here."
